"""`regard explain KEY --as PRODUCT`: both values, the sentence, the tickets, the hints."""

import json
from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.facts.build import build
from regard.store.workspace import init_workspace
from worlds import at, take, ticket

from .conftest import Run

AS = ("--as", "zendesk")
KEY = "first_response_time"


@pytest.fixture(scope="module")
def desk_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two who asked: one was answered, the other waits."""
    folder = tmp_path_factory.mktemp("vendors") / "desk"
    init_workspace(folder, Settings(name="Desk", zone="UTC"))
    take(
        folder,
        ticket("1", "2026-03-02 09:00", channel="mail").asked("09:00").said("09:20"),
        ticket("2", "2026-03-02 09:00", channel="form").asked("09:00"),
    )
    build(folder, now=at("2026-03-03 00:00"))
    return folder


def test_both_values_stand_side_by_side_with_the_reason(desk_here: Path, run: Run) -> None:
    ran = run("explain", KEY, *AS, "-w", desk_here)
    said = ran.out.replace("\N{NO-BREAK SPACE}", " ")
    assert (ran.code, ran.err) == (0, "")
    assert said.startswith("First response time: Zendesk, “First reply time”\n")
    assert "whoever waits still, or was never answered, is left out" in said
    ours, theirs = (
        line.split()
        for line in said.splitlines()
        if line.startswith(("Regard", "Zendesk ")) and line.rstrip().endswith(("1", "2"))
    )
    assert (ours[0], ours[-1]) == ("Regard", "2")
    assert (theirs[0], theirs[1:3], theirs[-1]) == ("Zendesk", ["20", "min"], "1")
    assert "1 ticket is counted by both." in said
    assert "1 ticket is counted by Regard alone. The other leaves it out: no public" in said
    assert "Defined by: Zendesk help" in said
    assert "store version" in said


def test_a_split_is_told_part_by_part(desk_here: Path, run: Run) -> None:
    said = run("explain", KEY, *AS, "--by", "channel", "-w", desk_here).out.splitlines()
    labels = [line.split()[:2] for line in said if line.startswith(("mail", "form"))]
    assert labels == [
        ["form", "Regard"],
        ["form", "Zendesk"],
        ["mail", "Regard"],
        ["mail", "Zendesk"],
    ]


def test_programs_get_both_answers(desk_here: Path, run: Run) -> None:
    ran = run("explain", KEY, *AS, "--format", "json", "-w", desk_here, "--from", "2026-03-01")
    said = json.loads(ran.out)
    assert (said["metric"], said["as"], said["product"]) == (KEY, "zendesk", "Zendesk")
    assert said["theirs"]["parts"][0]["value"] == 1200
    assert said["ours"]["query"]["from"] == "2026-03-01"
    assert said["tickets"] == {
        "both": 1,
        "only_ours": [{"reason": "no public answer by a person yet", "tickets": 1}],
        "only_theirs": [],
    }


def test_a_question_can_be_asked_of_another_time(desk_here: Path, run: Run) -> None:
    words = ("explain", KEY, *AS, "-f", "json", "-w", desk_here)
    said = json.loads(run(*words, "--as-of", "2026-03-02T09:10:00Z").out)
    assert said["theirs"]["parts"][0]["value"] is None
    empty = json.loads(run(*words, "--from", "2026-04-01").out)
    assert empty["tickets"] == {"both": 0, "only_ours": [], "only_theirs": []}


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((KEY, "--as", "zendex"), "Did you mean 'zendesk'?"),
        (("tickets_new", *AS), "Of Zendesk these are known: first_response_time,"),
        (("next_response_time", *AS), "It is known of: chatwoot, intercom."),
        ((KEY, *AS, "--format", "csv"), "table, json"),
        ((KEY, *AS, "--by", "tea"), "There is no way to split"),
        ((KEY, "--from", "2026-03-01"), "needs both --from and --to"),
        ((KEY, "--format", "json"), "or with --as beside which product"),
    ],
)
def test_what_cannot_be_is_said_with_a_hint(
    desk_here: Path, run: Run, words: tuple[str, ...], hint: str
) -> None:
    ran = run("explain", *words, "-w", desk_here)
    assert ran.code != 0
    assert hint in ran.err
    assert ran.out == ""


def test_no_way_is_listed_among_the_metrics(run: Run, desk_here: Path) -> None:
    assert "_as_" not in run("metrics", "-w", desk_here).out
