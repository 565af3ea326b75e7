"""Active customers and customer-months, against a count in plain Python."""

from datetime import datetime
from pathlib import Path

import pytest

from metrics import payers
from metrics.small import Row, answer, at, workspace
from regard.facts.reader import open_reader
from regard.insight.ask import rows
from regard.metrics.query import Query

MONTH = 30.4375 * 86_400
SAID = {"from": "2026-01-01", "to": "2026-07-01", "by": "month"}


def _months(events: dict[str, list[Row]], since: datetime, until: datetime) -> float:
    until = min(until, payers.last_event(events))
    seconds = [
        (min(one.ends, until) - max(one.starts, since)).total_seconds()
        for one in payers.active(events)
    ]
    return sum(each for each in seconds if each > 0) / MONTH


def _bounds(month: int) -> tuple[datetime, datetime]:
    return at(f"2026-{month:02d}-01 00:00"), at(f"2026-{month + 1:02d}-01 00:00")


@pytest.mark.parametrize("seed", [1, 2])
def test_customer_months_are_the_time_in_which_customers_were_active(
    seed: int, tmp_path: Path
) -> None:
    events = payers.company(seed)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    found = answer(folder, "customer_months", SAID).parts
    assert len(found) == 6
    for month, part in enumerate(found, start=1):
        wanted = _months(events, *_bounds(month))
        assert part.estimate.value == pytest.approx(wanted)
        assert (part.estimate.low, part.estimate.high) == (part.estimate.value,) * 2
    (whole,) = answer(folder, "customer_months", {**SAID, "by": ""}).parts
    assert whole.estimate.value == pytest.approx(sum(p.estimate.value or 0 for p in found))


def test_customer_months_split_by_country_add_up(tmp_path: Path) -> None:
    events = payers.company(3)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    (whole,) = answer(folder, "customer_months", {**SAID, "by": ""}).parts
    found = answer(folder, "customer_months", {**SAID, "by": "country"}).parts
    assert {part.by["country"] for part in found} == {"PL", "BG"}
    assert sum(p.estimate.value or 0 for p in found) == pytest.approx(whole.estimate.value)
    (one,) = answer(folder, "customer_months", {**SAID, "by": "", "where": "country=PL"}).parts
    assert one.estimate.value == found[-1].estimate.value


def test_active_customers_are_those_at_the_end_of_each_month(tmp_path: Path) -> None:
    events = payers.company(4)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    for month, part in enumerate(answer(folder, "active_customers", SAID).parts, start=1):
        end = min(_bounds(month)[1], payers.last_event(events))
        there = [one for one in payers.active(events) if one.starts < end and one.ends >= end]
        assert part.estimate.value == len(there)


def test_before_the_first_event_there_is_no_data_and_it_is_not_nought(tmp_path: Path) -> None:
    events = payers.company(5)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    said = {"from": "2025-11-01", "to": "2026-02-01", "by": "month"}
    for key in ("active_customers", "customer_months"):
        told = [part.estimate.value for part in answer(folder, key, said).parts]
        assert told[:2] == [None, None]
        assert told[2] is not None


def test_the_rows_behind_customer_months_lie_in_the_range(tmp_path: Path) -> None:
    events = payers.company(6)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    since, until = _bounds(2)
    with open_reader(folder) as reader:
        query = Query.parse("customer_months", {"from": "2026-02-01", "to": "2026-03-01"})
        page = rows(query, reader, limit=1_000)
    there = [one for one in payers.active(events) if one.starts < until and one.ends > since]
    assert {(r["customer_id"], r["starts_at"]) for r in page.rows} == {
        (one.who, one.starts) for one in there
    }
