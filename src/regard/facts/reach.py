"""What a change reaches of a fact that is divided by whose its rows are, and computing that part.

Such a fact (`Fact.whose`) reads those of other subjects: a contact is of a person, who is found
over all sources. Its `reach` says whose rows may differ from the stored ones, before and now; all
rows of these are made anew, from only what they are made of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa
from ibis.expr.types import Table as Relation

from regard.core.schema import table, tables
from regard.facts.compute import Giving, sql_of
from regard.facts.fact import Fact, fact
from regard.store.snapshot import Snapshot, in_memory


@dataclass(frozen=True)
class Changes:
    """What imports after number `since` changed.

    apart: customers never joined with others. subjects: by fact that was built since, the
    (`source`, id of its bucket) whose rows may differ.
    """

    snapshot: Snapshot
    since: int
    apart: Sequence[str]
    subjects: Mapping[str, pa.Table]

    def fresh(self, name: str) -> Relation:
        """The rows of an event table that are new or changed, as they are now."""
        rows = self.snapshot.table(name)
        return rows.filter(rows.import_number > self.since)

    def of(self, name: str) -> Relation:
        """The subjects of a fact whose rows may differ."""
        return in_memory(self.subjects[name])


@dataclass(frozen=True)
class Reach:
    """The rows of a fact that are made anew: all of these owners, and of nobody those named.

    owners: one column, as `Fact.whose` says. alone: the columns that name a row.
    """

    owners: pa.Table
    alone: pa.Table

    def of(self, rows: Relation) -> Relation:
        """Those of the rows that are reached."""
        owners, alone = in_memory(self.owners), in_memory(self.alone)
        whose = self.owners.column_names
        others = rows.semi_join(alone, self.alone.column_names).anti_join(owners, whose)
        return ibis.union(rows.semi_join(owners, whose), others)


Finder = Callable[
    [Changes, Mapping[str, Relation], Relation], tuple[Reach, dict[str, Relation]] | None
]
"""`Fact.reach`: it takes what changed, what the fact is given, and the fact as it is stored. It
gives what is reached, with as much of what was given as that is made of; None: too much."""


def changes_of(
    snapshot: Snapshot,
    group: Sequence[Fact],
    since: int,
    apart: Sequence[str],
    subjects: Mapping[str, Callable[[], pa.Table | None]],
) -> Changes | None:
    """What changed of what some facts read; None where that may be anything.

    subjects: by fact, what finds the subjects that changed; of one that is not there, none did.
    """
    mine = {one.name for one in group}
    found = {}
    for name in sorted({name for one in group for name in one.reads} - mine):
        if name not in tables():
            told = subjects[name]() if name in subjects else _nobody(fact(name))
            if told is None:
                return None
            found[name] = told
        elif table(name).bucket is None:
            rows = snapshot.table(name)
            if rows.filter(rows.import_number > since).count().to_pyarrow().as_py():
                return None
    return Changes(snapshot, since, apart, found)


def differing(snapshot: Snapshot, one: Fact, version: int) -> pa.Table:
    """The subjects of which a fact has other rows in a version than in that of the snapshot."""
    old = snapshot.fact(one.name, one.schema)
    new = snapshot.fact_at(one.name, version, one.schema)
    both = ibis.union(ibis.difference(old, new), ibis.difference(new, old))
    found = both.select("source", one.bucket).distinct().to_pyarrow()
    return found.cast(_nobody(one).schema)


def compute_part(
    snapshot: Snapshot, group: Sequence[Fact], giving: Giving, changes: Changes
) -> tuple[Reach, dict[str, Relation]] | None:
    """What changes reach of some facts, and these rows by fact; None where it is too much.

    Only the first of the facts may have a `reach`. giving: as `compute.given_by` makes it.
    """
    reach, made = None, dict[str, Relation]()
    for one in group:
        given = giving(one, made)
        if one.reach is not None:
            finder: Finder = one.reach
            found = finder(changes, given, snapshot.fact(one.name, one.schema))
            if found is None:
                return None
            reach, given = found
        assert reach is not None, f"what reaches {one.name}?"
        around = snapshot.show_sql(f"around_{one.name}", sql_of(snapshot, one, given), one.schema)
        made[one.name] = held(snapshot, f"built_{one.name}", reach.of(around), one.schema)
    return None if reach is None else (reach, made)


def differing_part(
    snapshot: Snapshot, one: Fact, reach: Reach, made: Relation
) -> tuple[Relation, pa.Table]:
    """The rows made that are not stored so, and the keys of stored ones that are to go.

    Most rows of whom a change reaches stay as they are: they are not written again.
    """
    stored = snapshot.fact(one.name, one.schema)
    whose = [*one.key, *(name for name in reach.owners.column_names if name not in one.key)]
    keys = held(
        snapshot,
        f"reached_{one.name}",
        reach.of(stored.select(*whose)).select(*one.key),
        pa.schema([one.schema.field(name) for name in one.key]),
    )
    former = held(snapshot, f"former_{one.name}", stored.semi_join(keys, list(one.key)), one.schema)
    fresh = held(snapshot, f"fresh_{one.name}", ibis.difference(made, former), one.schema)
    gone = ibis.difference(former, made).select(*one.key).to_pyarrow()
    return fresh, gone


def held(snapshot: Snapshot, name: str, rows: Relation, schema: pa.Schema) -> Relation:
    """Rows computed once and held under a name."""
    return snapshot.hold_sql(name, snapshot.compiled(rows), schema)


def _nobody(one: Fact) -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in ("source", one.bucket)})
