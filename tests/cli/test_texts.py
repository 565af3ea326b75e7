"""`regard text` teaches readers from labels, says how well they do, and lists what they read."""

import random
from functools import partial
from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.ingest import models
from regard.store.workspace import init_workspace
from regard.text.learning import learn
from worlds import NINE_TO_FIVE, take, thing

from .conftest import Run

WORDS = {
    "delivery": ["parcel", "courier", "shipping", "tracking", "delivered", "doorstep"],
    "login": ["password", "login", "locked", "code", "account", "reset"],
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with 130 tickets of two types, three of a third, and five of none."""
    monkeypatch.setattr(models, "learn", partial(learn, compare=False))
    folder = tmp_path / "desk"
    init_workspace(folder, Settings(), NINE_TO_FIVE)
    rng = random.Random(1)
    parts = []
    kinds = ["delivery", "login"] * 65 + ["rare"] * 3 + [""] * 5
    for n, kind in enumerate(kinds):
        drawn = [*rng.sample(WORDS.get(kind, WORDS["login"]), 3), rng.choice("abcdefgh") * 4]
        sent = {"ticket_id": f"{n}", "message_id": "1"}
        parts += [
            thing("ticket", ticket_id=f"{n}", type=kind or None),
            thing("message", author_kind="customer", **sent),
            thing("message_text", text=f"{' '.join(drawn)} {n * 'x'}", **sent),
        ]
    take(folder, *parts)
    return folder


def test_training_says_what_was_learnt_and_how_sure_that_is(desk: Path, run: Run) -> None:
    done = run("text", "train", "type", "-w", desk)
    assert done.code == 0, done.err
    assert "Learnt from 130 different texts: delivery 65, login 65" in done.out
    assert "Left out, with fewer than 10 texts: rare 3" in done.out
    # Wilson's interval of 130 of 130: 1 ÷ (1 + 1.96² ÷ 130) is its lower end.
    said = "Right about 100 % of 130 texts that it had not seen (97.1 % to 100 %"
    assert said in done.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "type: version 101 is used from now on" in done.out
    again = run("text", "train", "type", "-w", desk)
    assert "type: version 101 has learnt from these same texts. It stays." in again.out


def test_what_cannot_be_learnt_is_passed_over_unless_it_was_asked_for(desk: Path, run: Run) -> None:
    done = run("text", "train", "-w", desk)
    assert done.code == 0
    assert "type: version 101" in done.out
    assert "sentiment: There is too little to learn from: 0 different texts" in done.err
    asked = run("text", "train", "sentiment", "-w", desk)
    assert (asked.code, asked.out) == (2, "")
    assert "100 texts and 2 such labels are needed" in asked.err
    wrong = run("text", "train", "typ", "-w", desk)
    assert wrong.code == 2
    assert "type" in wrong.err


def test_readers_are_listed_with_their_versions_and_rows(desk: Path, run: Run) -> None:
    before = run("text", "readings", "-w", desk)
    assert before.code == 0
    rows = {line.split()[0]: line.split() for line in before.out.splitlines()[1:]}
    assert set(rows) == {"complaint", "language", "sentiment", "thanks"}
    assert rows["thanks"][-2:] == ["0", "0"]
    run("text", "train", "type", "-w", desk)
    assert run("build", "-w", desk).code == 0
    after = run("text", "readings", "-w", desk)
    rows = {line.split()[0]: line.split() for line in after.out.splitlines()[1:]}
    assert rows["thanks"][-2] == "138"
    assert rows["type"][1:4] == ["101", "this", "workspace"]
    assert rows["type"][-2:] == ["5", "5"]
