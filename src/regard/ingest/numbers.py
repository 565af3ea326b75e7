"""Whole numbers from text: counts, lengths, and amounts of money in minor units, exactly."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.currency import minor_units
from regard.ingest.frame import Frame, Log
from regard.ingest.mapping import Value, names_column

BLANKS = r"[\s\x{a0}\x{202f}']"
"""What parts thousands besides the other mark."""


def whole(value: Value, text: pa.Array, where: str, frame: Frame, log: Log) -> pa.Array:
    """The texts as whole numbers; what is none, or lies outside its bounds, is a reject."""
    numbers = _read(value, text, frame, log)
    for bound, beyond in ((value.least, pc.less), (value.most, pc.greater)):
        if bound:
            wrong = beyond(numbers, number_of(bound, frame)).fill_null(False)
            bad = wrong.to_numpy(zero_copy_only=False)
            log.reject(frame, bad, "out_of_range", where.rpartition(".")[2], text)
    if where.endswith("_seconds"):
        # A clock that ran backwards: the length is not known, and no row is lost for it.
        negative = pc.less(numbers, 0).fill_null(False)
        odd = negative.to_numpy(zero_copy_only=False)
        log.note_rows(frame, odd, "impossible_order", where, text)
        numbers = pc.if_else(negative, pa.scalar(None, pa.int64()), numbers)
    return numbers


def number_of(said: str, frame: Frame) -> pa.Array:
    """A number that is said, or that a column says; null where the column says no number."""
    if not names_column(said):
        return pa.repeat(pa.scalar(int(said), pa.int64()), len(frame))
    encoded = frame.text(said).dictionary_encode()
    numbers = [_number(word, 1) for word in encoded.dictionary.to_pylist()]
    return pa.array(numbers, pa.int64()).take(encoded.indices)


def _read(value: Value, text: pa.Array, frame: Frame, log: Log) -> pa.Array:
    plain = value.times == value.over == 1 and not value.minor
    if plain and not value.decimal:
        try:
            return text.cast(pa.int64())
        except pa.ArrowInvalid:
            pass
    shown = _undecorated(text, value.decimal) if value.decimal else text
    encoded = shown.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    if value.minor:
        found = _in_minor_units(encoded, frame.text(value.minor), words, value.over)
    else:
        numbers = pa.array([_number(word, value.times, value.over) for word in words], pa.int64())
        found = numbers.take(encoded.indices)
    bad = pc.and_(text.is_valid(), found.is_null()).to_numpy(zero_copy_only=False)
    log.reject(frame, bad, "not_whole", value.join.join(value.columns), text)
    return found


def _in_minor_units(
    encoded: pa.DictionaryArray, said: pa.Array, words: list[str], over: int
) -> pa.Array:
    """Amounts times the minor units of their own currency; of two decimals where none is said."""
    units = np.array([minor_units(one or "") for one in said.to_pylist()], np.int64)
    found = pa.nulls(len(units), pa.int64())
    for unit in np.unique(units):
        numbers = pa.array([_number(word, int(unit), over) for word in words], pa.int64())
        found = pc.if_else(pa.array(units == unit), numbers.take(encoded.indices), found)
    return found


def _undecorated(text: pa.Array, decimal: str) -> pa.Array:
    """A number as Python writes it: thousands unparted, fractions after a point."""
    other = "." if decimal == "," else ","
    bare = pc.replace_substring_regex(text, BLANKS, "")
    # A mark that does not part whole thousands is no mark of thousands: then it is no number.
    grouped = pc.replace_substring_regex(bare, rf"\{other}(\d\d\d)\b", r"\1")
    return pc.replace_substring(pc.replace_substring(grouped, other, "?"), decimal, ".")


def _number(word: str, times: int, over: int = 1) -> int | None:
    try:
        number = Decimal(word) * times
        if over > 1:
            number = (number / over).quantize(Decimal(1), ROUND_HALF_EVEN)
        return int(number) if number == int(number) and abs(number) < 2**63 else None
    except (InvalidOperation, ValueError, OverflowError):
        return None
