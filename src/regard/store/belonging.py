"""What is to be erased, and what of the rows that an engine knows belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from regard.core.privacy import (
    ACCOUNT,
    BY,
    CUSTOMER,
    IDENTITY,
    KIND,
    MESSAGE,
    POINTERS,
    POST,
    VISITOR,
    carriers,
    namers,
    owners,
)
from regard.core.schema import table
from regard.store.marks import Needles, bare_handle, quoted

T = TypeVar("T")
Engine = duckdb.DuckDBPyConnection
Subject = tuple[str, str, str]


@dataclass(frozen=True)
class Gone:
    """What is erased. at: when, as an ISO instant.

    subjects: (source, kind, id) of the customers themselves and of all that is theirs. values:
    ids that are addresses, wherever they stand. needles: addresses looked for in texts.
    addresses: (kind, address) that only they have. since: (source, customer, instant) of those
    who were erased at another time.
    """

    at: str
    subjects: tuple[Subject, ...] = ()
    values: tuple[str, ...] = ()
    needles: Needles = field(default_factory=Needles)
    addresses: tuple[tuple[str, str], ...] = ()
    since: tuple[tuple[str, str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.subjects or self.values or self.needles)

    @property
    def customers(self) -> tuple[tuple[str, str], ...]:
        """The customers among the subjects."""
        return tuple((source, id_) for source, kind, id_ in self.subjects if kind == CUSTOMER)

    def with_more(self, other: "Gone") -> "Gone":
        """This and what else was found of the same customers."""
        needles = Needles(
            *(
                _both(getattr(self.needles, one.name), getattr(other.needles, one.name))
                for one in fields(Needles)
            )
        )
        return Gone(
            self.at,
            _both(self.subjects, other.subjects),
            _both(self.values, other.values),
            needles,
            _both(self.addresses, other.addresses),
            _both(self.since, other.since),
        )


def _both(one: tuple[T, ...], other: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def engine_with(
    subjects: Iterable[Subject],
    since: Iterable[tuple[str, str, str]] = (),
    spill: Path | None = None,
) -> Engine:
    """An engine that knows these subjects as gone.

    spill: the folder for what has no room in memory; None: one in the current folder.
    """
    made = duckdb.connect(config={"temp_directory": str(spill)} if spill else {})
    made.execute("SET TimeZone = 'UTC'")
    made.execute("CREATE TABLE gone (source VARCHAR, kind VARCHAR, id VARCHAR)")
    made.execute("CREATE TABLE since (source VARCHAR, id VARCHAR, since_at VARCHAR)")
    for name, rows in (("gone", list(subjects)), ("since", list(since))):
        if rows:
            columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            made.register("told", pa.table(columns, names=["one", "two", "three"]))
            made.execute(f"INSERT INTO {name} SELECT DISTINCT * FROM told")
            made.unregister("told")
    return made


def gone_subjects(engine: Engine) -> tuple[Subject, ...]:
    """The subjects that the engine knows as gone."""
    return tuple(engine.execute("SELECT * FROM gone ORDER BY ALL").fetchall())


def is_gone(name: str) -> str:
    """SQL for whether a row of a table is somebody's who is gone: by whom it names, else by what
    it belongs to."""
    ways = []
    for kind, columns in owners(name):
        if kind == CUSTOMER:
            continue
        shown = kind if kind in POINTERS else quoted(kind)
        ways.append(f"(source, {shown}, {_id(columns)}) IN (FROM gone)")
    for namer, kind in namers(name):
        if kind.endswith(KIND):
            own = f"(source, '{CUSTOMER}', \"{namer}\") IN (FROM gone)"
            ways.append(f"({kind} = '{CUSTOMER}' AND {own})")
    links = " OR ".join(ways) or "false"
    if any(kind == CUSTOMER for kind, _ in owners(name)):
        own = f"(source, '{CUSTOMER}', \"{BY}\") IN (FROM gone)"
        links = f'CASE WHEN "{BY}" IS NOT NULL THEN {own} ELSE {links} END'
    return f"coalesce({links}, false)"


def spread(engine: Engine, names: Iterable[str]) -> None:
    """From the subjects that are gone to all that is theirs among rows shown as `rows_TABLE`."""
    names = tuple(names)
    there = [name for name in names if name in carriers() or _has_visitors(name)]
    before = -1
    while len(gone_subjects(engine)) != before:
        before = len(gone_subjects(engine))
        for name in there:
            if name in carriers() and name != MESSAGE:
                _gather(engine, name, quoted(name), carriers()[name], is_gone(name))
            if _has_visitors(name) and BY in table(name).schema.names:
                _gather(engine, name, quoted(VISITOR), (VISITOR,), is_gone(name))
            if name == POST:
                _gather_accounts(engine, known=IDENTITY in names)
    if MESSAGE in there:
        # Of all that is said in their tickets the ticket tells; here, what they said in others'.
        own = f"author_kind = '{CUSTOMER}' AND (source, '{CUSTOMER}', author) IN (FROM gone)"
        _gather(engine, MESSAGE, quoted(MESSAGE), carriers()[MESSAGE], f"coalesce({own}, false)")


def _gather(engine: Engine, name: str, kind: str, columns: tuple[str, ...], which: str) -> None:
    engine.execute(
        f"INSERT INTO gone SELECT DISTINCT source, {kind}, {_id(columns)} FROM rows_{name} "
        f"WHERE {which} AND {_id(columns)} IS NOT NULL EXCEPT SELECT * FROM gone"
    )


def _gather_accounts(engine: Engine, *, known: bool) -> None:
    """The accounts from which they post; known: whether there are rows of identities."""
    which = is_gone(POST)
    if known:
        which += (
            f" OR (source, {bare_handle(ACCOUNT)}) IN (SELECT source, {bare_handle('address')} "
            f"FROM rows_{IDENTITY} WHERE kind = 'handle' AND {is_gone(IDENTITY)})"
        )
    theirs = f"coalesce(side, '') NOT IN ('ours', 'competitor') AND ({which})"
    _gather(engine, POST, quoted(ACCOUNT), (ACCOUNT,), theirs)


def _id(columns: tuple[str, ...]) -> str:
    return " || chr(10) || ".join(f'"{name}"' for name in columns)


def _has_visitors(name: str) -> bool:
    return VISITOR in table(name).schema.names
