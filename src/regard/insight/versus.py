"""A question held against what is named: other days, others, a goal, a figure from outside."""

from regard.core.errors import BadValue, RegardError
from regard.insight.against import BEFORE, BENCHMARK, GOAL, OTHERS
from regard.insight.compare import Comparison, compare_at
from regard.insight.desk import Desk
from regard.insight.figures import against_benchmark, against_goal
from regard.insight.sides import Sides, sides_at
from regard.metrics.query import Query


def versus(at: Desk, query: Query, against: str = BEFORE) -> Comparison | Sides:
    """The query against before, year, `FROM..TO`, others, goal or benchmark.

    Of a query split one way its parts. The query must have a start and an end. What cannot be
    held against that is an error that says what can.
    """
    if query.by:
        return _parts(at, query, against)
    if against == OTHERS:
        raise RegardError("Others are those of a split. Say with --by which, as in --by team.")
    if against == GOAL:
        return against_goal(at, query)
    if against == BENCHMARK:
        return against_benchmark(at, query)
    return compare_at(at, query, against)


def _parts(at: Desk, query: Query, against: str) -> Sides:
    if against in (GOAL, BENCHMARK):
        name = query.by[0]
        wanted = f"possible with --by: say before, year or others, or one part: --where {name}=…"
        raise BadValue("--against", against, wanted)
    return sides_at(at, query, against)
