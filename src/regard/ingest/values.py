"""Values of the event model from columns of a file, a whole column at a time."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import INSTANT, KINDS
from regard.ingest import clock
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log, holds
from regard.ingest.mapping import Choice, Value
from regard.ingest.numbers import number_of, whole

FLAGS = {
    "true": True, "yes": True, "y": True, "1": True, "t": True,
    "false": False, "no": False, "n": False, "0": False, "f": False,
    "tak": True, "nie": False, "ya": True, "tidak": False,
    "да": True, "не": False, "نعم": True, "لا": False,
}  # fmt: skip
"""Words for yes and no in the five languages, in small letters."""
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
    text = None
    if value.object:
        text = _object(value, frame)
    elif value.constant is not None:
        text = pa.repeat(pa.scalar(value.constant, pa.string()), len(frame))
    elif kind not in ("instant", "date"):
        text = mapped(value, text_of(value, frame), where, frame, log)
    if kind == "whole":
        return whole(value, text, where, frame, log)
    if kind == "flag":
        return _flag(value, text, frame, log)
    if kind == "text":
        return text
    instants = _instant(value, where, frame, log, text)
    return instants if kind == "instant" else instants.cast(pa.date32())


def _object(value: Value, frame: Frame) -> pa.Array:
    """A JSON object a row of what its columns say; null where none says anything."""
    columns = [frame.text(name).to_pylist() for name in value.object.values()]
    said = []
    for row in zip(*columns, strict=True):
        found = {name: one for name, one in zip(value.object, row, strict=True) if one is not None}
        said.append(json.dumps(found, ensure_ascii=False, sort_keys=True) if found else None)
    return pa.array(said, pa.string())


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
    if value.months:
        counts = number_of(value.months, frame)
        unsaid = found.known & counts.is_null().to_numpy(zero_copy_only=False)
        log.reject(frame, unsaid, "missing_value", value.months, frame.text(value.months))
        months = counts.fill_null(0).to_numpy(zero_copy_only=False)
        us = clock.move(us, -months if value.back else months, value.even)
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


# --- flags -----------------------------------------------------------------------------------


def _flag(value: Value, text: pa.Array, frame: Frame, log: Log) -> pa.Array:
    encoded = text.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    found = pa.array([FLAGS.get(word.casefold()) for word in words], pa.bool_())
    found = found.take(encoded.indices)
    bad = pc.and_(text.is_valid(), found.is_null()).to_numpy(zero_copy_only=False)
    log.reject(frame, bad, "not_flag", value.join.join(value.columns), text)
    return found
