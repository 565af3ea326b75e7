"""A value held against a figure: the goal of the workspace, or one from outside that is cited."""

from dataclasses import dataclass, replace
from datetime import date
from math import isfinite
from typing import Any

from regard.core.errors import BadValue, RegardError
from regard.core.goal_file import parse_target
from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.against import BENCHMARK, GOAL
from regard.insight.aim import EARLY, direction_of
from regard.insight.compare import CUT, GOOD, NO_VALUE, TOO_EARLY, Comparison, chance
from regard.insight.desk import Desk
from regard.insight.goals import aim_for, goals_here
from regard.insight.sentence import Filling, Sentence, Stretch
from regard.insight.span import judged_span
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.metrics.sides import Tie
from regard.stats.difference import mover, words
from regard.stats.estimate import Estimate

TABLE = "benchmark"
CITED = N_("Source: {cited}, of {day}.")
CITED_SECTOR = N_("Source: {cited}, of {day}, for {sector}.")
UNSIGNED = N_("Nobody says where the figure of {day} comes from.")


@dataclass(frozen=True)
class Figure:
    """A number from outside, in the metric's unit: of which day and trade, and who says so."""

    metric: str
    value: float
    on: date
    cited: str = ""
    sector: str = ""

    def says(self) -> Sentence:
        """Who says so."""
        if not self.cited:
            return Sentence(UNSIGNED, {"day": self.on})
        told: dict[str, Filling] = {
            "cited": self.cited.rstrip("."),
            "day": self.on,
            "sector": self.sector,
        }
        return Sentence(CITED_SECTOR if self.sector else CITED, told)


def against_goal(at: Desk, query: Query) -> Comparison:
    """An unsplit query against the goal that holds for just that; an error where there is none."""
    wanted = metric(query.metric)
    query = replace(query, by=())
    goals = goals_here(at.reader)
    aim = aim_for(goals, query, at.zone(query), at.answer)
    if aim is None:
        others = sorted({one.metric for one in goals})
        hint = f"There are goals for {', '.join(others)}." if others else "There are none yet."
        raise RegardError(
            f"No goal of goals.toml is about just {wanted.key} in these days (all of a period, "
            f"the same filters). {hint} `regard goals` shows them."
        )
    bare = _bare(at, query, GOAL, aim.goal.target)
    if aim.state == EARLY and aim.verdict_on is not None:
        why = Sentence(TOO_EARLY, {"day": aim.verdict_on})
        return replace(bare, new=aim.value, whole_on=aim.verdict_on, why=why)
    return _held(bare, aim.value, direction_of(aim.goal, wanted))


def against_benchmark(at: Desk, query: Query) -> Comparison:
    """An unsplit query against the newest figure from outside before the stretch ends."""
    wanted = metric(query.metric)
    query = replace(query, by=())
    assert query.until is not None
    figure = benchmark(at.reader, wanted.key, query.until)
    if figure is None:
        raise RegardError(
            f"No outside figure for {wanted.key} from before {query.until} is here. Bring rows of "
            f"the table {TABLE} (metric, on, value_text, cited): `regard import events --help`."
        )
    bare = _bare(at, query, BENCHMARK, figure.value)
    as_of = at.answer(query).as_of
    if as_of is None:
        return _held(bare, Estimate(None), "")
    span = judged_span(query, wanted, as_of, at.zone(query))
    if not span.enough:
        assert span.whole_on is not None
        why = Sentence(TOO_EARLY, {"day": span.whole_on})
        return replace(bare, whole_on=span.whole_on, why=why)
    bare = replace(bare, until=span.until, whole_on=span.whole_on, notes=(figure.says(),))
    if span.whole_on is not None:
        cut: dict[str, Filling] = {"stretch": Stretch(span.since, span.until), "day": span.whole_on}
        bare = replace(bare, notes=(Sentence(CUT, cut), *bare.notes))
    parts = at.answer(replace(query, until=span.until)).parts
    if len(parts) != 1:
        raise BadValue("The metric", wanted.key, "one with a single value; split it or filter it")
    return _held(bare, parts[0].estimate, GOOD[wanted.better])


def benchmark(reader: Reader, key: str, until: date) -> Figure | None:
    """The newest figure of the event table for a metric that speaks of a day before another."""
    if TABLE not in reader.snapshot.manifest.tables:
        return None
    rows = reader.snapshot.table(TABLE).to_pyarrow().to_pylist()
    told = [row for row in rows if row["metric"] == key and row["on"] and row["on"] < until]
    if not told:
        return None
    newest = max(told, key=lambda row: (row["on"], str(row["source"]), str(row["benchmark_id"])))
    return _figure(newest)


def _figure(row: dict[str, Any]) -> Figure:
    what = f"value_text of benchmark {row['source']}/{row['benchmark_id']}"
    value, _ = parse_target(row["value_text"], what)
    if not isfinite(value):
        raise BadValue(what, row["value_text"], "a finite number")
    return Figure(row["metric"], value, row["on"], row["cited"] or "", row["sector"] or "")


def _bare(at: Desk, query: Query, way: str, figure: float) -> Comparison:
    wanted = metric(query.metric)
    if query.since is None or query.until is None:
        raise BadValue("The stretch", "without a start or an end", "two days: --from and --to")
    old = Estimate(figure, figure, figure)
    return Comparison(query, wanted, way, query.since, query.until, None, old=old, unit=wanted.unit)


def _held(bare: Comparison, value: Estimate, good: str) -> Comparison:
    """The value less the figure, which is taken as it stands: without an interval of its own."""
    if value.value is None:
        stretch = Stretch(bare.since, bare.until)
        return replace(bare, new=value, why=Sentence(NO_VALUE, {"stretch": stretch}))
    gap = mover(value, bare.old)
    verdict = words(gap, good)
    return replace(
        bare,
        new=value,
        gap=gap,
        chance=chance(bare, gap, Tie()),
        word=verdict.word,
        good=verdict.good,
        detectable=verdict.detectable,
    )
