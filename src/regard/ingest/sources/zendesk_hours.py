"""Zendesk's schedules as opening hours, and which of them holds for a ticket.

A schedule is rows of minutes since Sunday 00:00 of its zone; holidays close whole local days. It
changes in place: only the audit log, where it is there, tells what it was before, and then each of
its workweeks is a version from the local day of its change on, known at that instant.

A ticket under no schedule of its own is under the account's first: the oldest by creation, then by
id. One given to it within its first minute held from the start, because rules act just after a
ticket is created; later ones are changes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from regard.core.calendar_file import WEEKDAYS
from regard.ingest.batch import Whole
from regard.ingest.frame import Log
from regard.ingest.sources.zendesk_folder import (
    Desk,
    instants_of,
    micros,
    need_ids,
    to_instants,
    whole,
    wholes_of,
)
from regard.ingest.sources.zendesk_history import ids_for
from regard.ingest.sources.zendesk_people import SYSTEM, named
from regard.ingest.sources.zendesk_tickets import Tickets
from regard.ingest.sources.zendesk_workweek import Workweek, read_workweeks
from regard.ingest.sources.zendesk_zones import zone_of

DAY, WEEK = 24 * 60, 7 * 24 * 60
FIRST_MINUTE = 60_000_000
LONGEST_HOLIDAY = 3_660
EPOCH = date(1970, 1, 1)


@dataclass
class Schedule:
    """One schedule. spans: minutes of the week, from Sunday. created: microseconds, -1 unknown."""

    zone: str
    created: int
    spans: list[tuple[int, int]] = field(default_factory=list)
    closed: set[date] = field(default_factory=set)


def read_schedules(desk: Desk) -> dict[str, Schedule]:
    """The schedules by id, with their holidays; one whose zone is not known is left out."""
    log, frame = Log(), whole(desk, "schedule")
    ids = need_ids(frame, "id", log)
    starts, ends = wholes_of(frame, "start_time", log), wholes_of(frame, "end_time", log)
    created = micros(instants_of(frame, "created_at", log))
    opens = starts.fill_null(-1).to_numpy(zero_copy_only=False)
    lasts = ends.fill_null(-1).to_numpy(zero_copy_only=False) - opens
    wrong = (opens < 0) | (opens > WEEK) | (lasts < -WEEK) | (lasts > WEEK) | (lasts == 0)
    log.reject(frame, wrong, "not_minutes", "start_time", frame.text("start_time"))
    good = desk.settle("schedule", frame, log)
    found: dict[str, Schedule] = {}
    names, zones = ids.to_pylist(), frame.text("time_zone").to_pylist()
    for row in np.flatnonzero(good).tolist():
        zone = zone_of(zones[row])
        if zone is None:
            desk.odd.note("unknown_value", "schedule.time_zone", 1, str(zones[row])[:80])
            continue
        one = found.setdefault(names[row], Schedule(zone, int(created[row])))
        one.created = min(one.created, int(created[row]))
        one.spans.append((int(opens[row]), int(opens[row] + lasts[row] % (WEEK + 1))))
    _read_holidays(desk, found)
    return found


def add_calendars(desk: Desk, schedules: Mapping[str, Schedule]) -> None:
    """The schedules as opening hours, with the versions that the audit log tells of."""
    before = read_workweeks(desk) if schedules else {}
    rows: list[dict[str, Any]] = []
    for name, schedule in sorted(schedules.items()):
        now = _week_of(schedule.spans)
        versions = _versions(before.get(name, ()), schedule, now)
        for number, (since, week) in enumerate(versions, start=1):
            rules: dict[str, Any] = {"week": week}
            if schedule.closed:
                rules["closed"] = sorted(day.isoformat() for day in schedule.closed)
            rows.append(
                {
                    "calendar_id": calendar_id(desk, name),
                    "version": number,
                    "valid_from": since and since.astimezone(ZoneInfo(schedule.zone)).date(),
                    "recorded_at": since,
                    "zone": schedule.zone,
                    "rules": json.dumps(rules, sort_keys=True),
                    "updated_at": since or _instant(schedule.created),
                }
            )
    desk.add_rows("calendar", rows)


def follow_schedules(desk: Desk, tickets: Tickets, schedules: Mapping[str, Schedule]) -> pa.Array:
    """The opening hours of each ticket at its creation; later ones become changes."""
    name, log = "ticket_schedule", Log()
    frame = whole(desk, name)
    owner, schedule = need_ids(frame, "ticket_id", log), need_ids(frame, "schedule_id", log)
    at = micros(instants_of(frame, "created_at", log, needed=True))
    good = np.flatnonzero(desk.settle(name, frame, log))
    place = tickets.find(owner)
    unknown = np.zeros(len(owner), bool)
    unknown[good] = place[good] < 0
    desk.odd.note_rows(frame, unknown, "unknown_ticket", name, owner)
    missing = ~np.isin(schedule.fill_null("").to_numpy(zero_copy_only=False), list(schedules))
    missing[np.setdiff1d(np.arange(len(owner)), good)] = False
    desk.odd.note_rows(frame, missing, "unknown_schedule", f"{name}.schedule_id", schedule)
    strangers = owner.dictionary_encode().indices.fill_null(0).to_numpy(zero_copy_only=False)
    code = np.where(place >= 0, place, len(tickets) + strangers)
    rows = good[np.lexsort((good, at[good], code[good]))]
    starts = np.ones(len(rows), bool)
    starts[1:] = code[rows][1:] != code[rows][:-1]
    born = np.full(len(rows), -1, np.int64)
    known = place[rows] >= 0
    born[known] = tickets.created[place[rows[known]]]
    first = starts & known & (at[rows] <= born + FIRST_MINUTE)
    held = np.full(len(tickets), _oldest(desk, schedules), object)
    names = np.array([calendar_id(desk, one or "") for one in schedule.to_pylist()], object)
    held[place[rows[first]]] = names[rows[first]]
    _add_changes(desk, rows[~first], owner, schedule, names, at)
    return pa.array(held, pa.string())


def calendar_id(desk: Desk, schedule: str) -> str:
    """The name of a schedule's opening hours."""
    return f"{desk.source}/{schedule}"


def _add_changes(
    desk: Desk, rows: Whole, owner: pa.Array, schedule: pa.Array, names: Any, at: Whole
) -> None:
    taken = pa.array(rows)
    instants = to_instants(at[rows])
    fields = pa.repeat(pa.scalar("calendar"), len(rows))
    raw = schedule.take(taken)
    columns = {
        "ticket_id": owner.take(taken),
        # The schedule, not a number, so that the order of rows in a file does not matter.
        "change_id": ids_for(fields, instants, raw),
        "ordinal": pa.array(np.zeros(len(rows), np.int64)),
        "at": instants,
        "field": fields,
        "value": pa.array(names[rows], pa.string()),
        "raw_value": raw,
        "actor_kind": named(np.full(len(rows), SYSTEM, np.int64)),
        "updated_at": instants,
    }
    desk.add("ticket_change", columns, len(rows))


def _oldest(desk: Desk, schedules: Mapping[str, Schedule]) -> str | None:
    if not schedules:
        return None
    late = 1 << 62
    by_age = min(
        schedules,
        key=lambda name: (
            schedules[name].created if schedules[name].created >= 0 else late,
            not name.isdigit(),
            int(name) if name.isdigit() else 0,
            name,
        ),
    )
    return calendar_id(desk, by_age)


def _read_holidays(desk: Desk, schedules: Mapping[str, Schedule]) -> None:
    log, frame = Log(), whole(desk, "schedule_holiday")
    owner = need_ids(frame, "schedule_id", log)
    first = instants_of(frame, "start_date", log, needed=True)
    last = instants_of(frame, "end_date", log, needed=True)
    length = (micros(last) - micros(first)) // (DAY * 60_000_000)
    wrong = (length < 0) | (length > LONGEST_HOLIDAY)
    log.reject(frame, wrong, "impossible_date", "end_date", frame.text("end_date"))
    good = desk.settle("schedule_holiday", frame, log)
    names, begins, lasts = owner.to_pylist(), first.to_pylist(), length.tolist()
    for row in np.flatnonzero(good).tolist():
        if names[row] in schedules:
            days = (begins[row].date() + timedelta(days=n) for n in range(lasts[row] + 1))
            schedules[names[row]].closed.update(days)
        else:
            where = "schedule_holiday.schedule_id"
            desk.odd.note("unknown_schedule", where, 1, names[row])


def _week_of(spans: list[tuple[int, int]]) -> dict[str, list[str]]:
    """Minutes from Sunday as hours by weekday: joined where they touch, cut at midnight."""
    open_ = np.zeros(WEEK, bool)
    for start, end in spans:
        open_[np.arange(start, end) % WEEK] = True
    week: dict[str, list[str]] = {}
    for number in range(7):
        day = np.concatenate([[False], open_[number * DAY : (number + 1) * DAY], [False]])
        edges = np.flatnonzero(day[1:] != day[:-1]).tolist()
        if edges:
            pairs = zip(edges[::2], edges[1::2], strict=True)
            name = WEEKDAYS[(number + 6) % 7]
            week[name] = [f"{_clock(start)}-{_clock(end)}" for start, end in pairs]
    return week


def _versions(
    told: tuple[Workweek, ...] | list[Workweek], schedule: Schedule, now: Mapping[str, list[str]]
) -> list[tuple[datetime | None, Mapping[str, list[str]]]]:
    """Weeks with the instant from which each held; the last is what the schedule says now."""
    if not told:
        return [(None, now)]
    weeks: list[tuple[datetime | None, Mapping[str, list[str]]]] = []
    if told[0].before:
        weeks.append((None, _week_of(list(told[0].before))))
    weeks += [(one.at, _week_of(list(one.after))) for one in told]
    weeks[-1] = (weeks[-1][0], now)
    if not told[0].before:
        # Hours set for the first time hold for what came before, too: none else are known.
        weeks[0] = (None, weeks[0][1])
    kept: dict[date | None, tuple[datetime | None, Mapping[str, list[str]]]] = {}
    for since, week in weeks:
        day = since and since.astimezone(ZoneInfo(schedule.zone)).date()
        kept[day] = (since, week)
    return list(kept.values())


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _instant(us: int) -> datetime | None:
    if us < 0:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
