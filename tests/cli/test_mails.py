"""Mailboxes on the command line: who is ours must be said, and what mails lack is no zero."""

from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.store.store import open_store
from regard.store.workspace import init_workspace

from .conftest import Run

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "mbox" / "support.mbox"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "desk", Settings())
    return tmp_path / "desk"


def test_a_mailbox_answers_what_mails_tell_and_has_no_data_on_solves(desk: Path, run: Run) -> None:
    done = run("import", "mbox", SAMPLE, "--ours", "acme.com", "--workspace", desk)
    assert done.code == 0, done.err
    assert "Mails of ours that a header calls automatic" in done.out
    there = ("--workspace", desk)
    reply = run("ask", "first_response_time", *there)
    assert reply.code == 0
    assert "40 min" in reply.out.replace("\N{NO-BREAK SPACE}", " ")
    solved = run("ask", "tickets_solved", *there)
    assert "no data" in (solved.out + solved.err).lower()
    again = run("import", "mbox", SAMPLE, "--ours", "acme.com", "--workspace", desk)
    assert again.code == 0
    with open_store(desk).snapshot() as snapshot:
        assert snapshot.rows_of("ticket") == 3


def test_who_is_ours_may_be_said_once_for_each(desk: Path, run: Run) -> None:
    words = ("import", "mbox", SAMPLE, "--no-build", "--workspace", desk)
    without = run(*words)
    assert without.code == 2
    assert "Say it with --ours ADDRESS or --ours DOMAIN" in " ".join(without.err.split())
    assert not open_store(desk).head().version
    assert run(*words, "--ours", "support@acme.com", "--ours", "ann@acme.com").code == 0
