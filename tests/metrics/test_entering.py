"""The period view: all whose clock ran in a period, entering late at their age."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import isclose
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends import BaseBackend as Backend
from lifelines import KaplanMeierFitter

from metrics.small import measured, workspace
from metrics.test_incidence import agree
from regard.facts.reader import open_reader
from regard.insight.ask import ask, rows
from regard.metrics.entering import PeriodIncidence
from regard.metrics.picks import Column
from regard.metrics.query import Query
from regard.stats import incidence as reference
from regard.stats.estimate import NOT_REACHED, Estimate
from regard.stats.quantile import crossing, limits

SHAPE = PeriodIncidence(Column("done"), Column("rival"), Column("waited"), at="began")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPANS = [
    ("one", NOON, NOON + timedelta(seconds=20)),
    ("two", NOON + timedelta(seconds=20), NOON + timedelta(seconds=45)),
]
Case = tuple[int, int, int, str]
"""Began so many seconds from noon (before it: negative), took, kind, customer."""
CASES = st.lists(
    st.tuples(st.integers(-15, 44), st.integers(0, 30), st.integers(0, 2), st.sampled_from("abcd")),
    min_size=1,
    max_size=30,
)


def table(cases: Sequence[Case]) -> pa.Table:
    """Rows as the shape sees them."""
    names = ("waited", "done", "rival")
    rows: list[dict[str, Any]] = [
        {"began": NOON + timedelta(seconds=began), "customer": who, "_day": "x"}
        | dict.fromkeys(names)
        | {names[kind]: took}
        for began, took, kind, who in cases
    ]
    schema = pa.schema(
        [
            ("began", pa.timestamp("us", "UTC")),
            ("customer", pa.string()),
            ("_day", pa.string()),
            *((name, pa.int64()) for name in names),
        ]
    )
    return pa.Table.from_pylist(rows, schema=schema)


def seen_in(cases: list[Case], place: int) -> reference.Curve | None:
    """The reference curve of those whose clock ran in a period, clipped to it by hand."""
    since, until = ((at - NOON).total_seconds() for at in SPANS[place][1:])
    rows = []
    for began, took, kind, who in cases:
        end = began + took
        if began >= until or end < since:
            continue
        inside = end < until
        rows.append((max(0, since - began), min(end, until) - began, kind if inside else 0, who))
    if not rows:
        return None
    entries, times, kinds, clusters = zip(*rows, strict=True)
    return reference.curve(times, kinds, clusters, entries)


@settings(max_examples=60, deadline=None)
@given(cases=CASES, q=st.sampled_from((0.5, 0.9, 0.25)))
def test_it_is_the_reference_with_late_entries(
    engine: Backend, cases: list[Case], q: float
) -> None:
    found = measured(engine, SHAPE, table(cases), clusters=("customer",), quantile=q, spans=SPANS)
    for place, (part, _, _) in enumerate(SPANS):
        seen = seen_in(cases, place)
        if seen is None:
            assert (part,) not in found
            continue
        (one,) = found[(part,)]
        value = crossing(seen.times, seen.incidence, q)
        deff = reference.effect_at(seen, seen.end if value is None else value)
        low, high = limits(seen, q, deff)
        beyond = value is None or high is None
        note = NOT_REACHED if beyond else reference.note(seen)
        agree(one.estimate, Estimate(value, low, high, seen.n, note))


def test_without_rivals_it_is_the_left_truncated_kaplan_meier_of_lifelines(engine: Backend) -> None:
    cases = [(began, took, took % 3 != 0, "a") for began in range(-15, 44) for took in (4, 11, 23)]
    (one,) = measured(engine, SHAPE, table(cases), spans=SPANS[1:])[("two",)]
    since, until = 20, 45
    kept = [
        (max(0, since - began), min(began + took, until) - began, began + took < until and done)
        for began, took, done, _ in cases
        if began < until and began + took >= since
    ]
    # lifelines takes no entry at the very instant of the exit.
    entries, times, done = zip(*[(e, t + 1e-6, d) for e, t, d in kept], strict=True)
    fitted = KaplanMeierFitter().fit(times, event_observed=done, entry=entries)
    assert one.estimate.value is not None
    assert isclose(one.estimate.value, fitted.median_survival_time_, abs_tol=1e-3)


def test_a_month_without_new_tickets_still_says_how_fast_it_worked(tmp_path: Path) -> None:
    """Ten tickets of February, all solved in March: March has a time, though none came in it."""
    asked = datetime(2026, 2, 20, 9, tzinfo=UTC)
    events: dict[str, list[dict[str, Any]]] = {"ticket": [], "ticket_change": []}
    for n in range(10):
        events["ticket"].append(
            {"ticket_id": f"{n}", "created_at": asked, "status": "open", "customer_id": f"c{n}"}
        )
        solved = datetime(2026, 3, 5, 9 + n % 3, tzinfo=UTC)
        events["ticket_change"].append(
            {"ticket_id": f"{n}", "change_id": "1", "ordinal": 1, "at": solved}
            | {"field": "status", "value": "solved", "actor": "ann", "actor_kind": "agent"}
        )
    folder = workspace(tmp_path / "w", events)
    march = {"from": "2026-03-01", "to": "2026-04-01"}
    with open_reader(folder) as reader:
        cohort, seen = (
            ask(Query.parse(key, march), reader).parts[0].estimate
            for key in ("time_to_resolve", "time_to_resolve_in_period")
        )
    assert cohort.value is None
    assert seen.value == pytest.approx(13 * 86400 + 3600, abs=3600)


def test_the_rows_behind_a_period_are_those_whose_clock_ran_in_it(tmp_path: Path) -> None:
    asked = datetime(2026, 2, 20, 9, tzinfo=UTC)
    solved = {"1": datetime(2026, 2, 25, tzinfo=UTC), "2": datetime(2026, 3, 5, tzinfo=UTC)}
    events: dict[str, list[dict[str, Any]]] = {
        "ticket": [
            {"ticket_id": name, "created_at": asked, "status": "open", "customer_id": name}
            for name in ("1", "2", "3")
        ],
        "ticket_change": [
            {"ticket_id": name, "change_id": "1", "ordinal": 1, "at": at}
            | {"field": "status", "value": "solved", "actor": "ann", "actor_kind": "agent"}
            for name, at in solved.items()
        ],
    }
    march = Query.parse("time_to_resolve_in_period", {"from": "2026-03-01", "to": "2026-04-01"})
    with open_reader(workspace(tmp_path / "w", events)) as reader:
        told = {kind: rows(march, reader, kind=kind).rows for kind in ("counted", "waiting")}
    assert [row["ticket_id"] for row in told["counted"]] == ["2", "3"]
    assert [row["ticket_id"] for row in told["waiting"]] == ["3"]
