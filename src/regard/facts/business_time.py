"""Opening hours between two instants, as equal joins on the clock: no UDF, any engine.

`clock` is `core.calendar.clock_rows`, `editions` is `core.calendar.edition_rows`, as relations.
B(t) is the open time of a calendar until t; open time is B(end) - B(start). A clock that stopped
is read with the edition of the calendar known at that instant, so that a later correction never
alters a finished value. Whole seconds count: an instant is cut down to its second. The session's
zone must be UTC (Ibis sees to it): DuckDB reads the seconds of an instant by the session's zone.

A matter that changes calendar on its way has one row per stretch under one calendar; its open time
is the sum of `open_seconds` over them, each with the end of the last as `stop`.
"""

from collections.abc import Mapping
from typing import cast

import ibis
from ibis import Table as Relation
from ibis.expr.types import IntegerValue

from regard.core.calendar import DAY
from regard.core.deadlines import OPEN_HOUR

MARK = "_clock"
"""How the columns that live only inside an expression begin."""


def open_seconds(
    rows: Relation,
    start: str,
    end: str,
    clock: Relation,
    editions: Relation,
    *,
    to: str,
    calendar: str = "calendar_id",
    stop: str | None = None,
    restate: bool = False,
) -> Relation:
    """Add the column `to`: open seconds (int64) from `start` to `end`; `add_open_seconds`."""
    return add_open_seconds(
        rows, {to: (start, end)}, clock, editions, calendar=calendar, stop=stop, restate=restate
    )


def add_open_seconds(
    rows: Relation,
    pairs: Mapping[str, tuple[str, str]],
    clock: Relation,
    editions: Relation,
    *,
    calendar: str = "calendar_id",
    stop: str | None = None,
    restate: bool = False,
) -> Relation:
    """Add a column of open seconds (int64) for each `{name: (start, end)}`; rows stay as they are.

    Null while either instant is null, the calendar is null or unknown, or the clock does not
    reach the instant; 0 when both lie in one closed stretch. `calendar` names the column of
    calendar ids. Each pair is read with the edition known at its end, or at the instant in the
    column `stop`; `restate` reads everything with the newest. An instant that several pairs share
    is read once where one edition serves them.
    """
    stops = {name: stop or end for name, (_, end) in pairs.items()}
    wanted = [(at, stops[name]) for name, pair in pairs.items() for at in pair]
    joined, opened = _readings(rows, wanted, clock, editions, calendar, restate)
    lasted = {
        name: opened[end, stops[name]] - opened[start, stops[name]]
        for name, (start, end) in pairs.items()
    }
    kept = [name for name in rows.columns if name not in pairs]
    return joined.select(*kept, **lasted)


def read_clock(
    rows: Relation,
    at: str,
    clock: Relation,
    editions: Relation,
    *,
    to: str,
    calendar: str = "calendar_id",
    stop: str | None = None,
    restate: bool = False,
) -> Relation:
    """Add the column `to`: B of the instant `at`, open seconds (int64) since the clock's origin.

    Only differences of readings mean something, and only of one calendar and one edition: time in
    a status is the sum of B over its exits less the sum over its entries, all read with the same
    `stop` (default: `at` itself). Nulls as in `add_open_seconds`.
    """
    key = (at, stop or at)
    joined, opened = _readings(rows, [key], clock, editions, calendar, restate)
    kept = [name for name in rows.columns if name != to]
    return joined.select(*kept, **{to: opened[key]})


def add_deadline(
    rows: Relation,
    since: str,
    seconds: str,
    clock: Relation,
    editions: Relation,
    deadlines: Relation,
    *,
    to: str,
    calendar: str = "calendar_id",
    stop: str,
) -> Relation:
    """Add the column `to`: the second since 1970 at which `seconds` of open time after the instant
    `since` are over, by the edition known at the instant `stop`.

    deadlines: `core.deadlines.deadline_rows` as a relation. Null where a column is null, the
    opening hours are unknown, or the deadline lies beyond what the table spans. Of a whole night
    the first second counts: what is due at closing time is due then, not next morning.
    """
    kept = [name for name in rows.columns if name != to]
    rows = read_clock(rows, since, clock, editions, to=f"{MARK}_b", calendar=calendar, stop=stop)
    rows, edition_of = _add_editions(rows, {stop}, editions, calendar, False)
    until = rows[f"{MARK}_b"] + rows[seconds]
    rows = rows.mutate(**{f"{MARK}_until": until, f"{MARK}_hour": (until - 1) // OPEN_HOUR})
    face = _renamed(deadlines)
    on = [
        rows[calendar] == face[f"{MARK}_calendar_id"],
        rows[f"{MARK}_hour"] == face[f"{MARK}_open_hour"],
        rows[f"{MARK}_until"] > face[f"{MARK}_opens_after"],
        rows[f"{MARK}_until"] <= face[f"{MARK}_opens_until"],
    ]
    if stop in edition_of:
        on.append(rows[edition_of[stop]] == face[f"{MARK}_edition"])
    found = rows.left_join(face, on)
    due = found[f"{MARK}_begins"] + (found[f"{MARK}_until"] - found[f"{MARK}_opens_after"])
    return found.select(*kept, **{to: due})


def _readings(
    rows: Relation,
    wanted: list[tuple[str, str]],
    clock: Relation,
    editions: Relation,
    calendar: str,
    restate: bool,
) -> tuple[Relation, dict[tuple[str, str], IntegerValue]]:
    """The rows with B of every (instant, stop) wanted, and where each stands."""
    rows = _add_days(rows, {at for at, _ in wanted})
    rows, edition_of = _add_editions(
        rows, {stop for _, stop in wanted}, editions, calendar, restate
    )
    read: dict[tuple[str, str | None], str] = {}
    for at, stop in wanted:
        edition = edition_of.get(stop)
        # Two pairs that read one instant with one edition share the reading.
        if (at, edition) not in read:
            read[at, edition] = f"{MARK}_reading_{len(read)}"
            rows = _read(rows, at, edition, clock, calendar, read[at, edition])
    return rows, {(at, stop): rows[read[at, edition_of.get(stop)]] for at, stop in wanted}


def _read(
    rows: Relation, at: str, edition: str | None, clock: Relation, calendar: str, to: str
) -> Relation:
    """The rows with the column `to`: B of the instant `at`, by one equal join."""
    on = [(calendar, f"{MARK}_calendar_id"), (_day(at), f"{MARK}_utc_day")]
    if edition is not None:
        on.append((edition, f"{MARK}_edition"))
    kept = rows.columns
    rows = rows.left_join(_renamed(clock), on)
    return rows.select(*kept, **{to: _open_until(rows, at)})


def _add_days(rows: Relation, instants: set[str]) -> Relation:
    """The rows with the UTC day of each instant and the second of that day."""
    made = {}
    for at in sorted(instants):
        # On DuckDB the seconds come with their fraction, and a cast would round them: floor.
        seconds = rows[at].epoch_seconds().cast("float64").floor().cast("int64")
        made[_day(at)] = (seconds // DAY).cast("int32")
        made[_second(at)] = seconds - (seconds // DAY) * DAY
    return rows.mutate(**made)


def _add_editions(
    rows: Relation, stops: set[str], editions: Relation, calendar: str, restate: bool
) -> tuple[Relation, dict[str, str]]:
    """The rows with the edition to read for each stop, and its column; none where all have one."""
    known = [f"{MARK}_{name}" for name in editions.columns if name != "calendar_id"]
    if not known:
        return rows, {}
    newest = f"{MARK}_read_with"
    edition_of = {stop: newest if restate else f"{newest}_{stop}" for stop in sorted(stops)}
    kept = rows.columns
    rows = rows.left_join(_renamed(editions), [(calendar, f"{MARK}_calendar_id")])
    made = {}
    for stop, column in edition_of.items():
        passed = [rows[at].notnull() if restate else rows[at] <= rows[stop] for at in known]
        # A comparison with null is null, and counts for nothing.
        steps = [ibis.ifelse(each, 1, 0).cast("int32") for each in passed]
        made[column] = sum(steps[1:], start=steps[0]).cast("int32")
    # Computed beside the join, these columns could not be keys of the next one.
    return rows.mutate(**made).select(*kept, *made), edition_of


def _open_until(rows: Relation, at: str) -> IntegerValue:
    """B(at) from the day joined; null without one, because open_before is null then."""
    second, total = rows[_second(at)], rows[f"{MARK}_open_before"]
    k = 1
    while f"{MARK}_piece{k}_from" in rows.columns:
        opens, closes = rows[f"{MARK}_piece{k}_from"], rows[f"{MARK}_piece{k}_to"]
        total += ibis.least(ibis.greatest(second, opens), closes) - opens
        k += 1
    # Before the first version nothing is known, which is not closed.
    known = second >= rows[f"{MARK}_unknown_until"]
    return cast(IntegerValue, ibis.ifelse(known, total, None).cast("int64"))


def _renamed(table: Relation) -> Relation:
    return table.rename(lambda name: f"{MARK}_{name}")


def _day(at: str) -> str:
    return f"{MARK}_day_{at}"


def _second(at: str) -> str:
    return f"{MARK}_second_{at}"
