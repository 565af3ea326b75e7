"""The demo's company as files: one of Parquet a table, and truth.json: what was meant by them."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from regard.core.errors import RegardError
from regard.core.schema import IMPORT_NUMBER, table
from regard.demo.calendars import CALENDARS_TOML, ZONE
from regard.demo.company import SEED, TICKETS, Block, block_count, blocks
from regard.demo.plants import MONTHS, UNTIL, planted
from regard.demo.truth import joined
from regard.demo.world import Truth

TRUTH = "truth.json"
CALENDARS = "calendars.toml"
Told = Callable[[int, int], None]
"""Called with how many blocks are written, out of how many."""


@dataclass(frozen=True)
class Recipe:
    """From what a company is made: the same recipe, the same bytes."""

    seed: int = SEED
    tickets: int = TICKETS
    months: int = MONTHS
    until: date = UNTIL
    without: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """The company, a block at a time."""
        return blocks(self.seed, self.tickets, self.months, self.until, self.without)


@dataclass
class _Written:
    """What has been written so far: open files, rows and counts, keys of undivided tables."""

    folder: Path
    files: ExitStack
    writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    keys: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    truth: Truth = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Write the rows of a block as one group of rows of each file."""
        for name, found in block.tables.items():
            kept = self._first_of_each(name, found).drop_columns([IMPORT_NUMBER.name])
            self.rows[name] = self.rows.get(name, 0) + kept.num_rows
            self._writer(name, kept.schema).write_table(kept)
        self.truth = joined([self.truth, block.truth])

    def _writer(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        if name not in self.writers:
            path = self.folder / f"{name}.parquet"
            opened = pq.ParquetWriter(path, schema, compression="zstd")
            self.writers[name] = self.files.enter_context(opened)
        return self.writers[name]

    def _first_of_each(self, name: str, found: pa.Table) -> pa.Table:
        """Without the rows of an undivided table that another block named alike."""
        described = table(name)
        if described.bucket is not None:
            return found
        seen = self.keys.setdefault(name, set())
        keys = [tuple(row.values()) for row in found.select(described.key).to_pylist()]
        fresh = [key not in seen for key in keys]
        seen.update(keys)
        return found.filter(pa.array(fresh, pa.bool_()))


def write_company(folder: Path, recipe: Recipe, told: Told = lambda _done, _of: None) -> None:
    """Write TABLE.parquet for every table, truth.json and calendars.toml into a new folder.

    The folder appears whole or not at all; one with something in it is an error. The memory that
    it takes is that of one block, however large the company.
    """
    _check(folder)
    count = block_count(recipe.tickets, recipe.months)
    with _drafted(folder) as draft:
        with ExitStack() as files:
            written = _Written(draft, files)
            for number, block in enumerate(recipe.blocks()):
                told(number, count)
                written.take(block)
        told(count, count)
        (draft / CALENDARS).write_text(CALENDARS_TOML, encoding="utf-8")
        said = json.dumps(_document(recipe, written), indent=1, ensure_ascii=False)
        (draft / TRUTH).write_text(said + "\n", encoding="utf-8")


def _check(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise RegardError(f"{folder} is a file. Name a folder that is not there yet.")
    if folder.exists() and any(folder.iterdir()):
        raise RegardError(f"{folder} is not empty. Name a folder that is not there yet.")


@contextmanager
def _drafted(folder: Path) -> Iterator[Path]:
    """A folder beside, which takes the name in the end; drafts of runs that were cut off go."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for former in folder.parent.glob(f".{folder.name}.*.draft"):
        if not _runs(former.suffixes[-2]):
            shutil.rmtree(former, ignore_errors=True)
    draft = folder.parent / f".{folder.name}.{os.getpid()}.draft"
    draft.mkdir()
    try:
        yield draft
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _runs(suffix: str) -> bool:
    """Whether the process of a draft's name is still there."""
    try:
        os.kill(int(suffix.lstrip(".")), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def _document(recipe: Recipe, written: _Written) -> Mapping[str, Any]:
    """What truth.json holds: the recipe, the plants, the rows of each table, the counts meant."""
    plants = planted(recipe.months, recipe.until, recipe.without)
    return {
        "seed": recipe.seed,
        "tickets": recipe.tickets,
        "months": recipe.months,
        "until": recipe.until.isoformat(),
        "zone": ZONE,
        "without": list(recipe.without),
        "plants": [_plain(asdict(found)) for found in plants],
        "rows": dict(sorted(written.rows.items())),
        "counts": {name: dict(sorted(told.items())) for name, told in written.truth.items()},
    }


def _plain(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
    }


def names_of(without: Sequence[str]) -> tuple[str, ...]:
    """Names said as `surge,seed001`, any number of times."""
    parts = (part.strip() for text in without for part in text.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
