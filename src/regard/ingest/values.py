"""Values of the event model from columns of a file, a whole column at a time."""

from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import INSTANT, KINDS
from regard.ingest import clock
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log, holds
from regard.ingest.mapping import Choice, Value

FLAGS = {
    "true": True, "yes": True, "y": True, "1": True, "t": True,
    "false": False, "no": False, "n": False, "0": False, "f": False,
}  # fmt: skip
HALF_DAY = clock.DAY // 2


def evaluate(choice: Choice, kind: str, where: str, frame: Frame, log: Log) -> pa.Array:
    """The column of a kind of the event model that the alternatives give.

    where: its name, for reasons. What cannot be read is logged as a reject of its row.
    """
    result = pa.nulls(len(frame), KINDS[kind])
    for value in choice:
        open_ = result.is_null().to_numpy(zero_copy_only=False) & holds(value.when, frame)
        if not open_.any():
            continue
        found = _evaluate(value, kind, where, frame.where(open_), log)
        whole = open_.all()
        result = found if whole else pc.replace_with_mask(result, pa.array(open_), found)
    return result


def text_of(value: Value, frame: Frame) -> pa.Array:
    """The value's columns joined as text: null where one of them is missing or `null_when`."""
    parts = [frame.text(name) for name in value.columns]
    text = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, value.join)
    if value.without:
        text = pc.replace_substring_regex(text, value.without, "")
    if value.null_when:
        nothing = pc.is_in(text, pa.array(value.null_when, pa.string()))
        text = pc.if_else(nothing, pa.scalar(None, pa.string()), text)
    return text


def mapped(value: Value, text: pa.Array, where: str, frame: Frame, log: Log) -> pa.Array:
    """The text through the value's map, whatever its case; an empty target is null."""
    if value.map is None:
        return text
    encoded = text.dictionary_encode()
    known = [word.casefold() in value.map for word in encoded.dictionary.to_pylist()]
    targets = [
        value.map.get(word.casefold(), word if value.unknown == "keep" else None) or None
        for word in encoded.dictionary.to_pylist()
    ]
    if not all(known):
        codes = encoded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
        strange = ~np.array([*known, True], bool)[codes]
        log.note_rows(frame, strange, "unknown_value", where, text)
        if value.unknown == "quarantine" or frame.mapping.strict:
            log.reject(frame, strange, "not_mapped", where.rpartition(".")[2], text)
    return pa.array(targets, pa.string()).take(encoded.indices)


def _evaluate(value: Value, kind: str, where: str, frame: Frame, log: Log) -> pa.Array:
    if value.latest:
        # As numbers: Arrow compares no instants with a zone element by element.
        found = [
            evaluate(choice, "instant", where, frame, log).cast(pa.int64())
            for choice in value.latest
        ]
        return pc.max_element_wise(*found).cast(INSTANT)
    if kind in ("instant", "date") and value.constant is None:
        instants = _instant(value, where, frame, log)
        return instants if kind == "instant" else instants.cast(pa.date32())
    if value.constant is not None:
        text = pa.repeat(pa.scalar(value.constant, pa.string()), len(frame))
    else:
        text = mapped(value, text_of(value, frame), where, frame, log)
    if kind == "whole":
        return _whole(value, text, where, frame, log)
    if kind == "flag":
        return _flag(value, text, frame, log)
    return text if kind == "text" else _instant(value, where, frame, log, text)


# --- instants --------------------------------------------------------------------------------


def _instant(
    value: Value, where: str, frame: Frame, log: Log, text: pa.Array | None = None
) -> pa.Array:
    formats = value.formats or frame.mapping.formats
    shown = text if text is not None else _source_of(value, frame)
    found = clock.parse(shown, formats)
    present = shown.is_valid().to_numpy(zero_copy_only=False)
    wrong = present & ~found.known
    log.reject(frame, wrong, "impossible_date", value.join.join(value.columns), shown)
    us = found.us
    if value.rolls_after:
        anchor = Value((value.columns[0], value.rolls_after), value.join)
        other = clock.parse(text_of(anchor, frame), formats)
        early = found.known & other.known & (us < other.us - HALF_DAY)
        us = us + early * clock.DAY
    if found.naive.any():
        us = _place(us, found.naive, value, where, frame, log, shown)
    return clock.to_arrow(us, found.known).cast(INSTANT)


def _source_of(value: Value, frame: Frame) -> pa.Array:
    if len(value.columns) == 1 and pa.types.is_timestamp(frame.column(value.columns[0]).type):
        return frame.column(value.columns[0])
    return text_of(value, frame)


def _place(
    us: Whole, naive: Mask, value: Value, where: str, frame: Frame, log: Log, shown: pa.Array
) -> Whole:
    """Local times placed by the value's zone, else the mapping's, else UTC and a finding."""
    zone = value.zone or frame.mapping.zone
    if not zone:
        log.note_rows(frame, naive, "zone_guessed", where, shown)
        return us
    placed = clock.place(us[naive], zone)
    us = us.copy()
    us[naive] = placed.us
    for kind, odd in (("time_twice", placed.twice), ("time_never", placed.never)):
        mask = np.zeros(len(us), bool)
        mask[np.flatnonzero(naive)] = odd
        log.note_rows(frame, mask, kind, where, shown)
    return us


# --- numbers and flags -----------------------------------------------------------------------


def _whole(value: Value, text: pa.Array, where: str, frame: Frame, log: Log) -> pa.Array:
    numbers = _read_whole(value, text, frame, log)
    if where.endswith("_seconds"):
        # A clock that ran backwards: the length is not known, and no row is lost for it.
        negative = pc.less(numbers, 0).fill_null(False)
        odd = negative.to_numpy(zero_copy_only=False)
        log.note_rows(frame, odd, "impossible_order", where, text)
        numbers = pc.if_else(negative, pa.scalar(None, pa.int64()), numbers)
    return numbers


def _read_whole(value: Value, text: pa.Array, frame: Frame, log: Log) -> pa.Array:
    if value.times == 1:
        try:
            return text.cast(pa.int64())
        except pa.ArrowInvalid:
            pass
    encoded = text.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    numbers = pa.array([_number(word, value.times) for word in words], pa.int64())
    found = numbers.take(encoded.indices)
    bad = pc.and_(text.is_valid(), found.is_null()).to_numpy(zero_copy_only=False)
    log.reject(frame, bad, "not_whole", value.join.join(value.columns), text)
    return found


def _number(word: str, times: int) -> int | None:
    try:
        number = Decimal(word) * times
        return int(number) if number == int(number) and abs(number) < 2**63 else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _flag(value: Value, text: pa.Array, frame: Frame, log: Log) -> pa.Array:
    encoded = text.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    found = pa.array([FLAGS.get(word.casefold()) for word in words], pa.bool_())
    found = found.take(encoded.indices)
    bad = pc.and_(text.is_valid(), found.is_null()).to_numpy(zero_copy_only=False)
    log.reject(frame, bad, "not_flag", value.join.join(value.columns), text)
    return found
