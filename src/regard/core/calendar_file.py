"""From the mapping of a calendars.toml to calendars, with errors that name the place.

The usual form is one version written straight into the calendar:

    [calendar.default]
    zone = "Europe/Warsaw"
    country = "PL"                      # its public holidays are closed
    closed = [2026-12-31]               # further days closed whole
    [calendar.default.week]             # a day not named is closed
    mon = ["08:00-12:00", "13:30-18:00"]
    fri = ["21:00-05:00"]               # an end not after its start lies in the next day
    sun = ["00:00-24:00"]
    [calendar.default.special]          # instead of any other rule, a holiday's too
    2026-12-24 = ["09:00-13:00"]

    [calendar.hotline]
    zone = "UTC"
    always_open = true                  # around the clock: stands without week and holidays

Hours that change are versions, each complete in itself. `valid_from` is the first local day a
version holds (left out: since ever; days before the earliest are unknown, not closed).
`recorded_at` is when it became known: a correction of the past never alters what was finished
before it. The first recorded version counts as known since ever.

    [[calendar.default.version]]
    zone = "Europe/Warsaw"
    week = { mon = ["09:00-17:00"] }
    [[calendar.default.version]]
    valid_from = 2026-03-01
    recorded_at = 2026-02-20T10:00:00Z
    zone = "Europe/Warsaw"
    week = { mon = ["08:00-16:00"] }

A source that keeps its hours as rows of the event model hands over the same keys.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import holidays

from regard.core.calendar import ALWAYS, DAY, Calendar, CalendarVersion, Spans
from regard.core.errors import BadValue, UnknownName

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = ("week", "country", "subdivision", "closed", "special")
KEYS = ("valid_from", "recorded_at", "zone", "always_open", *HOURS)
SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")
A_SPAN = "a stretch such as '08:00-16:30', at the latest until '24:00'"


def parse(mapping: Mapping[str, Any]) -> tuple[Calendar, ...]:
    """The calendars of a file read by `tomllib`, in its order; the module shows the form.

    Raises UnknownName for keys, weekdays, zones, countries and subdivisions that do not exist and
    BadValue for anything else, both naming the calendar and the key.
    """
    _check_names("key of calendars.toml", mapping, ("calendar",))
    written = _table(mapping.get("calendar", {}), "calendar of calendars.toml")
    return tuple(_calendar(name, table) for name, table in written.items())


def _calendar(name: str, table: Any) -> Calendar:
    place = f"calendar '{name}'"
    table = _table(table, place)
    if "version" not in table:
        return Calendar(name, (_version(table, place),))
    _check_names(f"key beside the versions of {place}", table, ("version",))
    several = _list(table["version"], f"version of {place}", "a list of versions, at least one")
    if not several:
        raise BadValue(f"version of {place}", several, "a list of versions, at least one")
    places = [f"{place}, version {n}" for n in range(1, len(several) + 1)]
    versions = [_version(_table(each, at), at) for each, at in zip(several, places, strict=True)]
    _refuse_rivals(versions, places)
    return Calendar(name, tuple(versions))


def _refuse_rivals(versions: list[CalendarVersion], places: list[str]) -> None:
    seen: dict[tuple[date | None, datetime | None], str] = {}
    for version, place in zip(versions, places, strict=True):
        key = (version.valid_from, version.recorded_at)
        if key in seen:
            day = version.valid_from or "(since ever)"
            wanted = f"another day than that of {seen[key]}; a correction needs a later recorded_at"
            raise BadValue(f"valid_from of {place}", day, wanted)
        seen[key] = place


def _version(table: Mapping[str, Any], place: str) -> CalendarVersion:
    _check_names(f"key of {place}", table, KEYS)
    # Rows of a database say None for what a file leaves out.
    table = {key: value for key, value in table.items() if value is not None}
    closed = frozenset(_days(table.get("closed", []), f"closed of {place}"))
    special = _special(table.get("special", {}), place)
    for day, _ in special:
        if day in closed:
            raise BadValue(f"special of {place}", day, "open to choice: it stands in closed too")
    country, subdivision = _country(table, place)
    return CalendarVersion(
        zone=_zone(table.get("zone"), place),
        week=_hours(table, place),
        valid_from=_day(table["valid_from"], f"valid_from of {place}")
        if "valid_from" in table
        else None,
        recorded_at=_instant(table["recorded_at"], f"recorded_at of {place}")
        if "recorded_at" in table
        else None,
        country=country,
        subdivision=subdivision,
        closed=closed,
        special=special,
    )


def _zone(name: Any, place: str) -> str:
    if not isinstance(name, str):
        raise BadValue(f"zone of {place}", name, "the name of a time zone such as 'Europe/Warsaw'")
    if name not in _zones():
        raise UnknownName(f"time zone (zone of {place})", name, _zones())
    return name


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _country(table: Mapping[str, Any], place: str) -> tuple[str | None, str | None]:
    country, part = table.get("country"), table.get("subdivision")
    if country is None:
        if part is not None:
            raise BadValue(f"subdivision of {place}", part, "of use without a country; add one")
        return None, None
    known = _countries()
    if country not in known:
        raise UnknownName(f"country (country of {place})", str(country), known)
    if part is not None and part not in known[country]:
        raise UnknownName(f"subdivision of {country} ({place})", str(part), known[country])
    return country, part


@cache
def _countries() -> dict[str, list[str]]:
    return holidays.list_supported_countries()


def _hours(table: Mapping[str, Any], place: str) -> tuple[Spans, ...]:
    always = table.get("always_open", False)
    if not isinstance(always, bool):
        raise BadValue(f"always_open of {place}", always, "true or false")
    if not always:
        return _week(table.get("week"), place)
    for key in HOURS:
        if key in table:
            raise BadValue(f"{key} of {place}", table[key], "possible beside always_open = true")
    return ALWAYS


def _week(written: Any, place: str) -> tuple[Spans, ...]:
    week = _table(written, f"week of {place}")
    _check_names(f"weekday (week of {place})", week, WEEKDAYS)
    days = [_spans(week.get(day, []), f"week.{day} of {place}") for day in WEEKDAYS]
    placed = [
        (n * DAY + opens, n * DAY + closes, day, text)
        for n, day in enumerate(WEEKDAYS)
        for (opens, closes), text in zip(days[n], week.get(day, []), strict=True)
    ]
    _refuse_overlaps(placed, f"week.{{}} of {place}", round_trip=7 * DAY)
    return tuple(days)


def _special(written: Any, place: str) -> tuple[tuple[date, Spans], ...]:
    found: dict[date, Spans] = {}
    for key, texts in _table(written, f"special of {place}").items():
        day = _day(key, f"special of {place}")
        what = f"special.{day} of {place}"
        if day in found:
            raise BadValue(what, key, "named once only")
        found[day] = _spans(texts, what)
        placed = [(*span, str(day), text) for span, text in zip(found[day], texts, strict=True)]
        _refuse_overlaps(placed, f"special.{{}} of {place}", round_trip=None)
    return tuple(sorted(found.items()))


def _refuse_overlaps(
    placed: Iterable[tuple[int, int, str, str]], what: str, round_trip: int | None
) -> None:
    """Placed spans (opens, closes, day, text) must not overlap, nor Sunday's night with Monday."""
    ordered = sorted(placed)
    if round_trip is not None and ordered:
        opens, closes, day, text = ordered[0]
        ordered.append((opens + round_trip, closes + round_trip, day, text))
    for (_, closes, one, earlier), (opens, _, day, text) in pairwise(ordered):
        if opens < closes:
            wanted = f"clear of {one} {earlier}, which it overlaps; join the two or move one"
            raise BadValue(what.format(day), text, wanted)


def _spans(texts: Any, what: str) -> Spans:
    return tuple(_span(text, what) for text in _list(texts, what, f"a list, each {A_SPAN}"))


def _span(text: Any, what: str) -> tuple[int, int]:
    read = SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if read is None:
        raise BadValue(what, text, A_SPAN)
    opens = int(read[1]) * 3600 + int(read[2]) * 60
    closes = int(read[3]) * 3600 + int(read[4]) * 60 if read[3] else DAY
    return opens, closes if closes > opens else closes + DAY


def _days(values: Any, what: str) -> Iterable[date]:
    return [_day(each, what) for each in _list(values, what, "a list of days such as 2026-12-31")]


def _day(value: Any, what: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue(what, value, "a day such as 2026-12-31") from None


def _instant(value: Any, what: str) -> datetime:
    wanted = "an instant with its offset such as 2026-02-20T10:00:00Z"
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValue(what, value, wanted) from None
    if found.tzinfo is None:
        raise BadValue(what, value, wanted)
    return found.astimezone(UTC)


def _list(value: Any, what: str, wanted: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadValue(what, value, wanted)
    return list(value)


def _table(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadValue(what, value, "a table of keys and values")
    return value


def _check_names(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known)
