"""The rows being translated: their columns as text, and what was wrong or odd with them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.i18n import N_
from regard.ingest.batch import Mask, Whole, plain_of, raw_row
from regard.ingest.mapping import CELL, NAME, NUMBER, Condition, FileMap
from regard.ingest.parcel import Finding, Reject

REASONS = {
    "impossible_date": N_("'{value}' is not an instant in a format of the mapping, 1970 to 2100"),
    "not_whole": N_("'{value}' is not a whole number"),
    "not_flag": N_("'{value}' is neither yes nor no"),
    "not_mapped": N_("{column} '{value}' is not in the value map"),
    "no_case": N_("the row does not say its case"),
    "no_instant": N_("the row does not say when it happened"),
    "no_identity": N_("the row has no {column}, which names it"),
    "missing_value": N_("the row does not say its {column}"),
    "out_of_range": N_("{column} '{value}' lies outside of what is possible"),
    "bad_target": N_("'{value}' is no target of service: minutes, and whether in opening hours"),
    "not_minutes": N_("'{value}' and its end are no minutes of a week"),
}


@dataclass
class Frame:
    """Rows with their lines. at: their positions among all rows of the file or batch."""

    rows: pa.Table
    lines: Whole
    mapping: FileMap
    at: Whole
    texts: dict[str, pa.Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def column(self, name: str) -> pa.Array:
        """A column as read: text, or instants of Parquet; one that is not there is null."""
        if name not in self.rows.schema.names:
            return pa.nulls(len(self), pa.string())
        column = self.rows.column(name)
        return column if isinstance(column, pa.Array) else column.combine_chunks()

    def text(self, name: str) -> pa.Array:
        """A column as text without blanks around; what the mapping calls missing is null."""
        if name not in self.texts:
            column = self.column(name)
            if not pa.types.is_string(column.type):
                column = column.cast(pa.string())
            trimmed = pc.utf8_trim_whitespace(column)
            missing = pc.is_in(trimmed, pa.array(self.mapping.missing, pa.string()))
            self.texts[name] = pc.if_else(missing, pa.scalar(None, pa.string()), trimmed)
        return self.texts[name]

    def where(self, mask: Mask) -> "Frame":
        """The rows where the mask holds."""
        if mask.all():
            return self
        kept = pa.array(mask)
        texts = {name: column.filter(kept) for name, column in self.texts.items()}
        return Frame(self.rows.filter(kept), self.lines[mask], self.mapping, self.at[mask], texts)

    def each(self, names: Sequence[str]) -> "Frame":
        """A row for every cell of these columns that says something: see `Block.each`."""
        parts, lines, at = [], [], []
        for name in names:
            text = self.text(name)
            full = text.is_valid()
            kept = full.to_numpy(zero_copy_only=False)
            rows = pa.table(self.rows).filter(full)
            rows = rows.append_column(NAME, pa.repeat(pa.scalar(name), rows.num_rows))
            parts.append(rows.append_column(CELL, text.filter(full)))
            lines.append(self.lines[kept])
            at.append(self.at[kept])
        joined = pa.concat_tables(parts)
        return Frame(joined, np.concatenate(lines), self.mapping, np.concatenate(at))


def number(frame: Frame, names: Sequence[str]) -> Frame:
    """The rows with NUMBER: the how-manieth each is of those with the same in these columns.

    Rows that carry their number already, as those kept from a file do, keep it.
    """
    if NUMBER in frame.rows.schema.names or not len(frame):
        return frame
    texts = [frame.text(name).fill_null("") for name in names]
    same = pc.binary_join_element_wise(*texts, "\x1f").dictionary_encode().indices.to_numpy()
    order = np.argsort(same, kind="stable")
    starts = np.flatnonzero(np.diff(same[order], prepend=-1))
    sizes = np.diff([*starts, len(order)])
    counted = np.empty(len(order), np.int64)
    counted[order] = np.arange(len(order)) - np.repeat(starts, sizes) + 1
    column = pa.array(counted).cast(pa.string())
    rows = pa.table(frame.rows).append_column(NUMBER, column)
    return Frame(rows, frame.lines, frame.mapping, frame.at)


@dataclass
class Log:
    """What was wrong (by row: the first reason counts) and what was odd."""

    wrong: dict[int, tuple[str, str, str, str]] = field(default_factory=dict)
    odd: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def reject(self, frame: Frame, bad: Mask, kind: str, column: str, shown: pa.Array) -> None:
        """Put aside the rows where `bad` holds, for a reason of REASONS."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        values = shown.take(pa.array(rows))
        for at, scalar in zip(frame.at[rows].tolist(), values, strict=True):
            value = plain_of(scalar)
            text = "" if value is None else str(value)
            self.wrong.setdefault(at, (kind, *_say(kind, column, text)))

    def note(self, kind: str, where: str, count: int, example: str) -> None:
        """Count something odd."""
        if count:
            before, first = self.odd.get((kind, where), (0, example))
            self.odd[kind, where] = (before + count, first)

    def note_rows(self, frame: Frame, odd: Mask, kind: str, where: str, shown: pa.Array) -> None:
        """Count the rows where `odd` holds, with the first as the example."""
        rows = np.flatnonzero(odd)
        if len(rows):
            example = f"line {frame.lines[rows[0]]}: {plain_of(shown[int(rows[0])])}"
            self.note(kind, where, len(rows), example)

    def take_odd(self, other: "Log") -> None:
        """Count what another log found odd."""
        for (kind, where), (count, example) in other.odd.items():
            self.note(kind, where, count, example)

    def good(self, frame: Frame) -> Mask:
        """The rows of the frame that were not put aside."""
        good = np.ones(len(frame), bool)
        if self.wrong:
            good = ~np.isin(frame.at, np.fromiter(self.wrong, np.int64, len(self.wrong)))
        return good

    def rejects(self, frame: Frame) -> tuple[Reject, ...]:
        """The rows put aside, whole; the frame must be the one whose positions were logged."""
        first = int(frame.at[0]) if len(frame) else 0
        return tuple(
            Reject(
                int(frame.lines[at - first]),
                reason,
                column,
                value,
                raw_row(frame.rows, at - first),
                kind,
            )
            for at, (kind, reason, column, value) in sorted(self.wrong.items())
        )

    def findings(self) -> tuple[Finding, ...]:
        """What was odd."""
        return tuple(
            Finding(kind, count, example, where)
            for (kind, where), (count, example) in sorted(self.odd.items())
        )


def holds(conditions: tuple[Condition, ...], frame: Frame) -> Mask:
    """Where all conditions hold."""
    mask = np.ones(len(frame), bool)
    for condition in conditions:
        mask &= _holds(condition, frame.text(condition.column))
    return mask


def _holds(condition: Condition, text: pa.Array) -> Mask:
    """Judged once for each different text; a number is compared as one, no number as false."""
    encoded = text.dictionary_encode()
    verdicts = [_judge(condition, value) for value in encoded.dictionary.to_pylist()]
    verdicts.append(_judge(condition, None))
    codes = encoded.indices.fill_null(len(verdicts) - 1).to_numpy(zero_copy_only=False)
    mask: Mask = np.array(verdicts, bool)[codes]
    return mask


def _judge(condition: Condition, text: str | None) -> bool:
    if condition.missing is not None and condition.missing != (text is None):
        return False
    if condition.among and text not in condition.among:
        return False
    if condition.not_among and text in condition.not_among:
        return False
    if condition.above is not None and not (_number(text) > condition.above):
        return False
    if condition.below is not None and not (_number(text) < condition.below):
        return False
    return not condition.matches or (
        text is not None and re.search(condition.matches, text) is not None
    )


def _say(kind: str, column: str, value: str) -> tuple[str, str, str]:
    """The reason as a sentence, the column and the value."""
    return REASONS[kind].format(column=column, value=value), column, value


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
