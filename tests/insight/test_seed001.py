"""The month the product exists for: calls up, minutes per call down, and customers call again."""

from pathlib import Path

import pytest

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.plants import ALL, UNTIL, last_full_month
from regard.facts.build import build
from regard.facts.reader import open_reader
from regard.insight.guard import PAID, Guarded, guard
from regard.metrics.query import Query
from regard.report.sentences import say_sentence
from regard.stats.difference import DOWN, UP
from regard.store.store import open_store
from regard.store.workspace import init_workspace

TABLES = ("agent", "team", "customer", "ticket", "ticket_change", "call", "call_leg", "calendar")
TICKETS, MONTHS = 8_000, 3
SINCE = last_full_month(UNTIL)[0]


def judged(folder: Path, seed: int, without: tuple[str, ...]) -> dict[str, Guarded]:
    """What guards say of the last full month's calls."""
    rows = company(seed, TICKETS, MONTHS, without=without)
    settings = Settings(name="Seed", zone="Europe/Warsaw", sources=("demo",))
    init_workspace(folder, settings, CALENDARS_TOML)
    kept = {name: rows[name] for name in TABLES if name in rows}
    open_store(folder).upsert(kept, covers={"demo": tuple(kept)})
    build(folder)
    with open_reader(folder) as reader:
        keys = ("handle_time", "calls_answered")
        return {key: guard(Query(key, since=SINCE, until=UNTIL), reader) for key in keys}


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [1, 2])
def test_more_calls_in_less_time_and_twice_as_many_repeats_are_a_failure(
    seed: int, tmp_path: Path
) -> None:
    found = judged(tmp_path, seed, ())
    handle, calls = found["handle_time"], found["calls_answered"]
    assert (handle.comparison.word, handle.verdict, handle.failure) == (DOWN, PAID, True)
    assert handle.paid == ("repeat_contact_rate",)
    said = say_sentence(handle.says(), "en")
    assert said == "Handle time went down at the price of Repeat contacts: no success."
    # The calls themselves: more of them, and what they cost is known only in July.
    assert calls.comparison.word == UP
    assert calls.verdict_on is not None
    assert not calls.failure


@pytest.mark.heavy
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_company_without_it_is_not_blamed(seed: int, tmp_path: Path) -> None:
    found = judged(tmp_path, seed, (ALL,))
    assert not any(one.failure for one in found.values())
