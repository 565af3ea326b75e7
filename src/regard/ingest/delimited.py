"""CSV and its kin: a fast path for clean files, a careful one that finds broken rows."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from regard.core.i18n import N_
from regard.ingest.batch import ROWS, Batch, Whole, pack
from regard.ingest.parcel import Reject
from regard.ingest.streams import CHUNK, LINE_LIMIT, Checked

BLOCK = 2 * CHUNK
"""Arrow reads dozens of blocks ahead. A row longer than a block goes the careful way."""
LINES_IN_ROW = 200
"""A quoted value over more lines than these is taken for a stray quote."""
WRONG_COUNT = N_("the row has {found} fields where the header has {wanted}")
STRAY_QUOTE = N_("a quote is opened and not closed where it should be")


class CareNeededError(Exception):
    """Line ends within quotes: rows and lines differ, and a quote may be a stray one."""


@dataclass(frozen=True)
class Layout:
    """How the file is written. header: how many lines stand before its rows."""

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    header: int


def read(layout: Layout) -> Iterator[Batch]:
    """Batches of the rows after the header; broken rows become rejects.

    The fast path gives way to the careful one at the first value that runs over lines, from the
    line after the last one given.
    """
    done = layout.header
    try:
        for batch in _read_fast(layout):
            yield batch
            done = max([done, *batch.lines[-1:].tolist(), *(r.line for r in batch.rejects)])
    except CareNeededError:
        yield from _read_carefully(layout, done)


# --- fast ------------------------------------------------------------------------------------


def _read_fast(layout: Layout) -> Iterator[Batch]:
    broken: list[Reject] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        broken.append(_reject(layout, layout.header + row.number, row.actual_columns, row.text))
        return "skip"

    with Checked(layout.path, layout.encoding) as stream:
        stream.skip_lines(layout.header)
        line = layout.header
        for rows in _parse(stream, layout, skip):
            if any(_runs_over_lines(column) for column in rows.columns) or any(
                "\n" in reject.value or "\r" in reject.value for reject in broken
            ):
                raise CareNeededError
            lines = _place(rows.num_rows, line, broken)
            line = int(lines[-1]) if len(lines) else line
            passed = [reject for reject in broken if reject.line < line]
            del broken[: len(passed)]
            yield _without_blank(rows, lines, passed)
        if any("\n" in reject.value for reject in broken):
            raise CareNeededError
        if broken:
            empty = pa.RecordBatch.from_pylist([], _schema(layout))
            yield Batch(empty, np.array([], np.int64), tuple(broken))


def _schema(layout: Layout) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in layout.names])


def _parse(stream: Checked, layout: Layout, skip: object) -> Iterator[pa.RecordBatch]:
    try:
        reader = arrow_csv.open_csv(
            pa.PythonFile(stream, mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=list(layout.names)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=_schema(layout), check_utf8=False
            ),
        )
        yield from reader
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise CareNeededError from None


def _place(count: int, line: int, broken: list[Reject]) -> Whole:
    """The lines of the next `count` good rows: those after `line` that are not broken."""
    if not broken:
        return np.arange(line + 1, line + 1 + count, dtype=np.int64)
    possible = np.arange(line + 1, line + 1 + count + len(broken), dtype=np.int64)
    taken = np.array([reject.line for reject in broken], np.int64)
    return np.setdiff1d(possible, taken, assume_unique=True)[:count]


def _runs_over_lines(column: pa.Array) -> bool:
    content = column.buffers()[2]
    if content is None:
        return False
    signs = np.frombuffer(content, np.uint8)
    return bool(((signs == 10) | (signs == 13)).any())


def _without_blank(rows: pa.RecordBatch, lines: Whole, rejects: list[Reject]) -> Batch:
    blank = pc.equal(rows.column(0), "")
    if pc.any(blank).as_py():
        for column in rows.columns[1:]:
            blank = pc.and_(blank, pc.equal(column, ""))
        full = pc.invert(blank)
        rows, lines = rows.filter(full), lines[full.to_numpy(zero_copy_only=False)]
    return Batch(rows, lines, tuple(rejects))


# --- careful ---------------------------------------------------------------------------------


@dataclass
class _Lines:
    """The lines of a text, which can be put back; `taken` are those of the row being read."""

    file: io.TextIOBase
    number: int
    taken: list[str] = field(default_factory=list)
    waiting: deque[str] = field(default_factory=deque)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) > LINES_IN_ROW:
            raise CareNeededError
        text = self.waiting.popleft() if self.waiting else next(self.file)
        self.taken.append(text)
        return text

    def keep_first(self) -> int:
        """Done with the row's first line, whose number this is; put the others back."""
        self.waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        return self.pass_on()

    def pass_on(self) -> int:
        """Done with the row, whose first line's number this is."""
        first = self.number
        self.number += len(self.taken)
        self.taken.clear()
        return first


def _read_carefully(layout: Layout, done: int) -> Iterator[Batch]:
    csv.field_size_limit(LINE_LIMIT)
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    rejects: list[Reject] = []
    with Checked(layout.path, layout.encoding) as stream:
        stream.skip_lines(done)
        text = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline=None)
        for line, row in _split(_Lines(text, done + 1), layout):
            if isinstance(row, Reject):
                rejects.append(row)
            else:
                rows.append(row)
                lines.append(line)
            if len(rows) + len(rejects) >= ROWS:
                yield pack(rows, lines, rejects)
                rows, lines, rejects = [], [], []
    if rows or rejects:
        yield pack(rows, lines, rejects)


def _split(lines: _Lines, layout: Layout) -> Iterator[tuple[int, dict[str, str] | Reject]]:
    reader = _reader(lines, layout)
    while True:
        try:
            fields: list[str] | None = next(reader)
        except StopIteration:
            return
        except (CareNeededError, csv.Error):
            fields = None
            reader = _reader(lines, layout)
        if fields is None or (len(lines.taken) > 1 and _swallows(fields, lines.taken, layout)):
            # A quote out of place: judge the first line alone, and read on after it.
            fields, text = _read_alone(lines.taken[0], layout), lines.taken[0]
            number = lines.keep_first()
        else:
            text = "".join(lines.taken)
            number = lines.pass_on()
        if fields is not None and len(fields) == len(layout.names):
            yield number, dict(zip(layout.names, fields, strict=True))
        elif fields is None or text.strip("\r\n"):
            yield number, _reject(layout, number, len(fields or ()), text)


def _reader(lines: Iterable[str], layout: Layout, strict: bool = True) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=layout.delimiter, strict=strict)


def _read_alone(line: str, layout: Layout) -> list[str] | None:
    """The fields of a line read leniently; None where it leaves a quote open."""
    lines = iter([line, "\n"])
    fields = next(_reader(lines, layout, strict=False), [])
    return fields if next(lines, None) else None


def _swallows(fields: list[str], taken: list[str], layout: Layout) -> bool:
    """Whether a quoted value swallowed whole rows: most of its inner lines are rows."""
    wanted = len(layout.names)
    alone = (_read_alone(line, layout) for line in taken[1:])
    share = sum(found is not None and len(found) == wanted for found in alone) / len(taken[1:])
    return share >= (0.5 if len(fields) != wanted else 0.8) and wanted > 2


def _reject(layout: Layout, line: int, found: int, text: str) -> Reject:
    """A line that is no row: kept as it stands under the empty name."""
    text = text.rstrip("\r\n")
    reason = WRONG_COUNT.format(found=found, wanted=len(layout.names)) if found else STRAY_QUOTE
    return Reject(line, reason, "", text, {"": text})
