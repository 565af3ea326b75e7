"""`regard bots` suggests, a person decides, and regard.toml keeps the decision."""

from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.facts.build import build
from regard.store.workspace import change_lists, init_workspace, read_settings
from worlds import NINE_TO_FIVE, take, thing, ticket

from .conftest import Run

SETTINGS = """\
# Ours.
name = "Desk"   # the company

bots = [
  "old",        # since 2019
]
zone = "UTC"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A workspace in which `ack` says the same words in all tickets, and ann does not."""
    init_workspace(tmp_path / "desk", Settings(), NINE_TO_FIVE)
    folder = tmp_path / "desk"
    (folder / "regard.toml").write_text(SETTINGS, encoding="utf-8")
    tickets = [
        ticket(f"{n}", f"2026-03-02 09:{n:02d}")
        .asked("+0s")
        .said("+1m", by="ack")
        .said("+1h", by="ann")
        for n in range(30)
    ]
    words = [
        thing("message_text", ticket_id=f"{n}", message_id=f"000{place}", text=text)
        for n in range(30)
        for place, text in ((2, f"Ticket {n} was received."), (3, "x" * (n + 1)))
    ]
    take(folder, *tickets, *words)
    return folder


def test_suspects_are_listed_with_the_evidence_and_nothing_is_changed(desk: Path, run: Run) -> None:
    before = (desk / "regard.toml").read_bytes()
    done = run("bots", "--workspace", desk)
    assert done.code == 0
    assert "Machines by regard.toml: old" in done.out
    assert "30 of 30 messages are the same words" in done.out
    assert "as in 10 or more tickets (wordings: 1)" in done.out
    assert "ann" not in done.out
    assert "regard bots confirm" in done.out
    assert (desk / "regard.toml").read_bytes() == before


def test_a_confirmed_bot_is_written_and_the_facts_know_it(desk: Path, run: Run) -> None:
    build(desk)
    first = run("ask", "first_response_time", "--workspace", desk, "--format", "csv").out
    done = run("bots", "confirm", "ack", "--workspace", desk)
    assert done.code == 0
    assert "Machines now: ack" in done.out
    settings = read_settings(desk)
    assert settings.bots == ("old", "ack")
    text = (desk / "regard.toml").read_text(encoding="utf-8")
    for comment in ("# Ours.", "# the company", "# since 2019"):
        assert comment in text
    assert "Nobody else looks like a machine" in run("bots", "--workspace", desk).out
    assert run("ask", "first_response_time", "--workspace", desk, "--format", "csv").out != first


def test_a_rejected_one_is_not_suggested_again(desk: Path, run: Run) -> None:
    assert run("bots", "-w", desk, "reject", "ack").code == 0
    assert read_settings(desk).people == ("ack",)
    assert "Nobody else looks like a machine" in run("bots", "--workspace", desk).out


def test_a_decision_can_be_taken_back(desk: Path, run: Run) -> None:
    run("bots", "confirm", "ack", "ack", "--no-build", "--workspace", desk)
    run("bots", "reject", "old", "ack", "--no-build", "--workspace", desk)
    settings = read_settings(desk)
    assert (settings.bots, settings.people) == ((), ("old", "ack"))
    run("bots", "confirm", "ack", "--no-build", "--workspace", desk)
    settings = read_settings(desk)
    assert (settings.bots, settings.people) == (("ack",), ("old",))


@pytest.mark.parametrize("command", ["confirm", "reject"])
def test_an_unknown_id_is_refused_with_a_hint(command: str, desk: Path, run: Run) -> None:
    before = (desk / "regard.toml").read_bytes()
    done = run("bots", command, "ann", "akc", "--workspace", desk)
    assert done.code == 2
    assert "There is no agent called 'akc'. Did you mean 'ack'?" in " ".join(done.err.split())
    assert (desk / "regard.toml").read_bytes() == before


def test_an_empty_workspace_suspects_nobody_and_knows_nobody(tmp_path: Path, run: Run) -> None:
    init_workspace(tmp_path / "new", Settings())
    assert "Nobody else looks like a machine" in run("bots", "--workspace", tmp_path / "new").out
    done = run("bots", "confirm", "hal", "--workspace", tmp_path / "new")
    assert done.code == 2
    assert "Import something first" in done.err


@pytest.mark.parametrize(
    "text",
    ["", 'people = ["a"]\n', "bots=['b' , 'c'] # d\r\n", 'bots = [\n  # none\n]\nname = "N"\n'],
)
def test_lists_are_changed_in_every_way_of_writing_them(text: str, tmp_path: Path) -> None:
    (tmp_path / "regard.toml").write_bytes(text.encode())
    change_lists(tmp_path, {"bots": ["c", 'quo"ted'], "people": []})
    settings = read_settings(tmp_path)
    assert (settings.bots, settings.people) == (("c", 'quo"ted'), ())
    for comment in ("# d", "# none"):
        assert (comment in text) == (comment in (tmp_path / "regard.toml").read_text())
