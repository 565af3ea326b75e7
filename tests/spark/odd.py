"""Rows as nobody would write them: what a good source brings, changed here and there by chance."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa

from regard.core.schema import Column, Table, table

SOURCE = "odd"
MICROS = 1_000_000
WORDS = (
    "",
    " ",
    "\f \v\ta\r\n",
    "a'b\"c\\d%_",
    "ÄÖÜß straße",
    "Ärger;Ärger; ärger",
    "日本語 🙂",
    "\u0130stanbul",
    "ΟΔΟΣ",
    "e\u0301 é",
    "\u00a0x\u00a0",
    "Zz",
    "zZ",
    "0012",
    "NULL",
)
INSTANTS = (
    datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
)
COMMON = ("calendar",)
"""What two sources may not say differently."""
LONG = ("shift", "agent_state")
"""What is cut into hours and days: a stretch of many years would make millions of rows."""
WHOLES = (0, -1, 1, 7, -7, 2**31, 10**9)


def odd(rows: Mapping[str, pa.Table], seed: int, share: float = 0.03) -> dict[str, pa.Table]:
    """The rows under a source of their own, that share of all values that name nothing changed.

    Instants get a part of a second besides, so that none is whole, and some are the same.
    """
    chance = Random(seed)
    kept = {name: each for name, each in rows.items() if name not in COMMON}
    return {name: _odd(table(name), each, chance, share) for name, each in kept.items()}


def _odd(declared: Table, rows: pa.Table, chance: Random, share: float) -> pa.Table:
    columns = {"source": pa.array([SOURCE] * rows.num_rows, pa.string())}
    for column in declared.own_columns:
        values = rows[column.name].to_pylist()
        if column.name not in declared.identity:
            # Without its instant no row comes in.
            kept = column.name == declared.at
            kept |= column.kind == "instant" and declared.name in LONG
            values = list(_changed(column, values, chance, 0 if kept else share))
        columns[column.name] = pa.array(values, column.type)
    for name in ("updated_at", "import_number"):
        columns[name] = rows[name].combine_chunks()
    return pa.table(columns, schema=declared.schema)


def _changed(column: Column, values: list[Any], chance: Random, share: float) -> Iterator[Any]:
    for value in values:
        if chance.random() >= share:
            yield _finer(value, chance) if column.kind == "instant" else value
        elif chance.random() < 0.5:
            yield None
        elif column.kind == "text":
            yield chance.choice([*WORDS, *(one for one in values[:20] if one is not None)])
        elif column.kind == "instant":
            yield chance.choice([*INSTANTS, *values[:20]])
        elif column.kind == "whole":
            yield chance.choice(WHOLES)
        else:
            yield chance.choice(values)


def _finer(value: datetime | None, chance: Random) -> datetime | None:
    if value is None or chance.random() < 0.5:
        return value
    return value + timedelta(microseconds=chance.randrange(MICROS))
