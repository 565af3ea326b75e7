"""Retention and churn: the identity, the bridge, and a slow count in plain Python."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import payers
from metrics.payers import FAR, Stretch
from metrics.small import Row, answer, at, parts, workspace
from regard.metrics.engine import Part

S, E = at("2026-03-01 00:00"), at("2026-04-01 00:00")
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
DAY = timedelta(days=1)
# Days around the ends of March, so that instants often fall on them.
STEPS = st.lists(st.integers(min_value=-70, max_value=70), min_size=1, max_size=6, unique=True).map(
    sorted
)
BOOKS = st.lists(STEPS, min_size=1, max_size=12)


def histories(books: Sequence[Sequence[int]]) -> list[Stretch]:
    """Customers who come and go in turn on the days said, counted from 1 March."""
    found = []
    for n, days in enumerate(books):
        edges = [S + day * DAY for day in days]
        for comes, goes in zip(edges[::2], [*edges[1::2], FAR], strict=False):
            found.append(Stretch(f"c{n}", comes, goes))
    return found


def rows_of(stretches: Sequence[Stretch]) -> list[Row]:
    """The stretches as rows of `subscription_span_fact`."""
    found: list[Row] = []
    for one in stretches:
        ends = None if one.ends == FAR else one.ends
        place = sum(other.who == one.who and other.starts <= one.starts for other in stretches)
        found.append(
            {
                "customer_id": one.who,
                "subscription_id": one.who,
                "span_id": str(place),
                "starts_at": one.starts,
                "ends_at": ends,
                "left_at": ends,
                "stretch": place,
                "stretch_starts_at": one.starts,
                "first_paid_at": min(o.starts for o in stretches if o.who == one.who),
                "paid": True,
                "is_trial": False,
            }
        )
    return found


def there(stretches: Sequence[Stretch], instant: datetime) -> set[str]:
    """Who pays just before an instant."""
    return {one.who for one in stretches if one.starts < instant <= one.ends}


def slow(stretches: Sequence[Stretch], since: datetime, until: datetime) -> dict[str, int]:
    """The bridge, by looking at each customer in turn."""
    first = {who: min(o.starts for o in stretches if o.who == who) for who in _names(stretches)}
    start, end = there(stretches, since), there(stretches, until)
    begun = [one for one in stretches if since <= one.starts < until]
    came = end - start
    return {
        "start": len(start),
        "new": sum(one.starts == first[one.who] for one in begun),
        "reactivated": sum(one.starts != first[one.who] for one in begun),
        "lost": sum(since <= one.ends < until for one in stretches),
        "end": len(end),
        "new_there": sum(since <= first[who] for who in came),
        "reactivated_there": sum(first[who] < since for who in came),
        "kept": len(start & end),
        "left": len({o.who for o in stretches if o.who in start and since <= o.ends < until}),
    }


def _names(stretches: Sequence[Stretch]) -> set[str]:
    return {one.who for one in stretches}


def _asked(key: str, rows: Sequence[Row], said: dict[str, Any] | None = None) -> Part:
    (part,) = parts(key, rows, said or MARCH, as_of="2026-06-30 00:00")
    return part


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books=BOOKS)
def test_end_less_who_came_over_start_is_the_share_kept(books: list[list[int]]) -> None:
    stretches = histories(books)
    rows, wanted = rows_of(stretches), slow(stretches, S, E)
    told = _asked("retention_rate", rows)
    bridge = dict(told.coverage)
    assert "moved" not in bridge
    assert bridge == {name: wanted[name] for name in bridge}
    if not bridge:
        assert set(wanted.values()) == {0}
        return
    came = bridge["new"] + bridge["reactivated"]
    assert bridge["start"] + came - bridge["lost"] == bridge["end"]
    if not wanted["start"]:
        assert told.estimate.value is None
        return
    stayed = bridge["end"] - bridge["new_there"] - bridge["reactivated_there"]
    assert told.estimate.value == pytest.approx(stayed / bridge["start"])
    assert told.estimate.value == pytest.approx(wanted["kept"] / wanted["start"])
    churn = _asked("churn_paid", rows)
    assert churn.estimate.value == pytest.approx(wanted["left"] / wanted["start"])


def test_who_left_and_returned_was_kept_and_left_once() -> None:
    stretches = histories([[-60, 5, 20], [-60]])
    rows = rows_of(stretches)
    kept, left = _asked("retention_rate", rows), _asked("churn_paid", rows)
    assert (kept.estimate.value, left.estimate.value) == (1.0, 0.5)
    assert kept.coverage["lost"] == kept.coverage["reactivated"] == 1


def test_who_comes_or_goes_as_the_month_begins_does_so_within_it() -> None:
    stretches = histories([[0], [-30, 0], [-30]])
    told = _asked("retention_rate", rows_of(stretches))
    assert (told.estimate.value, told.estimate.n) == (0.5, 2)
    assert (told.coverage["new"], told.coverage["lost"]) == (1, 1)


def test_a_change_of_plan_is_no_leaving_though_the_query_looks_at_one_plan() -> None:
    row = rows_of(histories([[-60]]))[0]
    changed = S + 10 * DAY
    rows = [
        {**row, "plan": "gold", "ends_at": changed},
        {**row, "plan": "silver", "starts_at": changed, "span_id": "2"},
    ]
    gold = _asked("retention_rate", rows, {**MARCH, "where": "plan=gold"})
    assert (gold.estimate.value, gold.estimate.n) == (1.0, 1)
    assert gold.coverage["moved"] == -1
    split = parts("retention_rate", rows, {**MARCH, "by": "plan"}, as_of="2026-06-30 00:00")
    told = {part.by["plan"]: part for part in split}
    assert told["gold"].estimate.value == 1.0
    assert told["silver"].estimate.value is None
    assert told["silver"].coverage["moved"] == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_each_month_of_a_company_by_chance_is_that_of_the_slow_count(
    seed: int, tmp_path: Path
) -> None:
    events = payers.company(seed, customers=60)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    said = {"from": "2026-01-01", "to": "2026-05-01", "by": "month"}
    stretches, limit = payers.paying(events), payers.last_event(events)
    stock = answer(folder, "paying_customers", said).parts
    found = answer(folder, "retention_rate", said).parts
    churn = answer(folder, "churn_paid", said).parts
    for month, (part, gone, level) in enumerate(zip(found, churn, stock, strict=True), start=1):
        since = at(f"2026-{month:02d}-01 00:00")
        until = min(at(f"2026-{month + 1:02d}-01 00:00"), limit + timedelta(microseconds=1))
        wanted = slow(stretches, since, until)
        assert dict(part.coverage) == {k: wanted[k] for k in part.coverage if k != "partial"} | (
            {"partial": True} if "partial" in part.coverage else {}
        )
        assert level.estimate.value == wanted["end"]
        if wanted["start"]:
            assert part.estimate.value == pytest.approx(wanted["kept"] / wanted["start"])
            assert gone.estimate.value == pytest.approx(wanted["left"] / wanted["start"])


def test_churn_of_all_is_worked_from_both_halves_beside_it(tmp_path: Path) -> None:
    events = payers.company(7, customers=80)
    folder = workspace(tmp_path / "w", events, covers=payers.COVERS)
    said = {"from": "2026-02-01", "to": "2026-04-01"}
    (every,) = answer(folder, "churn_all", said).parts
    (paid,) = answer(folder, "churn_paid", said).parts
    (tried,) = answer(folder, "trial_not_converted", said).parts
    lost = (paid.estimate.value or 0) * paid.estimate.n
    unpaid = (tried.estimate.value or 0) * tried.estimate.n
    assert every.coverage["trials_ended"] == tried.estimate.n > 3
    assert every.coverage["trials_unconverted"] == pytest.approx(unpaid)
    assert every.estimate.n == paid.estimate.n + tried.estimate.n
    assert every.estimate.value == pytest.approx((lost + unpaid) / every.estimate.n)


def _pays(who: str, minor: int | None, later: int, currency: str) -> list[Row]:
    row = rows_of([Stretch(who, S - 60 * DAY, FAR)])[0] | {"currency": currency}
    then = S + 10 * DAY
    first = {**row, "monthly_minor": minor, "ends_at": then}
    return [first, {**row, "monthly_minor": later, "starts_at": then, "span_id": "2"}]


def _revenue(rows: list[Row], rates: list[Row], key: str = "revenue_retention_net") -> Part:
    (part,) = parts(key, rows, MARCH, as_of="2026-06-30 00:00", others={"rate_fact": rates})
    return part


def test_currencies_count_at_the_rate_of_the_first_day_at_both_ends() -> None:
    rows = [*_pays("a", 1000, 1000, "EUR"), *_pays("b", 1000, 500, "USD")]
    rates: list[Row] = [
        {"currency": "USD", "on": "2026-02-20", "micro": 2_000_000},
        {"currency": "USD", "on": "2026-03-01", "micro": 500_000},
        # A dollar that falls is no customer who leaves.
        {"currency": "USD", "on": "2026-03-20", "micro": 1},
    ]
    told = _revenue(rows, rates)
    assert told.estimate.value == pytest.approx((10 + 2.5) / (10 + 5))
    assert told.estimate.n == 2


def test_without_a_rate_or_a_price_nothing_is_summed_and_it_is_said() -> None:
    rows = [
        *_pays("a", 1000, 800, "EUR"),
        *_pays("b", 1000, 500, "USD"),
        *_pays("c", None, 500, "EUR"),
    ]
    stale: list[Row] = [{"currency": "USD", "on": "2026-01-01", "micro": 1_000_000}]
    told = _revenue(rows, stale)
    assert (told.estimate.value, told.estimate.n) == (0.8, 1)
    assert told.coverage["unpriced"] == 2


def test_one_currency_alone_needs_no_rate_and_yen_have_no_cents() -> None:
    alone = _revenue(_pays("a", 1000, 500, "USD"), [])
    assert alone.estimate.value == 0.5
    rows = [*_pays("a", 1000, 1000, "EUR"), *_pays("b", 1000, 0, "JPY")]
    rates: list[Row] = [{"currency": "JPY", "on": "2026-03-01", "micro": 6_000}]
    # 10 euros and 1,000 yen, which are 6 euros.
    assert _revenue(rows, rates).estimate.value == pytest.approx(10 / 16)


def test_growth_counts_net_and_not_gross_and_who_joins_in_neither() -> None:
    late = {**rows_of([Stretch("new", S + DAY, FAR)])[0], "monthly_minor": 9999, "currency": "EUR"}
    rows = [*_pays("a", 1000, 3000, "EUR"), *_pays("b", 1000, 500, "EUR"), late]
    assert _revenue(rows, []).estimate.value == pytest.approx(3500 / 2000)
    gross = _revenue(rows, [], "revenue_retention_gross")
    assert gross.estimate.value == pytest.approx(1500 / 2000)
    assert gross.estimate.high == 1.0
