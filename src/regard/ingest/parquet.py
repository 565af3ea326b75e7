"""Parquet files: instants keep their type, all else is offered as text."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from regard.ingest.batch import Batch, name_columns
from regard.ingest.streams import CHUNK, BadFile, check_width, open_bytes

MAGIC = b"PAR1"
ROWS = 1 << 17


def columns(path: Path) -> tuple[str, ...]:
    """The names of the file's columns."""
    with _opened(path) as file:
        try:
            return name_columns(file.schema_arrow.names)
        except ValueError as error:
            raise damaged(path, error) from None


def read(path: Path) -> Iterator[Batch]:
    """Batches of the file's rows; a row's line is its number, from 1."""
    with _opened(path) as file:
        first = 1
        names = name_columns(file.schema_arrow.names)
        check_width(path, len(names))
        for rows in decoded(path, file, ROWS):
            try:
                offered = [offer(column) for column in rows.columns]
                given = pa.RecordBatch.from_arrays(offered, names=list(names))
            except (ValueError, OverflowError, pa.ArrowException) as error:
                raise damaged(path, error) from None
            yield Batch(given, np.arange(first, first + rows.num_rows, dtype=np.int64))
            first += rows.num_rows


def offer(column: pa.Array) -> pa.Array:
    """The column as text, or as it is where it holds instants."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return offer(column.dictionary_decode())
    if pa.types.is_timestamp(kind) or pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        # A whole number with gaps is stored as a float by some writers: 5, not 5.0.
        whole = [
            None if v is None else str(int(v)) if v == v // 1 else str(v)
            for v in column.to_pylist()
        ]
        return pa.array(whole, pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        texts = [
            None if v is None else json.dumps(v, default=str, ensure_ascii=False)
            for v in column.to_pylist()
        ]
        return pa.array(texts, pa.string())
    return pc.cast(column, pa.string())


def decoded(path: Path, file: pq.ParquetFile, rows: int) -> Iterator[pa.RecordBatch]:
    """The file's rows, so many at once; damaged ones, and text that is none, are a BadFile."""
    try:
        for batch in file.iter_batches(batch_size=rows):
            batch.validate(full=True)
            yield batch
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(path, error) from None


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    """The file, unpacked beside where it is gzip: its footer comes last and must be sought."""
    with open_bytes(path) as stream, tempfile.TemporaryFile() as unpacked:
        if stream.seekable():
            source = stream
        else:
            shutil.copyfileobj(stream, unpacked, CHUNK)
            source = unpacked
        with opened(path, source) as file:
            yield file


@contextmanager
def opened(path: Path, stream: BinaryIO | Path) -> Iterator[pq.ParquetFile]:
    """The Parquet file of a stream; a footer that is none is a BadFile."""
    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged(path, error) from None
    yield file


def damaged(path: Path, error: Exception) -> BadFile:
    """The error of a file that cannot be decoded."""
    said = (str(error).split(".")[0].splitlines() or [type(error).__name__])[0]
    return BadFile(path, f"the Parquet file is damaged or cut off ({said})", "Write it again")
