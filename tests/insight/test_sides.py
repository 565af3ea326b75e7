"""Each part of a split against itself before, or against all the others together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.insight.ask import ALL, Result
from regard.insight.desk import Desk
from regard.insight.sides import MOST_PARTS, NOBODY_ELSE, sides_at
from regard.insight.versus import versus
from regard.metrics.engine import Part
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.metrics.sides import Tie
from regard.report.judged import show_sides
from regard.stats.difference import DOWN, UNCLEAR, UP
from regard.stats.proportion import wilson

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
QUERY = Query("csat", MAY, JUNE, by=("team",), zone="UTC")
Shares = dict[str | None, tuple[int, int]]
NEW: Shares = {"billing": (30, 100), "calls": (70, 100), "web": (72, 100), None: (5, 10)}
OLD: Shares = {"billing": (70, 100), "calls": (71, 100), "web": (60, 100), "gone": (7, 10)}


def desk_of(new: Shares, old: Shares, asked: list[Query] | None = None) -> Desk:
    """A desk that knows how many of each team's customers were content in May and in April."""

    def answer(query: Query) -> Result:
        if asked is not None:
            asked.append(query)
        told = new if query.since == MAY else old
        named = [value for name, value in query.where if name == "team"]
        kept = {k: v for k, v in told.items() if not named or k in named}
        if query.by:
            parts = [Part({"team": k}, wilson(*v), {}) for k, v in kept.items()]
        else:
            hits, rows = (sum(v[place] for v in kept.values()) for place in (0, 1))
            parts = [Part({}, wilson(hits, rows), {})]
        return Result(query, metric(query.metric), tuple(parts), 1, LATER, {})

    reader: Any = None
    return Desk(reader, ALL, answer, lambda new, old: Tie())


def newcombe(new: tuple[int, int], old: tuple[int, int]) -> tuple[float, float, float]:
    """The difference of two shares with its interval, method 10, from textbooks."""
    z = 1.959963984540054

    def score(hits: int, rows: int) -> tuple[float, float, float]:
        p = hits / rows
        middle = (p + z * z / (2 * rows)) / (1 + z * z / rows)
        half = z / (1 + z * z / rows) * sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows))
        return p, middle - half, middle + half

    (p, low, high), (q, old_low, old_high) = score(*new), score(*old)
    return (
        p - q,
        p - q - sqrt((p - low) ** 2 + (old_high - q) ** 2),
        p - q + sqrt((high - p) ** 2 + (q - old_low) ** 2),
    )


def test_each_part_is_held_against_itself_before() -> None:
    told = sides_at(desk_of(NEW, OLD), QUERY)
    found = {one.part["team"]: one for one in told.parts}
    assert list(found) == ["billing", "calls", "web", None, "gone"]
    for name in ("billing", "calls", "web"):
        gap = found[name].gap
        assert (gap.value, gap.low, gap.high) == pytest.approx(newcombe(NEW[name], OLD[name]))
    assert (found["billing"].word, found["billing"].good) == (DOWN, False)
    assert found["calls"].word == UNCLEAR
    # Who stands on one side alone has nothing to be held against, and is not asked about.
    for lonely in (None, "gone"):
        assert found[lonely].why is not None
        assert not found[lonely].judged
    assert told.asked == 3
    assert found[None].new.n == 10
    assert found["gone"].old.n == 10


def test_a_part_is_said_to_differ_only_when_all_parts_are_minded() -> None:
    # One of two has an interval just clear of nought: alone it would stand.
    few: Shares = {"web": (60, 100)}
    alone = sides_at(desk_of({"web": (74, 100)}, few), QUERY)
    assert alone.parts[0].word == UP
    many: Shares = {f"t{k}": (50, 100) for k in range(9)}
    among = sides_at(desk_of({"web": (74, 100), **many}, {**few, **many}), QUERY)
    first = among.parts[0]
    assert (first.word, first.good) == (UNCLEAR, None)
    assert first.gap == alone.parts[0].gap
    assert first.chance == pytest.approx(min(1, alone.parts[0].chance * 10))
    assert first.detectable is not None
    assert among.moved == ()


def test_each_part_is_held_against_all_the_others_together() -> None:
    asked: list[Query] = []
    told = sides_at(desk_of(NEW, OLD, asked), QUERY, "others")
    found = {one.part["team"]: one for one in told.parts}
    assert list(found) == ["billing", "calls", "web"]
    assert found["billing"].old.value == pytest.approx(142 / 200)
    gap = found["billing"].gap
    assert (gap.value, gap.low, gap.high) == pytest.approx(newcombe((30, 100), (142, 200)))
    assert all(one.before is None for one in told.parts)
    rest = [one.where for one in asked if one.where]
    assert rest[0] == (("team", "calls"), ("team", "web"))


def test_who_is_alone_has_nobody_to_be_compared_with() -> None:
    told = sides_at(desk_of({"web": (7, 10)}, {}), QUERY, "others")
    assert told.parts[0].why is not None
    assert told.parts[0].why.text == NOBODY_ELSE


def test_other_filters_stay_with_the_others() -> None:
    asked: list[Query] = []
    query = replace(QUERY, where=(("channel", "email"), ("team", "web"), ("team", "calls")))
    sides_at(desk_of(NEW, OLD, asked), query, "others")
    assert (("channel", "email"), ("team", "calls")) in [one.where for one in asked if not one.by]


def test_without_data_there_is_one_line_that_says_so() -> None:
    bare = desk_of(NEW, OLD)
    lacking = replace(bare, answer=lambda query: replace(bare.answer(query), as_of=None))
    told = sides_at(lacking, QUERY)
    assert (len(told.parts), told.asked) == (1, 0)
    assert show_sides(told, "en").rows[0][5] == "There is no value for May\N{NO-BREAK SPACE}2026."


def test_a_metric_of_several_values_is_refused() -> None:
    bare = desk_of(NEW, OLD)
    part = Part({"team": "web", "scale": "5"}, wilson(7, 10), {})
    several = replace(bare, answer=lambda query: replace(bare.answer(query), parts=(part,)))
    with pytest.raises(BadValue, match="single value"):
        sides_at(several, QUERY)


def test_more_parts_than_anybody_reads_are_counted() -> None:
    many: Shares = {f"t{k:03}": (50, 100) for k in range(MOST_PARTS + 7)}
    told = sides_at(desk_of(many, many), QUERY)
    assert (len(told.parts), told.left_out) == (MOST_PARTS, 7)
    assert "7" in show_sides(told, "en").note


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=8))
def test_two_parts_against_each_other_are_mirrors(found: Sequence[tuple[int, int]]) -> None:
    (one, _), (other, _) = found[:2]
    told = sides_at(desk_of({"a": (one, 60), "b": (other, 60)}, {}), QUERY, "others")
    a, b = told.parts
    assert a.gap.value == pytest.approx(-(b.gap.value or 0))
    assert a.chance == pytest.approx(b.chance)


@pytest.mark.parametrize(
    ("query", "against", "error", "hint"),
    [
        (replace(QUERY, by=("team", "channel")), "before", BadValue, "one way to split"),
        (replace(QUERY, by=("month",)), "before", BadValue, "besides periods"),
        (replace(QUERY, by=("teem",)), "before", UnknownName, "Did you mean 'team'?"),
        (replace(QUERY, metric="tickets_new"), "others", BadValue, "--against before"),
        (QUERY, "goal", BadValue, "--where team="),
        (replace(QUERY, by=()), "others", RegardError, "--by team"),
    ],
)
def test_what_cannot_be_compared_is_said_with_what_can(
    query: Query, against: str, error: type[Exception], hint: str
) -> None:
    with pytest.raises(error) as raised:
        versus(desk_of(NEW, OLD), query, against)
    assert hint in str(raised.value)


def test_a_table_of_parts_says_both_values_the_difference_and_the_verdict() -> None:
    shown = show_sides(sides_at(desk_of(NEW, OLD), QUERY), "en")
    rows = {row[0]: [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in shown.rows}
    assert rows["billing"][1:3] == ["30.0 %", "70.0 %"]
    assert rows["billing"][3].startswith("−40 pp (95 %: ")
    assert rows["billing"][5] == "down, for the worse"
    assert rows["calls"][5] == "no detectable change"
    assert rows["none"][3:5] == ["–", "–"]
    assert "Benjamini" in shown.note
