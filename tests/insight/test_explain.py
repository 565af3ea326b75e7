"""An explanation: the ledger to the row, composition against rate, segments, definitions, words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from metrics.small import HOUR, Row, at, ticket, workspace
from metrics.small import change as changed
from regard.core.errors import BadValue, RegardError
from regard.core.i18n import languages
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Scope, ask, rows
from regard.insight.drivers import Drivers, SplitMix, drivers
from regard.insight.explain import Explanation, explain
from regard.insight.ledger import Ledger
from regard.metrics.metric import metric
from regard.metrics.plan import plan
from regard.metrics.query import Query
from regard.metrics.segments import served_by
from regard.report.explained import say_signed, show_explanation
from regard.report.sentences import say_sentence
from regard.stats.discovery import FALSE_CALLS
from regard.stats.mix import CAME, REVERSED, WENT

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
SIZES = {MARCH: {"easy": 240, "hard": 60, "old": 12}, APRIL: {"easy": 60, "hard": 240, "new": 12}}
LONGEST = {"easy": 8 * HOUR, "hard": 40 * HOUR, "old": 8 * HOUR, "new": 8 * HOUR}
FASTER = 0.6


def _events() -> dict[str, list[Row]]:
    """Easy and hard matters, evenly fast up to a longest time; in April each faster, more hard."""
    events: dict[str, list[Row]] = {"ticket": [], "ticket_change": []}
    for month, sizes in SIZES.items():
        pace = FASTER if month == APRIL else 1.0
        for kind, size in sizes.items():
            for n in range(size):
                name = f"{month:%m}-{kind}-{n:03d}"
                born = at(f"{month + timedelta(days=n % 30)} 06:00") + timedelta(minutes=n)
                label = {0: "spam", 1: "test"}.get(n % 40) if n < 80 else None
                team = "first" if n % 3 else "second"
                events["ticket"].append(ticket(name, born, type=kind, team=team, demand=label))
                took = timedelta(seconds=pace * LONGEST[kind] * (n + 1) / size)
                if n % 50 != 49:  # some are open still
                    events["ticket_change"].append(changed(name, 1, born + took, "solved"))
    events["ticket"].append(ticket("last", at("2026-06-01 00:00"), type="easy"))
    return events


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    covers = ("ticket", "ticket_change")
    folder = workspace(tmp_path_factory.mktemp("explained") / "w", _events(), covers=covers)
    with open_reader(folder) as reader:
        yield reader


QUERY = Query("time_to_resolve", since=APRIL, until=MAY)


@pytest.fixture(scope="module", name="found")
def _found(reader: Reader) -> Explanation:
    return explain(QUERY, reader)


def by_name(told: Drivers, name: str) -> SplitMix:
    return next(one for one in told.splits if one.split == name)


def test_every_row_stands_in_one_line_of_the_ledger(reader: Reader, found: Explanation) -> None:
    for book, since in zip(found.ledgers, (MARCH, APRIL), strict=True):
        assert book.every == sum(SIZES[since].values()) == sum(one.rows for one in book.lines)
        query = book.query
        laid = plan(query, metric(query.metric), reader)
        assert book.every == int(laid.rows.count().to_pyarrow().as_py())
        assert book.counted == rows(query, reader, limit=1).total
        assert book.of("excluded") == rows(query, reader, kind="excluded", limit=1).total
        assert book.of("open") == rows(query, reader, kind="waiting", limit=1).total
        kept = sum(one.rows for one in book.lines if one.kind not in ("excluded", "unripe"))
        assert book.counted + book.silent == kept
        assert {one.reason for one in book.lines if one.reason} == {"spam", "test ticket"}


@pytest.mark.parametrize("key", ["tickets_new", "backlog"])
def test_other_shapes_have_ledgers_that_add_up_too(reader: Reader, key: str) -> None:
    told = explain(replace(QUERY, metric=key), reader, side_by_side=False)
    for book in told.ledgers:
        assert isinstance(book, Ledger)
        assert book.every == sum(one.rows for one in book.lines) > 0
        assert book.counted == rows(book.query, reader, limit=1).total
        assert book.silent >= 0


def test_each_kind_faster_and_the_whole_slower_is_simpsons_case(found: Explanation) -> None:
    told = found.drivers
    split = by_name(told, "type")
    assert split.mix is not None
    assert split.mix.verdict == REVERSED
    assert told.splits[0].split == "type"
    assert (split.mix.mix.value or 0) < 0 < (split.mix.rate.value or 0)
    assert all((split.segments[name].own.value or 0) > 0 for name in ("easy", "hard"))
    team = by_name(told, "team")
    assert team.mix is not None
    assert team.mix.verdict == ""


def test_the_parts_add_up_to_what_two_plain_questions_say(
    reader: Reader, found: Explanation
) -> None:
    told = found.drivers
    assert told.seconds is not None
    (before,) = ask(replace(QUERY, since=MARCH, until=APRIL), reader).parts
    assert told.seconds == before.estimate.value
    for one in told.splits:
        assert one.mix is not None
        parts = (one.mix.mix.value or 0) + (one.mix.rate.value or 0) + one.mix.remainder
        assert parts == pytest.approx((told.new.value or 0) - (told.old.value or 0), abs=1e-12)
        # Few are open, and all much longer than the fixed time: curves are nearly shares.
        assert abs(one.mix.remainder) < 0.01
    # Of the old stretch half are served by the old median: the definition of one.
    assert told.old.value == pytest.approx(0.5, abs=0.01)


def test_segments_are_those_that_a_split_question_counts(
    reader: Reader, found: Explanation
) -> None:
    counted = ask(replace(QUERY, by=("type",)), reader).parts
    split = by_name(found.drivers, "type")
    sizes = {name: moved.new.n for name, moved in split.segments.items() if moved.new.n}
    assert sizes == {part.by["type"]: part.estimate.n for part in counted}
    within = served_by(metric("time_to_resolve"), found.drivers.seconds or 0)
    assert within.unit == "share"


def test_what_came_and_what_went_is_named(found: Explanation) -> None:
    split = by_name(found.drivers, "type")
    assert split.segments["new"].fate == CAME
    assert split.segments["old"].fate == WENT
    assert split.segments["new"].rate.value == 0


def test_the_segments_named_are_those_that_stand_among_all(reader: Reader) -> None:
    told = drivers(replace(QUERY, metric="tickets_new"), reader)
    names = {(one.split, one.value) for one in told.found}
    assert {("type", "easy"), ("type", "hard")} <= names
    assert not any(split == "team" for split, _ in names)
    assert all(one.chance <= FALSE_CALLS for one in told.found)
    # Every segment large enough is asked about, whatever it answers: two types and two teams.
    assert told.asked == 4
    moved = {one.value: one.moved for one in told.found if one.split == "type"}
    assert moved["hard"].own.value == (240 - 4) - (60 - 4)


def test_a_filter_fixes_its_split_and_a_scope_holds(reader: Reader) -> None:
    filtered = drivers(replace(QUERY, where=(("type", "easy"),)), reader)
    assert {one.split for one in filtered.splits} == {"agent", "team"}
    scoped = drivers(QUERY, reader, Scope(teams=("first",)))
    assert all(one.split != "team" for one in scoped.splits)
    assert 0 < scoped.new.n < sum(SIZES[APRIL].values())


def test_stretches_must_not_overlap_and_must_be_there(reader: Reader) -> None:
    with pytest.raises(BadValue, match="outside the period"):
        explain(QUERY, reader, against="2026-03-15..2026-04-15")
    with pytest.raises(RegardError, match="needs a period"):
        explain(Query("time_to_resolve"), reader)
    with pytest.raises(BadValue, match="single value"):
        explain(replace(QUERY, metric="backlog_age"), reader)


def test_definitions_stand_side_by_side_over_the_same_days(
    reader: Reader, found: Explanation
) -> None:
    told = {one.key: one for one in found.definitions}
    assert found.definitions[0].key == "time_to_resolve"
    for key in ("time_to_resolve_finished", "time_to_resolve_open"):
        said = ask(replace(QUERY, metric=key), reader).parts[0].estimate
        assert (told[key].estimate.value, told[key].estimate.n) == (said.value, said.n)
    assert {one.product for one in found.definitions} >= {"", "Zendesk", "Chatwoot"}
    assert all(one.differs for one in found.definitions)


def test_it_is_said_in_every_language(found: Explanation) -> None:
    for language in languages():
        for one in found.says:
            assert "{" not in say_sentence(one, language)
        shown = show_explanation(found, language)
        assert shown.mixes is not None
        assert shown.headline
        tables = (shown.ledger, shown.mixes, *shown.splits)
        assert all(len(row) == len(cells.heads) for cells in tables for row in cells.rows)


def test_it_says_what_a_head_of_support_must_hear(found: Explanation) -> None:
    said = " ".join(say_sentence(one, "en") for one in found.says).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "Mar 2026: 312 rows = " in said
    assert "Simpson's case by Type: the share served in that time rose within" in said
    assert "Type: new is new" not in said  # twelve cases are too few to be named


def test_plain_values_hold_everything(found: Explanation) -> None:
    told: dict[str, Any] = json.loads(json.dumps(found.to_json()))
    assert told["parts"]["splits"][0]["verdict"] == REVERSED
    assert told["ledgers"][0]["every"] == 312
    assert told["compared"]["against"] == "before"
    assert len(told["says"]) == len(found.says)


def test_signs_stand_before_numbers_and_nought_has_none() -> None:
    assert say_signed(0.052, "share", "en") == "+5.2\N{NO-BREAK SPACE}pp"
    assert say_signed(-0.052, "share", "en") == "\N{MINUS SIGN}5.2\N{NO-BREAK SPACE}pp"
    assert say_signed(0.0001, "share", "en") == "0\N{NO-BREAK SPACE}pp"
    assert say_signed(None, "share", "en") == "–"
    assert "\N{LEFT-TO-RIGHT ISOLATE}\N{MINUS SIGN}5.2" in say_signed(-0.052, "share", "ar")
