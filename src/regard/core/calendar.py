"""Opening hours: what a calendar says, and the clock table that open time is read from.

The clock has one row per calendar, edition and UTC day: the open seconds before that day and the
day's open pieces. B(t), the open time until an instant, is then one equal join and arithmetic;
open time between two instants is B(end) - B(start). Zones are resolved here, once, by zoneinfo.

What the wall clock means where it jumps: an interval lasts from the first instant at which the
wall shows its start or later until the last instant at which it shows less than its end. So a
start that does not exist opens when the clock has jumped, a start that comes twice opens the first
time, an end that comes twice closes the second time, and 24:00 is the first instant of the next
local day. A holiday removes the intervals that start on that local day: a night shift begun the
evening before keeps its morning, and one that would begin on the holiday falls out whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regard.core.errors import RegardError

DAY = 86400
ALWAYS = (((0, DAY),),) * 7
"""The week of those who never close."""
MAX_PIECES = 6
"""The most open pieces a UTC day may have; a clock has as many columns as its fullest day needs."""
MARGIN = 3
"""Days looked at on both sides of the days asked for: night shifts and zones reach over them."""

Spans = tuple[tuple[int, int], ...]
"""Open intervals of a day, in seconds from its local midnight; an end may lie in the next day."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class CalendarVersion:
    """Opening hours that hold from a local day on.

    zone: IANA name. week: the spans of each weekday, Monday first. valid_from: the first local day
    it holds, None since ever. recorded_at: when it became known (UTC), None since ever.
    country, subdivision: whose public holidays are closed (as the `holidays` library names them).
    closed: further days closed whole. special: days whose spans stand instead of any other rule.
    """

    zone: str
    week: tuple[Spans, ...]
    valid_from: date | None = None
    recorded_at: datetime | None = None
    country: str | None = None
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()
    special: tuple[tuple[date, Spans], ...] = ()


@dataclass(frozen=True)
class Calendar:
    """Opening hours by name, in all their versions, announced and corrected ones alike."""

    id: str
    versions: tuple[CalendarVersion, ...]


@dataclass(frozen=True)
class _Face:
    """The clock of one edition: arrays by UTC day, `slots` two-dimensional (from, to, from …)."""

    days: Numbers
    open_before: Numbers
    unknown_until: Numbers
    slots: Numbers


def editions(calendar: Calendar) -> tuple[datetime, ...]:
    """The instants (UTC) at which knowledge of the calendar changed after its first version.

    Edition 0 is the first recorded version and counts as known since ever; edition k holds what
    was known from the k-th of these instants on.
    """
    return tuple(sorted({_recorded(version) for version in calendar.versions})[1:])


def edition_rows(calendars: Sequence[Calendar]) -> pa.Table:
    """One row a calendar: calendar_id, known_from_1 … known_from_N (instants; empty when fewer).

    The edition to read for a clock that stopped at an instant is the number of these not after it.
    N is the most editions any calendar has after its first: usually none.
    """
    _refuse_twins(calendars)
    known = [editions(calendar) for calendar in calendars]
    columns: dict[str, pa.Array] = {"calendar_id": pa.array([c.id for c in calendars], pa.string())}
    for k in range(max(map(len, known), default=0)):
        instants = [each[k] if k < len(each) else None for each in known]
        columns[f"known_from_{k + 1}"] = pa.array(instants, pa.timestamp("us", tz="UTC"))
    return pa.table(columns)


def clock_rows(calendars: Sequence[Calendar], first: date, last: date) -> pa.Table:
    """The clock from UTC day `first` to `last`, both included.

    Columns: calendar_id, edition (int32), utc_day (int32, days since 1970-01-01), open_before
    (int64, open seconds from the first row of calendar and edition to the day's start),
    unknown_until (int32, the second of the day before which no version holds, usually 0), and
    piece1_from, piece1_to, … (int32, seconds of the day; 0, 0 where there is no piece). Days on
    which no version holds yet have no row: nothing is known about them.
    Raises RegardError for two calendars of one name and for days of more than MAX_PIECES pieces.
    """
    _refuse_twins(calendars)
    faces = [
        (calendar.id, edition, _face(calendar, edition, first, last))
        for calendar in calendars
        for edition in range(len(editions(calendar)) + 1)
    ]
    width = max((face.slots.shape[1] for _, _, face in faces), default=2)
    schema = _clock_schema(width // 2)
    tables = [_rows(*face, schema) for face in faces]
    return pa.concat_tables([schema.empty_table(), *tables])


def open_spans(calendar: Calendar, first: date, last: date, edition: int | None = None) -> Numbers:
    """The open stretches of the UTC days `first` to `last`, both included: shape (n, 2), seconds
    since 1970, merged and in order. Without an edition, by the newest."""
    known = len(editions(calendar)) if edition is None else edition
    return _open(_known(calendar, known), _number(first), _number(last))


def _refuse_twins(calendars: Iterable[Calendar]) -> None:
    seen: set[str] = set()
    for calendar in calendars:
        if calendar.id in seen:
            raise RegardError(f"Two calendars are called '{calendar.id}'. Rename one of the two.")
        seen.add(calendar.id)


def _clock_schema(pieces: int) -> pa.Schema:
    edges = [f"piece{k + 1}_{edge}" for k in range(pieces) for edge in ("from", "to")]
    return pa.schema(
        [
            ("calendar_id", pa.string()),
            ("edition", pa.int32()),
            ("utc_day", pa.int32()),
            ("open_before", pa.int64()),
            ("unknown_until", pa.int32()),
            *((edge, pa.int32()) for edge in edges),
        ]
    )


def _rows(name: str, edition: int, face: _Face, schema: pa.Schema) -> pa.Table:
    n, width = face.slots.shape
    numbers = [np.full(n, edition), face.days, face.open_before, face.unknown_until]
    for slot in range(len(schema) - 5):
        numbers.append(face.slots[:, slot] if slot < width else np.zeros(n, np.int64))
    types = schema.types[1:]
    arrays = [pa.array(a, type=t) for a, t in zip(numbers, types, strict=True)]
    return pa.Table.from_arrays([pa.repeat(pa.scalar(name), n), *arrays], schema=schema)


def _face(calendar: Calendar, edition: int, first: date, last: date) -> _Face:
    versions = _known(calendar, edition)
    begin = max(_known_since(versions, _number(first)), _number(first) * DAY)
    days = np.arange(begin // DAY, _number(last) + 1)
    if not len(days):
        return _Face(days, days, days, np.zeros((0, 2), np.int64))
    spans = _open(versions, int(days[0]), int(days[-1]))
    slots = _slots(spans, days, calendar.id)
    lasts = (slots[:, 1::2] - slots[:, ::2]).sum(axis=1)
    unknown = np.zeros_like(days)
    unknown[0] = begin - days[0] * DAY
    return _Face(days, np.cumsum(lasts) - lasts, unknown, slots)


def _slots(spans: Numbers, days: Numbers, name: str) -> Numbers:
    """The spans cut at UTC midnights, laid side by side: one row a day, (from, to) a piece."""
    opens, closes = spans[:, 0], spans[:, 1]
    counts = (closes - 1) // DAY - opens // DAY + 1
    row = np.repeat(np.arange(len(spans)), counts)
    step = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = opens[row] // DAY + step
    rank = np.arange(len(day)) - np.searchsorted(day, day)
    pieces = int(rank.max(initial=0)) + 1
    if pieces > MAX_PIECES:
        fullest = np.datetime64(int(day[rank.argmax()]), "D")
        raise RegardError(
            f"Calendar '{name}' opens {pieces} times on {fullest} (UTC), and {MAX_PIECES} is the "
            "most a day may have. Join intervals that lie close together."
        )
    slots = np.zeros((len(days), 2 * pieces), np.int64)
    slots[day - days[0], 2 * rank] = np.maximum(opens[row] - day * DAY, 0)
    slots[day - days[0], 2 * rank + 1] = np.minimum(closes[row] - day * DAY, DAY)
    return slots


def _open(versions: Sequence[CalendarVersion], first: int, last: int) -> Numbers:
    """The open stretches of the UTC days first to last: in order, apart, within those days."""
    begin, end = first - MARGIN, last + MARGIN
    starts = [_number(v.valid_from) if v.valid_from else begin for v in versions]
    ends = [*starts[1:], end + 1]
    found = [np.zeros((0, 2), np.int64)]
    for version, since, until in zip(versions, starts, ends, strict=True):
        days = np.arange(max(since, begin), min(until, end + 1))
        if len(days):
            found.append(_instants(_walls(version, days), version.zone, begin, end))
    spans = np.concatenate(found)
    # Opening hours begin with the first version: before it nothing is known.
    edge = max(_known_since(versions, first), first * DAY)
    return _merged(np.clip(spans, edge, (last + 1) * DAY))


def _merged(spans: Numbers) -> Numbers:
    """The same stretches in order, joined where they touch or overlap, empty ones left out."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    if not len(spans):
        return spans
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    begins = np.flatnonzero(np.append(True, spans[1:, 0] > reach[:-1]))
    ends = np.append(begins[1:], len(spans)) - 1
    return np.stack([spans[begins, 0], reach[ends]], axis=1)


def _walls(version: CalendarVersion, days: Numbers) -> Numbers:
    """The spans that start on these local days, in seconds of the wall clock since 1970."""
    special = {_number(day): spans for day, spans in version.special}
    closed = {_number(day) for day in version.closed} | _public_holidays(
        version.country, version.subdivision, _year(days[0]), _year(days[-1])
    )
    ordinary = days[~np.isin(days, [*closed, *special])]
    found = [np.zeros((0, 2), np.int64)]
    for weekday, spans in enumerate(version.week):
        # 1970-01-01 was a Thursday.
        theirs = ordinary[(ordinary + 3) % 7 == weekday] * DAY
        found += [np.stack([theirs + opens, theirs + closes], axis=1) for opens, closes in spans]
    for day, spans in special.items():
        if days[0] <= day <= days[-1]:
            found.append(np.array(spans, np.int64).reshape(-1, 2) + day * DAY)
    return np.concatenate(found)


def _instants(walls: Numbers, zone: str, first: int, last: int) -> Numbers:
    """Wall-clock spans as instants in seconds since 1970; the module says what jumps mean."""
    turns, offsets = _turns(zone, first - MARGIN, last + MARGIN)
    far = np.iinfo(np.int64).max // 2
    begins, ends = np.append(-far, turns), np.append(turns, far)
    # A period of one offset ends when the wall shows ends + offsets, and begins likewise.
    period = np.searchsorted(ends + offsets, walls[:, 0], side="right")
    opens = np.maximum(begins[period], walls[:, 0] - offsets[period])
    period = np.searchsorted(begins + offsets, walls[:, 1], side="left") - 1
    closes = np.minimum(ends[period], walls[:, 1] - offsets[period])
    return np.stack([opens, closes], axis=1)


@lru_cache(maxsize=256)
def _turns(zone: str, first: int, last: int) -> tuple[Numbers, Numbers]:
    """The instants within the days at which the zone's offset changes, and the n + 1 offsets."""
    place = ZoneInfo(zone)

    def offset(instant: int) -> int:
        shown = datetime.fromtimestamp(instant, place).replace(tzinfo=UTC)
        return int(shown.timestamp()) - instant

    turns: list[int] = []
    offsets = [offset(first * DAY)]
    for day in range(first, last):
        before, after = day * DAY, (day + 1) * DAY
        if offset(after) == offsets[-1]:
            continue
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
        turns.append(after)
        offsets.append(offset(after))
    return np.array(turns, np.int64), np.array(offsets, np.int64)


@lru_cache(maxsize=256)
def _public_holidays(
    country: str | None, subdivision: str | None, first: int, last: int
) -> frozenset[int]:
    if country is None:
        return frozenset()
    years = range(first, last + 1)
    found = holidays.country_holidays(country, subdivision, years=years)
    return frozenset(_number(day) for day in found)


def _known(calendar: Calendar, edition: int) -> list[CalendarVersion]:
    """The versions known to an edition by first day; of two for one day, the later recorded."""
    limit = sorted({_recorded(version) for version in calendar.versions})[edition]
    known = sorted((v for v in calendar.versions if _recorded(v) <= limit), key=_recorded)
    by_day = {version.valid_from or date.min: version for version in known}
    return [by_day[day] for day in sorted(by_day)]


def _known_since(versions: Sequence[CalendarVersion], first: int) -> int:
    """The instant (seconds) from which a version holds, if that is after the UTC day `first`."""
    since = versions[0].valid_from
    if since is None or _number(since) < first - MARGIN:
        return first * DAY
    day = _number(since)
    midnight = np.array([[day, day]], np.int64) * DAY
    return int(_instants(midnight, versions[0].zone, day, day)[0, 0])


def _recorded(version: CalendarVersion) -> datetime:
    return version.recorded_at or datetime.min.replace(tzinfo=UTC)


def _number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _year(day: int) -> int:
    return date.fromordinal(int(day) + date(1970, 1, 1).toordinal()).year
