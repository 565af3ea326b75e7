"""Opening hours and promises of service of a Zendesk account."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from regard.core.calendar_file import WEEKDAYS
from regard.core.schema import Row, table
from regard.ingest.answers import id_of, instant_of, list_of, object_of, text_of, whole_of
from regard.ingest.sources.zendesk_api_account import Note, Thing
from regard.ingest.sources.zendesk_words import priority_of, target_of
from regard.ingest.sources.zendesk_zones import zone_of

DAY = 1440
WEEK = 7 * DAY
LONGEST_HOLIDAY = 800
"""Days; Zendesk itself allows two years."""
FIRST_INSTANCE = 1


@dataclass
class Hours:
    """Rows of calendars, and the ids of the schedules, oldest first."""

    rows: list[Row]
    ids: list[str]


def calendars(
    source: str, schedules: Sequence[Thing], holidays: Sequence[Thing], note: Note
) -> Hours:
    """Schedules as opening hours; one whose zone or hours are no hours is left out and counted.

    A schedule that changed since an earlier import is a further version, known since it changed.
    """
    hours = Hours([], [])
    for one in sorted(schedules, key=_age):
        name = str(id_of(one["id"]))
        zone = zone_of(text_of(one.get("time_zone")))
        week = _week(one.get("intervals"))
        if zone is None or week is None:
            told = one.get("time_zone") if zone is None else one.get("intervals")
            note(
                "unknown_value",
                "calendar.zone" if zone is None else "calendar.rules",
                str(told)[:80],
            )
            continue
        at = instant_of(one.get("updated_at")) or instant_of(one.get("created_at"))
        rules: dict[str, Any] = {"week": week}
        own = [day for day in holidays if _belongs(day, name, len(schedules))]
        closed = sorted({day for one in own for day in _days(one, note)})
        if closed:
            rules["closed"] = [day.isoformat() for day in closed]
        hours.ids.append(name)
        hours.rows.append(
            table("calendar").row(
                source=source,
                calendar_id=f"{source}/{name}",
                version=int(at.timestamp()) if at else 1,
                recorded_at=at,
                zone=zone,
                rules=json.dumps(rules, sort_keys=True),
                updated_at=at,
            )
        )
    return hours


def policies(source: str, found: Sequence[Thing], note: Note) -> list[Row]:
    """What each policy promises now; what it promised before it last changed is not known."""
    rows: dict[tuple[str, ...], Row] = {}
    for one in found:
        for metric in map(object_of, list_of(one.get("policy_metrics"))):
            target = target_of(text_of(metric.get("metric")))
            minutes = whole_of(metric.get("target"))
            if target is None or minutes is None:
                note("unknown_value", "sla_policy.target", str(metric.get("metric"))[:80])
                continue
            hours = metric.get("business_hours")
            row = table("sla_policy").row(
                source=source,
                policy_id=id_of(one["id"]),
                target=target,
                priority=priority_of(text_of(metric.get("priority"))),
                valid_from=instant_of(one.get("created_at")),
                seconds=whole_of(metric.get("target_in_seconds")) or minutes * 60,
                opening_hours=hours if isinstance(hours, bool) else None,
                name=text_of(one.get("title")),
                updated_at=instant_of(one.get("updated_at")),
            )
            rows[str(row["policy_id"]), target, str(row["priority"])] = row
    return list(rows.values())


def events(source: str, found: Sequence[Thing], told: Sequence[Row], note: Note) -> list[Row]:
    """Promises applied to tickets, from metric events; else as the audits told them.

    Events say the same as audits: of a ticket's target that events tell of, only they count.
    """
    rows: list[Row] = []
    for one in sorted(found, key=_order):
        if one.get("type") != "apply_sla":
            continue
        target = _target(one)
        at = instant_of(one.get("time"))
        sla = object_of(one.get("sla"))
        minutes = whole_of(sla.get("target"))
        if target is None or at is None or (minutes is None and one.get("deleted") is not True):
            note("unknown_value", "sla_target.target", str(one.get("metric"))[:80])
            continue
        hours = sla.get("business_hours")
        rows.append(
            table("sla_target").row(
                source=source,
                ticket_id=id_of(one["ticket_id"]),
                target=target,
                ordinal=len(rows) + 1,
                policy_id=id_of(object_of(sla.get("policy")).get("id")),
                applied_at=at,
                seconds=None if one.get("deleted") is True else (minutes or 0) * 60,
                opening_hours=hours if isinstance(hours, bool) else None,
                updated_at=at,
            )
        )
    known = {(row["ticket_id"], row["target"]) for row in rows}
    kept = [row for row in told if (row["ticket_id"], row["target"]) not in known]
    return [*rows, *kept]


def _target(event: Thing) -> str | None:
    metric = text_of(event.get("metric"))
    if metric == "reply_time":
        return "first" if whole_of(event.get("instance_id")) == FIRST_INSTANCE else "next"
    return target_of(metric)


def _order(event: Thing) -> tuple[str, str, int, str]:
    name = str(id_of(event["id"]))
    return str(id_of(event["ticket_id"])), str(instant_of(event.get("time"))), len(name), name


def _age(schedule: Thing) -> tuple[str, int, str]:
    name = str(id_of(schedule["id"]))
    return str(instant_of(schedule.get("created_at")) or "9"), len(name), name


def _week(intervals: Any) -> dict[str, list[str]] | None:
    """Hours by weekday from minutes since Sunday 00:00; None where they are none."""
    week: dict[str, list[str]] = {}
    for one in map(object_of, list_of(intervals)):
        start, end = whole_of(one.get("start_time")), whole_of(one.get("end_time"))
        if start is None or end is None or not 0 <= start < end <= WEEK:
            return None
        while start < end:
            day, minute = divmod(start, DAY)
            until = min(end - day * DAY, DAY)
            name = WEEKDAYS[(day - 1) % 7]
            week.setdefault(name, []).append(f"{_clock(minute)}-{_clock(until)}")
            start = day * DAY + until
    return week if isinstance(intervals, list) else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _belongs(holiday: Thing, schedule: str, schedules: int) -> bool:
    """A holiday whose answer does not say its schedule belongs to the only one there is."""
    named = id_of(holiday.get("schedule_id"))
    return named == schedule or (named is None and schedules == 1)


def _days(holiday: Thing, note: Note) -> list[date]:
    try:
        first = date.fromisoformat(str(holiday.get("start_date"))[:10])
        last = date.fromisoformat(str(holiday.get("end_date"))[:10])
    except ValueError:
        first, last = date.max, date.min
    if not 0 <= (last - first).days < LONGEST_HOLIDAY:
        note("impossible_date", "calendar.rules", str(holiday.get("start_date"))[:80])
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
