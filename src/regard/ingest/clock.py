"""Instants from text: formats, zones, and local times that do not exist or exist twice."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.errors import BadValue
from regard.ingest.batch import Mask, Whole

SECOND = 1_000_000
DAY = 86_400 * SECOND
MONTH = 2_629_800 * SECOND
"""An even month, the twelfth of 365.25 days."""
EARLIEST, LATEST = 1970, 2100
EPOCHS = {"epoch": SECOND, "epoch_ms": 1_000}
"""Formats that are numbers since 1970, by the microseconds of their unit."""
ISO = (
    r"^(?P<Y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:[T ](?P<H>\d{2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r" ?(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?$"
)
TOKENS = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "b": r"(?P<b>[A-Za-z]{3})",
    "B": r"(?P<b>[A-Za-z]{3})[a-z]*",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<H>\d{1,2})",
    "p": r"(?P<p>[AaPp])[Mm]",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})",
    "f": r"(?P<f>\d{1,9})",
    "z": r"(?P<z>Z|[+-]\d{2}(?::?\d{2})?)",
    "a": r"[A-Za-z]{3}",
    "A": r"[A-Za-z]+",
    "%": r"%",
}
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Instants:
    """us: microseconds since 1970, UTC once placed. known: whether there is one.

    naive: which of them carried no offset, so that `us` is still a local time.
    """

    us: Whole
    known: Mask
    naive: Mask


@dataclass(frozen=True)
class Placed:
    """Local times placed on the line of time. twice, never: those that the clock of the zone
    showed twice (the first is taken) or not at all (the clock before the gap is taken)."""

    us: Whole
    twice: Mask
    never: Mask


def parse(text: pa.Array, formats: Sequence[str]) -> Instants:
    """Instants of texts in any of the formats, tried in order; what fits none is not known.

    Formats: `iso`, `epoch`, `epoch_ms`, or strptime's letters. Days that do not exist and years
    outside 1970 to 2100 are not known either. Null is not known.
    """
    if pa.types.is_timestamp(text.type):
        return _from_arrow(text)
    found = _nothing(len(text))
    for form in formats:
        open_ = ~found.known
        if not open_.any():
            break
        rows = np.flatnonzero(open_)
        part = _parse_as(text.take(pa.array(rows)) if len(rows) < len(text) else text, form)
        for whole, piece in zip(
            (found.us, found.known, found.naive), (part.us, part.known, part.naive), strict=True
        ):
            whole[rows] = piece
    return found


def place(local: Whole, zone: str) -> Placed:
    """UTC instants of local times in an IANA zone, both in microseconds since 1970."""
    rules = zone_rules(zone)
    offsets = np.zeros(len(local), np.int64)
    twice, never = np.zeros(len(local), bool), np.zeros(len(local), bool)
    days, which = np.unique(local // DAY, return_inverse=True)
    steady = np.array([_steady_offset(int(day), rules) for day in days], object)
    plain = np.array([offset is not None for offset in steady], bool)[which]
    offsets[plain] = steady[which[plain]].astype(np.int64)
    rows = np.flatnonzero(~plain)
    values, again = np.unique(local[rows], return_inverse=True)
    if len(values):
        pairs = np.array([_offsets(int(value), rules) for value in values], np.int64)[again]
        first, second = pairs[:, 0], pairs[:, 1]
        offsets[rows], twice[rows], never[rows] = first, first > second, first < second
    return Placed(local - offsets, twice, never)


def move(us: Whole, months: Whole, even: bool = False) -> Whole:
    """Instants moved by calendar months, in the calendar they are written in, or by even ones.

    The 31st of a month without one becomes its last day.
    """
    if even:
        return us + months * MONTH
    days = us // DAY
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    target = month + months
    last = (target + 1).astype("datetime64[D]") - 1
    moved = np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    whole: Whole = moved.astype(np.int64) * DAY + us % DAY
    return whole


@cache
def zone_rules(zone: str) -> ZoneInfo:
    """The rules of an IANA zone; an unknown name is a BadValue."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue("The zone", zone, "an IANA time zone like Europe/Warsaw") from None


@cache
def pattern(form: str) -> str:
    """The regular expression of a format; a letter that is not known is a BadValue."""
    if form == "iso":
        return ISO
    parts, letters = [], iter(form)
    for sign in letters:
        if sign != "%":
            parts.append(r"\s+" if sign == " " else re.escape(sign))
            continue
        letter = next(letters, "")
        if letter not in TOKENS:
            raise BadValue("The date format", form, f"made of {' '.join(f'%{t}' for t in TOKENS)}")
        parts.append(TOKENS[letter])
    return f"^{''.join(parts)}$"


def to_arrow(us: Whole, known: Mask) -> pa.Array:
    """Microseconds as an Arrow column of instants, null where not known."""
    return pa.array(us, pa.int64(), mask=~known).cast(pa.timestamp("us", tz="UTC"))


def _nothing(size: int) -> Instants:
    return Instants(np.zeros(size, np.int64), np.zeros(size, bool), np.zeros(size, bool))


def _from_arrow(column: pa.Array) -> Instants:
    kind = column.type
    us = column.cast(pa.timestamp("us", tz=kind.tz), safe=False).cast(pa.int64())
    known = column.is_valid().to_numpy(zero_copy_only=False)
    values = us.fill_null(0).to_numpy(zero_copy_only=False).copy()
    known = known & _in_range(values)
    return Instants(values, known, known & (kind.tz is None))


def _parse_as(text: pa.Array, form: str) -> Instants:
    if form in EPOCHS:
        return _parse_epoch(text, EPOCHS[form])
    if form == "iso":
        fast = _parse_iso_fast(text)
        if fast is not None:
            return fast
    fields = pc.extract_regex(text, pattern(form))
    return _assemble(fields, len(text))


def _parse_iso_fast(text: pa.Array) -> Instants | None:
    """The whole column at once, where every text is ISO and all or none have an offset."""
    for zone in ("UTC", None):
        try:
            return _from_arrow(text.cast(pa.timestamp("us", tz=zone)))
        except pa.ArrowInvalid:
            continue
    return None


def _parse_epoch(text: pa.Array, unit: int) -> Instants:
    good = pc.match_substring_regex(text, r"^\d{1,15}(\.\d+)?$").fill_null(False)
    numbers = pc.if_else(good, text, "0").cast(pa.float64()).to_numpy(zero_copy_only=False)
    us = np.round(numbers * unit).astype(np.int64)
    known = good.to_numpy(zero_copy_only=False) & _in_range(us)
    return Instants(us, known, np.zeros(len(us), bool))


def _assemble(fields: pa.StructArray, size: int) -> Instants:
    known = fields.is_valid().to_numpy(zero_copy_only=False).copy()
    names = {field.name for field in fields.type}

    def number(name: str, missing: int) -> Whole:
        if name not in names:
            return np.full(size, missing, np.int64)
        texts = fields.field(name)
        filled = pc.if_else(pc.equal(texts, "").fill_null(True), str(missing), texts)
        return np.asarray(filled.cast(pa.int64()), np.int64)

    def text(name: str) -> pa.Array:
        return fields.field(name).fill_null("")

    year = number("Y", 1970)
    if "y" in names:
        short = number("y", 70)
        year = np.where(short < 69, 2000 + short, 1900 + short)
    month = _from_texts(text("b"), _month) if "b" in names else number("m", 1)
    hour = number("H", 0)
    if "p" in names:
        known &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + 12 * _from_texts(text("p"), lambda sign: sign in "Pp")
    day, minute, second = number("d", 1), number("M", 0), number("S", 0)
    us, real = _join(year, month, day, hour, minute, second)
    if "f" in names:
        us += _from_texts(text("f"), lambda digits: int(digits.ljust(6, "0")[:6] or "0"))
    naive = known.copy()
    if "z" in names:
        offsets = text("z")
        naive &= pc.equal(offsets, "").to_numpy(zero_copy_only=False)
        us -= _from_texts(offsets, _offset_us)
    known &= real & _in_range(us)
    return Instants(us, known, naive & known)


def _join(
    year: Whole, month: Whole, day: Whole, hour: Whole, minute: Whole, second: Whole
) -> tuple[Whole, Mask]:
    """Microseconds since 1970 of the parts, and whether such a day and time exists."""
    real = (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60) & (second < 60)
    months = ((year - 1970) * 12 + np.where(real, month, 1) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    real &= (day >= 1) & (days.astype("datetime64[M]") == months)
    seconds = (hour * 60 + minute) * 60 + second
    return days.astype(np.int64) * DAY + seconds * SECOND, real


def _from_texts(texts: pa.Array, read: Callable[[str], int]) -> Whole:
    """The number that `read` gives for each text; each different text is read once."""
    encoded = texts.dictionary_encode()
    numbers = np.array([int(read(value)) for value in encoded.dictionary.to_pylist()], np.int64)
    if not len(numbers):
        return np.zeros(len(texts), np.int64)
    return numbers[np.asarray(encoded.indices, np.int64)]


def _month(name: str) -> int:
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0


def _offset_us(text: str) -> int:
    digits = re.sub(r"\D", "", text).ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if text.startswith("-") else minutes) * 60 * SECOND


def _in_range(us: Whole) -> Mask:
    first = int(datetime(EARLIEST, 1, 1, tzinfo=UTC).timestamp()) * SECOND
    last = int(datetime(LATEST + 1, 1, 1, tzinfo=UTC).timestamp()) * SECOND
    return (us >= first) & (us < last)


def _steady_offset(day: int, rules: ZoneInfo) -> int | None:
    """The zone's offset on a local day, in microseconds; None where it may change near it."""
    if not (EARLIEST - 1971) * 366 <= day <= (LATEST - 1968) * 366:
        # No zone has rules for it, and it is put aside in any case.
        return 0
    middle = datetime(1970, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    around = {
        (middle + timedelta(days=step)).astimezone(rules).utcoffset() for step in (-2, -1, 0, 1, 2)
    }
    offset = around.pop()
    return None if around or offset is None else offset // timedelta(microseconds=1)


def _offsets(local: int, rules: ZoneInfo) -> tuple[int, int]:
    """The zone's offsets at a local time, read as its first and its second occurrence."""
    when = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=local)).replace(tzinfo=rules)
    first, second = when.utcoffset(), when.replace(fold=1).utcoffset()
    unit = timedelta(microseconds=1)
    return (first or timedelta()) // unit, (second or timedelta()) // unit
