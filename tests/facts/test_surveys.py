"""Answers, invitations and follow-ups as facts: scales, credit, the funnel, what was dismissed."""

from pathlib import Path
from typing import Any

import pytest

from worlds import Told, at, built, call, row_of, rows_of, some, thing, ticket

NINE = "2026-03-02 09:00"


def survey(name: str = "s", **said: Any) -> Told:
    """A survey in its first version."""
    told: dict[str, Any] = {"version": 1, "kind": "csat"} | said
    return thing("survey", survey_id=name, **told)


def asked(name: str, when: str = NINE, **said: Any) -> Told:
    """Somebody who could be asked, and was unless said otherwise."""
    told: dict[str, Any] = {"survey_id": "s", "eligible_at": at(when), "sent_at": at(when)} | said
    return thing("invitation", invitation_id=name, **told)


def responded(name: str, when: str = "2026-03-03 09:00", **said: Any) -> Told:
    """A response to the survey."""
    told: dict[str, Any] = {"survey_id": "s", "version": 1, "at": at(when)} | said
    return thing("response", response_id=name, **told)


def scored(of: str, score: int | None, low: int = 1, high: int = 5, **said: Any) -> Told:
    """An answer to its question on satisfaction."""
    told: dict[str, Any] = {
        "kind": "csat",
        "scale_min": low,
        "scale_max": high,
        "scale_inverted": False,
    } | said
    return thing(
        "answer", response_id=of, question_id=told.pop("question_id", "q"), score=score, **told
    )


@pytest.mark.parametrize(
    ("low", "high", "inverted", "top"),
    [
        (0, 1, False, {1}),
        (1, 3, False, {3}),
        (1, 4, False, {3, 4}),
        (1, 5, False, {4, 5}),
        (1, 7, False, {6, 7}),
        (1, 10, False, {9, 10}),
        (1, 5, True, {1, 2}),
        (1, 3, True, {1}),
        (0, 100, False, set()),
    ],
)
def test_the_top_boxes_are_those_of_the_book_on_each_scale(
    tmp_path: Path, low: int, high: int, inverted: bool, top: set[int]
) -> None:
    scores = range(low, high + 1)
    told = [
        part
        for score in scores
        for part in (
            responded(str(score)),
            scored(str(score), score, low, high, scale_inverted=inverted),
        )
    ]
    folder = built(tmp_path / "w", survey(), *told)
    found = rows_of(folder, "answer_fact")
    assert len(found) == len(scores)
    assert {row["score"] for row in found if row["top_box"]} == top
    turned = {row["score"]: row["good"] for row in found}
    assert turned == {s: low + high - s if inverted else s for s in scores}
    assert {row["scale"] for row in found} == {f"{high}–{low}" if inverted else f"{low}–{high}"}


def test_a_score_outside_its_scale_is_kept_and_counts_as_nothing(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", survey(), responded("1"), scored("1", 9))
    row = row_of(folder, "answer_fact")
    assert some(row, "score good top_box bad_box") == {
        "score": 9,
        "good": None,
        "top_box": None,
        "bad_box": None,
    }


def test_an_answer_without_a_scale_has_that_of_its_question_in_its_version(tmp_path: Path) -> None:
    questions = [
        thing("question", survey_id="s", version=v, question_id="q", kind="csat", scale_min=1,
              scale_max=high)
        for v, high in ((1, 5), (2, 7))
    ]  # fmt: skip
    bare: dict[str, Any] = {"low": None, "high": None, "kind": None, "scale_inverted": None}
    folder = built(
        tmp_path / "w",
        survey(),
        survey(version=2),
        *questions,
        responded("old"),
        responded("new", version=2),
        responded("unsaid", version=None),
        *(scored(name, 5, **bare) for name in ("old", "new", "unsaid")),
    )
    found = {row["response_id"]: row["scale"] for row in rows_of(folder, "answer_fact")}
    assert found == {"old": "1–5", "new": "1–7", "unsaid": "1–7"}
    assert {row["kind"] for row in rows_of(folder, "answer_fact")} == {"csat"}


def test_what_was_dismissed_is_no_answer(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        survey(),
        asked("i", delivered_at=at(NINE), answered_at=at("2026-03-03 09:00")),
        responded("1", invitation_id="i", dismissed=True),
        scored("1", 5),
    )
    assert rows_of(folder, "answer_fact") == []
    row = row_of(folder, "invitation_fact")
    assert row["answered_at"] is None
    assert row["started_at"] == at("2026-03-03 09:00")
    response = row_of(folder, "response_fact")
    assert (response["dismissed"], response["answers"]) == (True, 0)


def test_a_later_step_implies_those_before_it(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        survey(),
        asked("answered", sent_at=at(NINE)),
        asked("sent"),
        asked("not asked", sent_at=None, suppressed_reason="quiet_time"),
        responded("1", invitation_id="answered"),
        scored("1", 5),
    )
    steps = "sent_at delivered_at opened_at started_at answered_at commented_at"
    told = {
        r["invitation_id"]: list(some(r, steps).values())
        for r in rows_of(folder, "invitation_fact")
    }
    then = at("2026-03-03 09:00")
    assert told["answered"] == [at(NINE), then, then, then, then, None]
    assert told["sent"] == [at(NINE), None, None, None, None, None]
    assert told["not asked"] == [None] * 6


def test_an_answer_is_about_its_ticket_and_credits_those_frozen_at_sending(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        survey(),
        ticket("t", NINE, type="billing", customer_id="c", country="PL")
        .to_team("first", "09:10")
        .asked("09:00")
        .said("09:30", by="ann")
        .solved("10:00", by="bob"),
        asked("i", "2026-03-02 11:00", ticket_id="t", credited_to='["ann", "cid"]', channel="mail"),
        responded("1", invitation_id="i"),
        scored("1", 4),
        responded("2", ticket_id="t"),
        scored("2", 1),
    )
    invited = row_of(folder, "answer_fact", response_id="1")
    assert some(invited, "credited_to type team country channel wait_seconds resolved") == {
        "credited_to": "ann;cid",
        "type": "billing",
        "team": "first",
        "country": "PL",
        "channel": "mail",
        "wait_seconds": 1800,
        "resolved": True,
    }
    assert invited["asked_at"] == at("2026-03-02 11:00")
    # Nobody said whom the other credits: who solved the ticket.
    other = row_of(folder, "answer_fact", response_id="2")
    assert (other["credited_to"], other["transactional"]) == ("bob", True)
    assert other["asked_at"] == other["answered_at"]


def test_an_answer_is_about_its_call(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        survey(),
        call("c", NINE, type="loans", queued_at=at(NINE))
        .queued("desk", 40)
        .talked("ann", 60)
        .ended("answered"),
        responded("1", call_id="c"),
        scored("1", 5),
    )
    row = row_of(folder, "answer_fact")
    assert some(row, "credited_to type team wait_seconds resolved") == {
        "credited_to": "ann",
        "type": "loans",
        "team": "desk",
        "wait_seconds": 40,
        "resolved": None,
    }


def test_the_goal_is_the_surveys_else_the_top_boxes_and_is_turned_with_the_scale(
    tmp_path: Path,
) -> None:
    told = [
        part
        for name in ("aim", "none", "turned")
        for score in (1, 2, 3, 4, 5)
        for part in (
            responded(f"{name} {score}", survey_id=name),
            scored(f"{name} {score}", score, scale_inverted=name == "turned"),
        )
    ]
    folder = built(
        tmp_path / "w", survey("aim", goal=3), survey("none"), survey("turned", goal=2), *told
    )
    met: dict[str, list[int]] = {}
    for row in rows_of(folder, "answer_fact", met_goal=True):
        met.setdefault(row["survey_id"], []).append(row["score"])
    assert met == {"aim": [3, 4, 5], "none": [4, 5], "turned": [1, 2]}


def test_a_bad_answer_is_followed_up_when_a_case_ends_with_an_outcome(tmp_path: Path) -> None:
    def case(name: str, of: str, closed: str | None, outcome: str | None) -> Told:
        return thing(
            "case",
            case_id=name,
            response_id=of,
            opened_at=at("2026-03-03 10:00"),
            closed_at=at(closed) if closed else None,
            outcome=outcome,
            owner="ann",
        )

    told = {"done": 1, "dropped": 1, "open": 2, "none": 1, "good": 5}
    folder = built(
        tmp_path / "w",
        survey(),
        *(responded(name) for name in told),
        *(scored(name, score) for name, score in told.items()),
        case("1", "done", "2026-03-03 11:00", None),
        case("2", "done", "2026-03-04 09:00", "called and mended"),
        case("3", "dropped", "2026-03-03 12:00", None),
        case("4", "open", None, None),
    )
    found = {row["response_id"]: row for row in rows_of(folder, "response_fact")}
    assert {name for name, row in found.items() if row["is_bad"]} == {
        "done",
        "dropped",
        "open",
        "none",
    }
    assert found["done"]["follow_up_seconds"] == 86_400
    assert found["done"]["dropped_seconds"] is None
    assert found["dropped"]["dropped_seconds"] == 3 * 3600
    assert found["open"]["follow_up_seconds"] is found["open"]["dropped_seconds"] is None
    cases = {row["case_id"]: row["is_open"] for row in rows_of(folder, "case_fact")}
    assert cases == {"1": False, "2": False, "3": False, "4": True}


def test_answers_of_ours_stand_apart_and_name_nobody(tmp_path: Path) -> None:
    wave: dict[str, Any] = {"kind": "agent", "wave": "spring", "closed_at": at("2026-03-31 00:00")}
    folder = built(
        tmp_path / "w",
        survey(**wave),
        survey("running", kind="agent", wave="summer"),
        asked("i"),
        responded("1", unit="north/a", customer_id="c"),
        responded("late", "2026-04-02 09:00", unit="north/a"),
        responded("early", survey_id="running", unit="north/a"),
        *(scored(name, 5, kind="agent_csat") for name in ("1", "late", "early")),
        scored("1", 10, 0, 10, kind="nps", question_id="n"),
    )
    for name in ("answer_fact", "response_fact", "invitation_fact"):
        assert rows_of(folder, name) == []
    found = rows_of(folder, "agent_answer_fact")
    assert [(r["response_id"], r["kind"], r["unit"]) for r in found] == [
        ("1", "agent_nps", "north/a"),
        ("1", "agent_csat", "north/a"),
    ]
    assert {"customer_id", "agent", "answered_at"} & set(found[0]) == set()


def test_an_earlier_instant_knows_only_what_had_happened(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        survey(),
        asked("i", delivered_at=at("2026-03-02 09:05")),
        responded("1", invitation_id="i"),
        scored("1", 5),
    )
    assert row_of(folder, "invitation_fact")["answered_at"] == at("2026-03-03 09:00")
    row = row_of(folder, "invitation_fact", "2026-03-02 12:00")
    assert (row["delivered_at"], row["answered_at"]) == (at("2026-03-02 09:05"), None)
    assert rows_of(folder, "answer_fact", "2026-03-02 12:00") == []
