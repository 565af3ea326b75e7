"""Two values are compared over days that both can be judged by, customers on both sides minded."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from metrics.small import Row, at, ticket, workspace
from metrics.small import change as changed
from metrics.surveyed import COVERS, answer, nobody
from regard.core.errors import BadValue
from regard.facts.reader import Reader, open_reader
from regard.insight.against import year_ago
from regard.insight.compare import AT_A_TIME, DIFFERENCE, compare
from regard.insight.desk import desk, long_desk
from regard.metrics.query import Query
from regard.stats.clusters import Cross, fold
from regard.stats.difference import UNCLEAR, UP, mover, shared_correlation

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
CUSTOMERS = 60


def _happy(who: int, month: int, turn: int) -> bool:
    """Moods last: two in three customers answer as they always do."""
    lasting = who % 3 != 0
    return (who % 2 == 0) if lasting else (who + month + turn) % 2 == 0


def _answers() -> list[tuple[int, int, bool]]:
    """Customer, month and mood of every answer: two a month each."""
    return [
        (who, month, _happy(who, month, turn))
        for month in (3, 4)
        for who in range(CUSTOMERS)
        for turn in range(2)
    ]


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    """Sixty customers who answer in March and in April; tickets of which most are never solved."""
    told: dict[str, list[Row]] = {**nobody(), "ticket": [], "ticket_change": []}
    for n, (who, month, happy) in enumerate(_answers()):
        day = f"2026-{month:02d}-{n % 28 + 1:02d} 10:00"
        answer(told, str(n), day, 5 if happy else 1, customer_id=f"c{who}")
    for first, solved in ((MARCH, 30), (APRIL, 60)):
        for n in range(140):
            name, born = f"{first:%m} {n:03d}", at(f"{first + timedelta(days=n % 28)} 09:00")
            told["ticket"].append({**ticket(name, born), "customer_id": f"of {name}"})
            if n % 140 < solved:
                done = born + timedelta(hours=1)
                told["ticket_change"].append(changed(name, 1, done, "solved"))
    told["ticket"].append(ticket("last", at("2026-06-30 09:00")))
    told["ticket"].append(ticket("first", at("2025-12-20 09:00")))
    covers = (*COVERS, "ticket", "ticket_change")
    folder = workspace(tmp_path_factory.mktemp("sides") / "w", told, covers=covers)
    with open_reader(folder) as reader:
        yield reader


def test_the_same_customers_on_both_sides_are_minded_as_a_plain_count_of_them_says(
    reader: Reader,
) -> None:
    new, old = (
        [(who, happy) for who, month, happy in _answers() if month == wanted] for wanted in (4, 3)
    )
    folds = [fold([w for w, _ in side], [int(h) for _, h in side]) for side in (new, old)]
    totals = [
        {who: (sum(h for w, h in side if w == who), 2) for who in range(CUSTOMERS)}
        for side in (new, old)
    ]
    pairs = [(totals[0][who], totals[1][who]) for who in range(CUSTOMERS)]
    cross = Cross(
        *(sum(a[i] * b[j] for a, b in pairs) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)))
    )
    expected = shared_correlation(folds[0], folds[1], cross)
    at_desk = desk(reader)
    tie = at_desk.tie(Query("csat", APRIL, MAY), Query("csat", MARCH, APRIL))
    assert tie.correlation == pytest.approx(expected, abs=1e-9)
    assert tie.correlation > 0.3
    assert (tie.new_even, tie.old_even) == (CUSTOMERS, CUSTOMERS)
    found = compare(Query("csat", APRIL, MAY), reader)
    alone = mover(found.new, found.old)
    assert found.method == DIFFERENCE
    assert alone.low is not None
    assert found.gap.low is not None
    assert found.gap.low > alone.low


def test_months_read_off_a_course_are_compared_as_those_asked_alone(reader: Reader) -> None:
    long = long_desk(reader, date(2026, 1, 1), date(2026, 6, 1))
    near = desk(reader)
    new, old = Query("csat", APRIL, MAY), Query("csat", MARCH, APRIL)
    assert long.tie(new, old) == near.tie(new, old)
    for query in (new, old):
        assert long.answer(query).parts == near.answer(query).parts


def test_what_was_not_reached_is_compared_by_the_share_served_within_a_fixed_time(
    reader: Reader,
) -> None:
    found = compare(Query("time_to_resolve", APRIL, MAY), reader)
    assert (found.method, found.within, found.unit) == (AT_A_TIME, 7 * 86_400, "share")
    assert found.new.value == pytest.approx(60 / 140)
    assert found.old.value == pytest.approx(30 / 140)
    # More of them served sooner: up, and for the better, though a shorter time is.
    assert (found.word, found.good) == (UP, True)


def test_no_data_so_far_back_is_a_reason_and_no_comparison(reader: Reader) -> None:
    found = compare(Query("csat", APRIL, MAY), reader, "year")
    assert not found.judged
    assert found.why is not None
    assert "do not reach back" in found.why.text
    assert found.before == (date(2025, 4, 1), date(2025, 5, 1))


def test_a_chosen_stretch_is_a_baseline(reader: Reader) -> None:
    found = compare(Query("csat", APRIL, MAY), reader, "2026-03-01..2026-04-01")
    assert (found.way, found.before, found.word) == ("baseline", (MARCH, APRIL), UNCLEAR)


def test_words_that_mean_no_stretch_say_which_do(reader: Reader) -> None:
    with pytest.raises(BadValue, match="before, year or"):
        compare(Query("csat", APRIL, MAY), reader, "yesterday")
    with pytest.raises(BadValue, match="--from and --to"):
        compare(Query("csat"), reader)


def test_an_unfinished_month_is_compared_with_as_many_days(reader: Reader) -> None:
    said = Query("time_to_resolve", APRIL, MAY, as_of=at("2026-04-20 20:00"))
    found = compare(said, reader)
    assert (found.since, found.until) == (APRIL, date(2026, 4, 21))
    assert found.before == (MARCH, date(2026, 3, 21))
    assert found.whole_on == MAY
    early = compare(Query("time_to_resolve", APRIL, MAY, as_of=at("2026-04-05 20:00")), reader)
    assert not early.judged
    assert early.whole_on == MAY


def test_a_year_ago_are_the_same_months_or_the_same_weekdays() -> None:
    may = year_ago(Query("csat", date(2026, 5, 1), date(2026, 6, 1)))
    assert (may.since, may.until) == (date(2025, 5, 1), date(2025, 6, 1))
    leap = year_ago(Query("csat", date(2025, 2, 1), date(2025, 3, 1)))
    assert (leap.since, leap.until) == (date(2024, 2, 1), date(2024, 3, 1))
    days = year_ago(Query("csat", date(2026, 5, 4), date(2026, 5, 15)))
    assert (days.since, days.until) == (date(2025, 5, 5), date(2025, 5, 16))
