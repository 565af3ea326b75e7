"""Surveys over small companies: weights, follow-up, scopes, and scales that changed."""

from pathlib import Path

import pytest

from metrics.small import answer as asked_for
from metrics.small import at, workspace
from metrics.surveyed import COVERS, Events, answer, answers, ask, nobody, survey
from regard.facts.reader import open_reader
from regard.insight.ask import Scope
from regard.insight.ask import ask as ask_for
from regard.insight.ask import rows as rows_of
from regard.insight.change import change
from regard.metrics.engine import Part
from regard.metrics.query import Query

YEAR = {"from": "2026-01-01", "to": "2027-01-01"}


def built(folder: Path, told: Events) -> Path:
    """A workspace that holds them."""
    made: Path = workspace(folder / "w", told, covers=COVERS)
    return made


def part(folder: Path, key: str) -> Part:
    """The one part of a question about the year."""
    (one,) = asked_for(folder, key, YEAR).parts
    assert isinstance(one, Part)
    return one


def test_channels_that_answer_less_are_weighted_up(tmp_path: Path) -> None:
    told = nobody()
    # By mail 40 asked, 10 answer, 9 content; by telephone 10 asked, 10 answer, 2 content.
    for n in range(50):
        mail = n < 40
        ask(told, str(n), "2026-03-02 09:00", channel="mail" if mail else "phone")
        place = n if mail else n - 40
        if place < 10:
            score = 5 if place < (9 if mail else 2) else 1
            answer(told, f"r{n}", "2026-03-03 09:00", score, invitation_id=str(n))
    ask(told, "now", "2026-05-01 09:00")
    said = part(built(tmp_path, told), "csat_weighted")
    assert said.coverage["raw"] == pytest.approx(11 / 20)
    assert said.estimate.value == pytest.approx(0.8 * 0.9 + 0.2 * 0.2)
    assert said.estimate.n == 20
    assert said.coverage["kish"] == pytest.approx(50**2 / (40**2 / 10 + 10**2 / 10), abs=0.05)
    assert said.coverage["if_worst"] == pytest.approx((11 + 30 * 0.2) / 50)
    assert said.coverage["if_best"] == pytest.approx((11 + 30 * 0.9) / 50)
    assert said.coverage["unripe"] == 1


def test_bad_answers_without_a_case_are_never_followed_up(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-03-02", [1, 1, 1, 1, 5])
    names = [row["response_id"] for row in told["response"]]
    closed = {0: ("2026-03-03 09:00", "mended"), 1: ("2026-03-05 09:00", None), 2: (None, None)}
    for n, (when, outcome) in closed.items():
        told["case"].append(
            {
                "case_id": str(n),
                "response_id": names[n],
                "opened_at": at("2026-03-02 10:00"),
                "closed_at": at(when) if when else None,
                "outcome": outcome,
            }
        )
    answer(told, "now", "2026-05-01 09:00", 5)
    folder = built(tmp_path, told)
    rate = part(folder, "loop_closed_rate")
    assert (rate.estimate.value, rate.estimate.n) == (0.25, 4)
    assert rate.coverage["open"] == 2
    time = part(folder, "time_to_follow_up")
    assert (time.estimate.value, time.estimate.note) == (None, "NOT_REACHED")
    assert time.coverage["served"] == pytest.approx(0.25)


def test_who_was_asked_again_and_said_better_was_won_back(tmp_path: Path) -> None:
    told = nobody()
    for n, (who, score) in enumerate((("a", 1), ("b", 2), ("c", 1), ("a", 4), ("b", 1))):
        answer(told, str(n), f"2026-03-{n + 2:02d} 09:00", score, customer_id=who)
    # Another scale is another series: c was not asked again on the same.
    answer(told, "c again", "2026-03-20 09:00", 7, scale=(1, 7), customer_id="c")
    said = part(built(tmp_path, told), "recovery_rate")
    assert (said.estimate.value, said.estimate.n) == (0.5, 2)
    assert said.coverage["excluded"] == {"not answered again": 2}


def test_a_scope_shows_the_answers_that_credit_somebody_of_it(tmp_path: Path) -> None:
    told = nobody()
    for n, (who, score) in enumerate((('["ann"]', 5), ('["ann", "bob"]', 1), ('["cid"]', 1))):
        ask(told, str(n), "2026-03-02 09:00", credited_to=who)
        answer(told, f"r{n}", "2026-03-03 09:00", score, invitation_id=str(n))
    scope = Scope(agents=("bob", "ann"))
    with open_reader(built(tmp_path, told)) as reader:
        (whole,) = ask_for(Query.parse("csat", YEAR), reader, scope).parts
        split = ask_for(Query.parse("csat", {**YEAR, "by": "agent"}), reader, scope).parts
        page = rows_of(Query.parse("csat", YEAR), reader, scope)
    assert (whole.estimate.value, whole.estimate.n) == (0.5, 2)
    assert {p.by["agent"]: p.estimate.n for p in split} == {"ann": 2, "bob": 1}
    assert page.total == 2


def test_the_rows_behind_a_relationship_score_are_the_latest_answers(tmp_path: Path) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    for n, (who, score) in enumerate((("a", 1), ("a", 9), ("b", 8))):
        answer(told, str(n), f"2026-03-{n + 2:02d} 09:00", score, "nps", customer_id=who)
    with open_reader(built(tmp_path, told)) as reader:
        page = rows_of(Query.parse("nps", YEAR), reader)
    assert [row["response_id"] for row in page.rows] == ["1", "2"]


def test_a_new_scale_starts_a_new_series(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-02-02", [5, 4, 1, 2] * 5)
    answers(told, "2026-03-02", [5, 4, 4, 5] * 5)
    answers(told, "2026-04-02", [7, 7, 6, 1] * 5, scale=(1, 7))
    answer(told, "now", "2026-06-01 09:00", 5)
    answer(told, "first", "2026-01-02 09:00", 5)
    with open_reader(built(tmp_path, told)) as reader:
        for key in ("csat", "csat_mean"):
            same = change(Query.parse(key, {"from": "2026-03-01", "to": "2026-04-01"}), reader)
            other = change(Query.parse(key, {"from": "2026-04-01", "to": "2026-05-01"}), reader)
            assert same is not None
            assert same.word == "up"
            assert other is not None
            assert (other.value, other.good) == (None, None)
