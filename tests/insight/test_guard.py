"""An improvement is one only where nothing that guards it got worse by more than it may."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from insight.solved import solved_month
from metrics.small import Row, at, ticket, workspace
from regard.core.i18n import languages
from regard.facts.reader import Reader, open_reader
from regard.insight.guard import (
    ABSENT,
    FARED,
    HAILED,
    IMPROVED,
    KEPT,
    LATER,
    PAID,
    PRICE,
    SAME,
    STATES,
    UNKNOWN,
    UNSURE,
    VERDICTS,
    WAITING,
    WORSE,
    Guarded,
    guard,
    guards,
)
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.report.sentences import say_sentence
from regard.stats.difference import DOWN

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
KINDS = {"paid": (80, 8, 24), "forty": (40, 4, 8), "fine": (1000, 20, 10), "same": (80, 8, 8)}
"""By kind of ticket: how many a month, and how many of them came back in March and in April."""


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    """Every kind but one is solved in a quarter of the time in April, some at a price."""
    told: dict[str, list[Row]] = {"ticket": [ticket("last", at("2026-06-20 09:00"))]}
    told["ticket"].append(ticket("first", at("2026-02-20 09:00")))
    told["ticket_change"] = []
    for kind, (_, before, after) in KINDS.items():
        solved_month(told, kind, MARCH, 4, before, KINDS[kind][0])
        solved_month(told, kind, APRIL, 4 if kind == "same" else 1, after, KINDS[kind][0])
    folder = workspace(tmp_path_factory.mktemp("guarded") / "w", told)
    with open_reader(folder) as reader:
        yield reader


def of(reader: Reader, kind: str, **said: Any) -> Guarded:
    """What is said of April's time to resolve of one kind."""
    where = (("type", kind),)
    return guard(Query("time_to_resolve", APRIL, MAY, where=where, **said), reader)


def states(found: Guarded) -> dict[str, str]:
    """How each counter-metric fared."""
    return {one.counter.key: one.state for one in found.counters}


def test_what_is_faster_and_comes_back_three_times_as_often_was_paid_for(reader: Reader) -> None:
    found = of(reader, "paid")
    assert (found.comparison.word, found.verdict, found.failure) == (DOWN, PAID, True)
    assert states(found)["reopen_rate"] == PRICE
    (fared,) = (one for one in found.counters if one.counter.key == "reopen_rate")
    # Of 88 and 104 solves: those opened once more are solved twice.
    assert fared.comparison.old.value == pytest.approx(8 / 88)
    assert fared.comparison.new.value == pytest.approx(24 / 104)
    said = say_sentence(found.says(), "en")
    assert said == "Time to resolve improved at the price of Reopen rate."


def test_of_forty_a_fall_of_ten_points_is_no_price_and_no_improvement(reader: Reader) -> None:
    found = of(reader, "forty")
    assert found.verdict == UNSURE
    assert states(found)["reopen_rate"] == UNKNOWN
    assert "not yet known" in say_sentence(found.says(), "en")


def test_only_where_all_that_guards_it_stays_within_its_margin_it_improved(reader: Reader) -> None:
    found = of(reader, "fine")
    assert found.verdict == IMPROVED
    assert set(states(found).values()) == {KEPT}
    for fared in found.counters:
        assert fared.worst is not None
        assert fared.margin is not None
        assert fared.margin == pytest.approx(0.02)
        assert fared.worst <= fared.margin


def test_what_did_not_change_is_not_praised(reader: Reader) -> None:
    assert of(reader, "same").verdict == SAME


def test_too_early_for_what_guards_it_is_said_with_the_day(reader: Reader) -> None:
    found = of(reader, "paid", as_of=at("2026-04-20 18:00"))
    assert found.verdict == WAITING
    assert set(states(found).values()) == {LATER}
    assert found.verdict_on == date(2026, 5, 8)
    assert "8" in say_sentence(found.says(), "en")


def test_all_are_judged_over_the_same_ripe_days(reader: Reader) -> None:
    found = of(reader, "paid", as_of=at("2026-04-29 18:00"))
    assert found.verdict == PAID
    days = {(one.comparison.since, one.comparison.until) for one in found.counters}
    assert (
        days == {(found.comparison.since, found.comparison.until)} == {(APRIL, date(2026, 4, 23))}
    )
    assert found.comparison.before == (MARCH, date(2026, 3, 23))


def test_without_data_of_a_counter_metric_the_cost_is_not_known(reader: Reader) -> None:
    found = guard(Query("first_response_time", APRIL, MAY), reader)
    assert states(found)["csat_asked"] == ABSENT


def test_the_guards_of_a_month_are_those_of_every_metric_that_has_any(reader: Reader) -> None:
    found = guards(Query("", APRIL, MAY, where=(("type", "paid"),)), reader)
    assert "time_to_resolve" in {one.metric.key for one in found if one.failure}
    assert all(one.metric.counters and not one.metric.variant_of for one in found)


def test_every_verdict_is_said_in_every_language(reader: Reader) -> None:
    found = [of(reader, kind) for kind in KINDS]
    for language in languages():
        for one in found:
            for sentence in (one.says(), *one.lines()):
                said = say_sentence(sentence, language)
                assert said
                assert "{" not in said
    assert len({say_sentence(found[0].says(), language) for language in languages()}) == 5
    assert set(HAILED) < set(VERDICTS)
    assert WORSE in VERDICTS
    assert set(STATES) < set(FARED)


def test_counter_metrics_are_declared_metrics_with_a_bad_direction() -> None:
    for one in catalogue().values():
        for counter in one.counters:
            other = catalogue()[counter.key]
            assert other.better in ("high", "low") or counter.worse, (one.key, counter.key)
            assert counter.margin > 0
