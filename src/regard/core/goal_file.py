"""From the text of a goals.toml to goals, with errors that name the place.

A goal says what a metric shall come to. Two ways to say by when:

    [[goal]]
    metric = "first_response_time"
    target = "4 h"                      # s, min, h, d, w, also several: "1 h 30 min"
    period = "month"                    # in every day, week, month, quarter or year
    quantile = 0.9                      # of a time: nine in ten; left out: the median
    where = { team = "billing" }        # a part of the whole, by ways to split the metric

    [[goal]]
    metric = "csat_asked"
    target = "85 %"                     # the same as 0.85
    by = 2026-06-01                     # the day on which it shall be reached
    baseline = { from = 2025-10-01, to = 2026-01-01 }   # whence; the last day not counted

A goal with neither holds for whatever days are looked at. `from` and `to` are the days [from, to)
in which a goal holds at all; left out: always. Where no direction of a metric is good in itself,
`direction = "low"` (or "high") says which one is meant.

Whether a metric and its ways to split exist is not known here: `insight.goals` says so.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regard.core.errors import BadValue, RegardError, UnknownName

FILE = "goals.toml"
KEYS = (
    "metric",
    "target",
    "by",
    "period",
    "where",
    "baseline",
    "quantile",
    "direction",
    "from",
    "to",
)
KINDS = ("day", "week", "month", "quarter", "year")
STEP = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d|w)", re.ASCII)
STEPS = re.compile(rf"(?:{STEP.pattern}\s*)+", re.ASCII)
SHARE = re.compile(r"(-?\d+(?:\.\d+)?)\s*%", re.ASCII)
SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
A_TARGET = "a number, a share such as '85 %' or a duration such as '4 h'"


@dataclass(frozen=True)
class Goal:
    """What a metric shall come to.

    target: in the metric's unit; written: how it was said: `seconds`, `share` or `number`. by: the
    day on which it shall be reached. period: or the kind of stretch in each of which it shall.
    where: (way to split, value) pairs. baseline: the days [since, until) it starts from.
    direction: `high` or `low` where the metric has none of its own. since, until: the days
    [since, until) in which it holds. place: where it was said, for errors.
    """

    metric: str
    target: float
    written: str = "number"
    by: date | None = None
    period: str = ""
    where: tuple[tuple[str, str], ...] = ()
    baseline: tuple[date, date] | None = None
    quantile: float = 0.5
    direction: str = ""
    since: date | None = None
    until: date | None = None
    place: str = ""


def read_goals(text: str) -> tuple[Goal, ...]:
    """The goals that the text of a goals.toml says.

    Raises RegardError for text that is not TOML, and what `parse` raises.
    """
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RegardError(f"{FILE} cannot be read: {error}. Mend that line.") from None


def parse(mapping: Mapping[str, Any]) -> tuple[Goal, ...]:
    """The goals of a file read by `tomllib`, in its order; the module shows the form.

    Raises UnknownName for keys that do not exist and BadValue for anything else, both naming the
    goal by its number and metric.
    """
    _check_names(f"key of {FILE}", mapping, ("goal",))
    several = mapping.get("goal", [])
    if not isinstance(several, list):
        raise BadValue(f"goal of {FILE}", several, "a list: begin each goal with [[goal]]")
    return tuple(_goal(table, f"goal {n} of {FILE}") for n, table in enumerate(several, 1))


def parse_target(value: Any, what: str) -> tuple[float, str]:
    """A target and how it was written: as `seconds`, a `share` or a `number`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value), "number"
    text = value.strip() if isinstance(value, str) else ""
    if share := SHARE.fullmatch(text):
        return float(share[1]) / 100, "share"
    if STEPS.fullmatch(text):
        return sum(float(n) * SECONDS[unit] for n, unit in STEP.findall(text)), "seconds"
    try:
        return float(text), "number"
    except ValueError:
        raise BadValue(what, value, A_TARGET) from None


def _goal(table: Any, place: str) -> Goal:
    table = _table(table, place)
    _check_names(f"key of {place}", table, KEYS)
    name = table.get("metric")
    if not isinstance(name, str) or not name:
        raise BadValue(f"metric of {place}", name, "the key of a metric, such as 'csat'")
    place = f"{place} ({name})"
    if "target" not in table:
        raise BadValue(f"target of {place}", None, A_TARGET)
    target, written = parse_target(table["target"], f"target of {place}")
    since, until = _stretch(table, place)
    goal = Goal(
        metric=name,
        target=target,
        written=written,
        by=_day(table.get("by"), f"by of {place}"),
        period=_one_of(table.get("period", ""), KINDS, "period", place),
        where=_where(table.get("where", {}), place),
        baseline=_baseline(table.get("baseline"), place),
        quantile=_quantile(table.get("quantile", 0.5), place),
        direction=_one_of(table.get("direction", ""), ("high", "low"), "direction", place),
        since=since,
        until=until,
        place=place,
    )
    if goal.by and goal.period:
        wanted = "possible beside a period; say by when or in every period, not both"
        raise BadValue(f"by of {place}", goal.by, wanted)
    return goal


def _stretch(table: Mapping[str, Any], place: str) -> tuple[date | None, date | None]:
    since = _day(table.get("from"), f"from of {place}")
    until = _day(table.get("to"), f"to of {place}")
    if since and until and since >= until:
        raise BadValue(f"to of {place}", until, f"after its start, {since}")
    return since, until


def _baseline(value: Any, place: str) -> tuple[date, date] | None:
    if value is None:
        return None
    place = f"baseline of {place}"
    table = _table(value, place)
    _check_names(f"key of {place}", table, ("from", "to"))
    since, until = _stretch(table, place)
    if since is None or until is None:
        raise BadValue(place, dict(table), "a stretch with both `from` and `to`")
    return since, until


def _where(value: Any, place: str) -> tuple[tuple[str, str], ...]:
    found = []
    for name, said in _table(value, f"where of {place}").items():
        if not isinstance(said, str | int | bool):
            raise BadValue(f"where.{name} of {place}", said, "one value, such as 'billing'")
        # The engine writes true and false as words.
        found.append((name, str(said).lower() if isinstance(said, bool) else str(said)))
    return tuple(found)


def _quantile(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise BadValue(f"quantile of {place}", value, "between 0 and 1, such as 0.9")
    return float(value)


def _one_of(value: Any, known: tuple[str, ...], key: str, place: str) -> str:
    if value == "" or value in known:
        return str(value)
    raise UnknownName(f"{key} ({key} of {place})", str(value), known)


def _day(value: Any, what: str) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue(what, value, "a day such as 2026-06-01") from None


def _table(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadValue(what, value, "a table of keys and values")
    return value


def _check_names(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known)
