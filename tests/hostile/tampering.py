"""Parquet made hostile from within: whole files whose columns are not of the type wanted."""

import io
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hostile.mutations import ODD_FIELDS, mutate

LEAST, MOST = -(2**63), 2**63 - 1
Fill = Callable[[int, Random], pa.Array]


def tamper(content: bytes, seed: int) -> tuple[str, bytes]:
    """A Parquet file with other columns, or with other bytes: what was done, and what came out."""
    random = Random(seed)
    if random.random() < 0.4:
        return mutate(content, seed)
    table = pq.read_table(io.BytesIO(content))
    named = []
    for _ in range(random.choice((1, 1, 2, 4))):
        name, table = _change(table, random)
        named.append(name)
    try:
        return "+".join(named), _written(table)
    except pa.ArrowInvalid:
        # Some instants cannot even be written; bytes can always be changed.
        return mutate(content, seed)


def _change(table: pa.Table, random: Random) -> tuple[str, pa.Table]:
    at = random.randrange(table.num_columns) if table.num_columns else 0
    how = random.randrange(10)
    if not table.num_columns or how == 0:
        rows = table.num_rows
        return "add", table.append_column(random.choice(ODD_FIELDS[:3]), pa.array([1] * rows))
    if how == 1:
        return "remove", table.remove_column(at)
    if how == 2:
        names = list(table.column_names)
        names[at] = random.choice((random.choice(names), "", "a" * 1000, "\u202e", "id\n"))
        return "rename", table.rename_columns(names)
    if how == 3:
        return "double", pa.concat_tables([table, table])
    if how == 4:
        return "empty", table.slice(0, 0)
    kind = random.choice(list(FILLS))
    filled = FILLS[kind](table.num_rows, random)
    return kind, table.set_column(at, table.column_names[at], filled)


def _written(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def _of(kind: pa.DataType, *values: Any) -> Fill:
    def fill(rows: int, random: Random) -> pa.Array:
        return pa.array([random.choice((None, *values)) for _ in range(rows)], kind)

    return fill


def _times(kind: pa.DataType) -> Fill:
    def fill(rows: int, random: Random) -> pa.Array:
        odd = (LEAST, MOST, 0, -1, -62_135_596_800, 253_402_300_800, 10**15, None)
        return pa.array([random.choice(odd) for _ in range(rows)], pa.int64()).view(kind)

    return fill


def _coded(rows: int, random: Random) -> pa.Array:
    return pa.array([random.choice(ODD_FIELDS[:20]) for _ in range(rows)]).dictionary_encode()


FILLS: dict[str, Fill] = {
    "text": _of(pa.string(), *(one for one in ODD_FIELDS if len(one) < 6000)),
    "large text": _of(pa.large_string(), "a", "", "\0"),
    "whole": _of(pa.int64(), LEAST, MOST, 0, -1),
    "unsigned": _of(pa.uint64(), 2**64 - 1, 0),
    "small": _of(pa.int8(), -128, 127),
    "float": _of(pa.float64(), float("nan"), float("inf"), -float("inf"), 1e308, -0.0, 5e-324),
    "half": _of(pa.float32(), float("nan"), 3e38, 1.5),
    "decimal": _of(pa.decimal128(38, 10), Decimal("9" * 28), Decimal("-0.0000000001")),
    "flag": _of(pa.bool_(), True, False),
    "binary": _of(pa.binary(), b"\xff\xfe", b"\0", b""),
    "fixed": _of(pa.binary(3), b"\xff\xfe\0"),
    "list": _of(pa.list_(pa.string()), [], ["a", None], ["\0"]),
    "deep": _of(pa.list_(pa.list_(pa.float64())), [], [[float("nan")], None]),
    "struct": _of(pa.struct([("a", pa.int64()), ("b", pa.binary())]), {"a": 1, "b": b"\xff"}),
    "map": _of(pa.map_(pa.string(), pa.int64()), [("a", 1)], []),
    "day": _of(pa.date32(), -719_163, 2_932_897, 2**31 - 1, -(2**31)),
    "seconds": _times(pa.timestamp("s", "UTC")),
    "millis": _times(pa.timestamp("ms")),
    "micros": _times(pa.timestamp("us", "UTC")),
    "micros here": _times(pa.timestamp("us", "Asia/Tehran")),
    "nanos": _times(pa.timestamp("ns")),
    "clock": _of(pa.time64("us"), 0, 86_399_999_999),
    "length": _times(pa.duration("us")),
    "null": lambda rows, _random: pa.nulls(rows),
    "coded": _coded,
}
"""Columns of a type by its name, with what is hard to take."""
