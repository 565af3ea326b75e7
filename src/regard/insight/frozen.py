"""Limits that a workspace keeps, in `limits.json`: they stay until somebody asks for others."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from regard.core.errors import BadValue, RegardError
from regard.metrics.query import Query
from regard.stats.control import Limits

LEDGER = "limits.json"


@dataclass(frozen=True)
class Kept:
    """Limits that are kept: of points by `grain` (day or week)."""

    grain: str
    limits: Limits


def kept(workspace: Path, query: Query) -> Kept | None:
    """The limits kept for a query's metric and filters; None where there are none."""
    said = _read(workspace / LEDGER).get(_name(query))
    if said is None:
        return None
    if not isinstance(said, Mapping) or not isinstance(said.get("limits"), Mapping):
        raise BadValue("An entry of limits.json", said, "what `freeze` writes; thaw it")
    return Kept(str(said.get("grain", "day")), Limits.parse(said["limits"]))


def keep(workspace: Path, query: Query, one: Kept) -> None:
    """Keep limits for a query's metric and filters in place of those kept before."""
    book = _read(workspace / LEDGER)
    book[_name(query)] = {"grain": one.grain, "limits": one.limits.to_json()}
    _write(workspace / LEDGER, book)


def thaw(workspace: Path, query: Query | None = None) -> int:
    """Let go of the limits kept for a query's metric and filters, without one of all: how many."""
    path = workspace / LEDGER
    book = _read(path)
    gone = list(book) if query is None else [name for name in book if name == _name(query)]
    if gone:
        _write(path, {name: one for name, one in book.items() if name not in gone})
    return len(gone)


def kept_since(workspace: Path) -> dict[str, tuple[date, date]]:
    """By name of metric and filters, the days that its limits were computed from."""
    found = {}
    for name, said in sorted(_read(workspace / LEDGER).items()):
        limits = Limits.parse(said["limits"])
        found[name] = limits.since, limits.until
    return found


def _name(query: Query) -> str:
    """What tells limits apart: metric, filters, the quantile of a time, whose days are meant."""
    told = [query.metric, *(f"{split}={value}" for split, value in sorted(query.where))]
    told += [f"q={query.quantile:g}"] if query.quantile != 0.5 else []
    told += [f"zone={query.zone}"] if query.zone else []
    return " ".join(told)


def _read(path: Path) -> dict[str, Any]:
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RegardError(
            f"{path} cannot be read: {error}. It keeps control limits; bring it back from a copy, "
            "or delete it to have them computed anew."
        ) from error
    if not isinstance(book, dict):
        raise BadValue(str(path), type(book).__name__, "an object of limits by metric")
    return book


def _write(path: Path, book: Mapping[str, Any]) -> None:
    """All at once: who reads meanwhile reads the old file or the new one, never half of it."""
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        text = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True)
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise RegardError(
            f"{path} cannot be written: {error.strerror or error}. Make the workspace writable."
        ) from error
