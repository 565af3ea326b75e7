"""What the season brought a year ago as well is no price; what it did not is one."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from insight.solved import solved_month
from metrics.small import Row, at, ticket, workspace
from regard.facts.reader import Reader, open_reader
from regard.insight.guard import PAID, PRICE, SEASON, USUAL, Guarded, guard
from regard.metrics.query import Query
from regard.report.sentences import say_sentence

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
SIZES = {"news": 80, "costs": 80, "both": 80, "beyond": 400}
KINDS = {
    "news": {2025: (4, 8, 4, 8), 2026: (4, 8, 1, 24)},
    "costs": {2025: (4, 8, 4, 24), 2026: (4, 8, 1, 24)},
    "both": {2025: (4, 8, 1, 24), 2026: (4, 8, 1, 24)},
    "beyond": {2025: (4, 4, 4, 16), 2026: (4, 4, 1, 180)},
}
"""By kind and year: hours to a solution and how many come back, in March and in April."""


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    told: dict[str, list[Row]] = {
        "ticket": [ticket("first", at("2025-02-20 09:00")), ticket("last", at("2026-06-20 09:00"))],
        "ticket_change": [],
    }
    for kind, years in KINDS.items():
        for year, (before, back, after, again) in years.items():
            solved_month(told, kind, date(year, 3, 1), before, back, SIZES[kind])
            solved_month(told, kind, date(year, 4, 1), after, again, SIZES[kind])
    with open_reader(workspace(tmp_path_factory.mktemp("season") / "w", told)) as reader:
        yield reader


def of(reader: Reader, kind: str, against: str = "before") -> Guarded:
    """What is said of April's time to resolve of one kind."""
    query = Query("time_to_resolve", APRIL, MAY, where=(("type", kind),))
    return guard(query, reader, against)


def state(found: Guarded) -> str:
    """How reopened tickets fared."""
    (one,) = (one for one in found.counters if one.counter.key == "reopen_rate")
    return one.state


def test_a_price_that_no_season_asked_for_before_is_a_price(reader: Reader) -> None:
    found = of(reader, "news")
    assert (found.verdict, found.failure, state(found)) == (PAID, True, PRICE)


def test_what_got_worse_a_year_ago_as_well_is_not_the_price_of_this_years_success(
    reader: Reader,
) -> None:
    found = of(reader, "costs")
    assert (found.verdict, found.failure, state(found)) == (USUAL, False, SEASON)
    said = say_sentence(found.says(), "en")
    assert said.startswith("Time to resolve improved while Reopen rate got worse")
    assert any("no more so than in the same days" in say_sentence(o, "en") for o in found.lines())


def test_an_improvement_of_every_april_is_no_success_and_no_failure(reader: Reader) -> None:
    found = of(reader, "both")
    assert (found.verdict, found.failure) == (USUAL, False)


def test_what_goes_beyond_the_season_is_a_price_all_the_same(reader: Reader) -> None:
    found = of(reader, "beyond")
    assert (found.verdict, state(found)) == (PAID, PRICE)


def test_against_a_chosen_stretch_no_season_excuses_anything(reader: Reader) -> None:
    found = of(reader, "both", "2026-03-01..2026-04-01")
    assert found.verdict == PAID
