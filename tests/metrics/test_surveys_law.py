"""Surveys against slow paths in plain Python, over answers and invitations by chance."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from metrics.small import Row, laid
from regard.metrics.catalogue.survey_funnel import STEPS
from regard.metrics.engine import Part, parts_of

SLOW = settings(
    deadline=None,
    max_examples=10,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}


def when(day: int, hour: int = 9) -> str:
    """An instant of March, as the fact's rows say it."""
    return f"2026-03-{day:02d}T{hour:02d}:00:00+00:00"


@st.composite
def answers(draw: st.DrawFn) -> list[Row]:
    """Answers to a question of recommendation by a few people, some of them unknown."""
    rows = []
    for number in range(draw(st.integers(1, 14))):
        asked = draw(st.integers(1, 20))
        score = draw(st.integers(0, 10))
        rows.append(
            {
                "source": "s",
                "response_id": f"{number:02d}",
                "question_id": "q",
                "kind": "nps",
                "person": draw(st.sampled_from(("a", "b", "c", None))),
                "transactional": False,
                "channel": draw(st.sampled_from(("mail", "sms"))),
                "asked_at": when(asked),
                "answered_at": when(asked + draw(st.integers(0, 2)), draw(st.integers(0, 23))),
                "score": score,
                "good": score,
                "scale": "0–10",
                "scale_min": 0,
                "scale_max": 10,
                "top_box": score >= 9,
                "met_goal": score >= 9,
            }
        )
    return rows


def latest(rows: list[Row], by: str) -> list[Row]:
    """The latest row of each person, and every row of nobody known."""
    kept: dict[Any, Row] = {}
    for row in rows:
        who = row["person"] or row["response_id"]
        order = (row[by], row["answered_at"], row["response_id"])
        if who not in kept or order > (kept[who][by], *_tie(kept[who])):
            kept[who] = row
    return list(kept.values())


def _tie(row: Row) -> tuple[Any, ...]:
    return row["answered_at"], row["response_id"]


def told(engine: Backend, key: str, rows: list[Row], **said: Any) -> tuple[Part, ...]:
    """The parts of an answer over rows of the metric's fact."""
    return parts_of(laid(key, rows, {**MARCH, **said}), engine)


@given(rows=answers())
@SLOW
def test_the_net_score_is_that_of_the_latest_answers(engine: Backend, rows: list[Row]) -> None:
    kept = latest(rows, "asked_at")
    up, down = sum(r["score"] >= 9 for r in kept), sum(r["score"] <= 6 for r in kept)
    (part,) = told(engine, "nps", rows)
    assert part.estimate.n == len(kept)
    assert part.estimate.value == pytest.approx(100 * (up - down) / len(kept))


@given(rows=answers())
@SLOW
def test_each_part_of_a_split_has_the_latest_of_its_own(engine: Backend, rows: list[Row]) -> None:
    for part in told(engine, "nps", rows, by="channel"):
        mine = [row for row in rows if row["channel"] == part.by["channel"]]
        kept = latest(mine, "asked_at")
        net = sum((r["score"] >= 9) - (r["score"] <= 6) for r in kept)
        assert part.estimate.n == len(kept)
        assert part.estimate.value == pytest.approx(100 * net / len(kept))
        (alone,) = told(engine, "nps", rows, where=[f"channel={part.by['channel']}"])
        assert alone.estimate == part.estimate


@given(rows=answers())
@SLOW
def test_customers_at_the_goal_are_those_of_their_latest_answers(
    engine: Backend, rows: list[Row]
) -> None:
    rated = [row | {"kind": "csat"} for row in rows]
    kept = latest(rated, "answered_at")
    met = sum(row["met_goal"] for row in kept)
    (share,) = told(engine, "satisfied_against_goal", rated)
    (number,) = told(engine, "customers_at_goal", rated)
    assert share.estimate.value == pytest.approx(met / len(kept))
    assert number.estimate.value == met


@st.composite
def invitations(draw: st.DrawFn) -> list[Row]:
    """People who could be asked, and how far each came."""
    rows = []
    for number in range(draw(st.integers(1, 16))):
        day = draw(st.integers(1, 31))
        reached = draw(st.integers(0, len(STEPS)))
        row: Row = {
            "source": "s",
            "invitation_id": str(number),
            "survey_kind": "csat",
            "customer_id": draw(st.sampled_from(("a", "b", None))),
            "channel": draw(st.sampled_from(("mail", "sms"))),
            "eligible_at": when(day),
            "sampled_out": reached == 0 and draw(st.booleans()),
            **dict.fromkeys(STEPS[:reached], when(day)),
        }
        if reached == 0 and not row["sampled_out"]:
            row["suppressed_reason"] = draw(st.sampled_from(("opt_out", "bounced")))
        rows.append(row)
    return rows


@given(rows=invitations())
@SLOW
def test_the_funnel_is_counted_by_day(engine: Backend, rows: list[Row]) -> None:
    for step in STEPS:
        key = f"surveys_{step.removesuffix('_at')}"
        slow = Counter(row["eligible_at"][:10] for row in rows if row.get(step))
        found = told(engine, key, rows, by="day")
        assert {p.by["day"]: p.estimate.value for p in found if p.estimate.value} == slow
        (whole,) = told(engine, key, rows)
        assert whole.estimate.value == sum(slow.values())


@given(rows=invitations())
@SLOW
def test_every_occasion_is_sent_left_to_chance_or_kept_back(
    engine: Backend, rows: list[Row]
) -> None:
    def value(key: str) -> float:
        (part,) = told(engine, key, rows)
        return part.estimate.value or 0

    kept_back = value("surveys_sampled_out") + value("surveys_suppressed")
    assert value("surveys_eligible") == len(rows) == value("surveys_sent") + kept_back


@given(rows=invitations())
@SLOW
def test_both_halves_of_a_rate_are_of_the_same_people(engine: Backend, rows: list[Row]) -> None:
    for part in told(engine, "response_rate", rows, by="channel"):
        mine = [r for r in rows if r["channel"] == part.by["channel"] and r.get("delivered_at")]
        assert part.estimate.n == len(mine)
        if mine:
            answered = sum(bool(row.get("answered_at")) for row in mine)
            assert part.estimate.value == pytest.approx(answered / len(mine))
    for part in told(engine, "asked_share", rows, by="channel"):
        mine = [row for row in rows if row["channel"] == part.by["channel"]]
        sent = sum(bool(row.get("sent_at")) for row in mine)
        assert part.estimate.value == pytest.approx(sent / len(mine))
