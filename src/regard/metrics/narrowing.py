"""Relations in the columns that they need: the others are left out where they come from.

A fact has up to eighty columns. Ibis names each of them in every step, and an engine looks all of
them up again, for every statement. What is not known here keeps all of its columns.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.operations as ops
from ibis.expr.types import Table as Relation

Needed = Iterable[tuple[ops.Relation, Iterable[str]]]
HANDING_ON = (ops.Limit, ops.Reference, ops.AliasedRelation)
"""What hands on the columns of what it is made of under the same names."""
OF_COLUMNS = (ops.Project, ops.Aggregate, ops.JoinChain, ops.DatabaseTable, ops.DropColumns)
"""What must have some column, though none is asked of it: its rows may be counted."""


def narrowed(rows: Relation, names: Iterable[str] | None = None) -> Relation:
    """The same rows, made of the columns alone that `names` of them need (None: all of them)."""
    op = rows.op()
    wanted = _wanted(op, tuple(rows.columns if names is None else names))
    made: Relation = _Narrowing(wanted).relation(op).to_expr()
    if names is None or tuple(made.columns) == tuple(names):
        return made
    return made.select(*(name for name in rows.columns if name in set(names)))


def columns_needed(rows: Relation, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """By the name of each table that the engine has: its columns that some columns here need."""
    told: dict[str, frozenset[str]] = {}
    for op, held in _wanted(rows.op(), names).items():
        if isinstance(op, ops.DatabaseTable):
            told[op.name] = told.get(op.name, frozenset()) | frozenset(held)
    return told


def _wanted(root: ops.Relation, names: Iterable[str]) -> dict[ops.Relation, set[str]]:
    """By relation, the columns of it that are needed."""
    found: dict[ops.Relation, set[str]] = {}
    pending: list[tuple[ops.Relation, Iterable[str]]] = [(root, names)]
    while pending:
        op, asked = pending.pop()
        held = found.get(op)
        new = set(asked) - (held or set())
        if held is None:
            held = found[op] = set()
            new |= _always(op)
            if not new and isinstance(op, OF_COLUMNS):
                new = set(_names(op)[:1])
        elif not new:
            continue
        held |= new
        pending.extend(_of_parents(op, new))
    return found


def _always(op: ops.Relation) -> set[str]:
    """The columns that make how many rows there are."""
    if not isinstance(op, ops.Project):
        return set()
    return {name for name, value in op.values.items() if _has_unnest(value)}


def _names(op: Any) -> list[str]:
    return list(op.schema.names)


def _has_unnest(value: Any) -> bool:
    return isinstance(value, ops.Unnest) or bool(value.find(ops.Unnest, filter=ops.Value))


def _of_parents(op: ops.Relation, names: set[str]) -> Needed:
    """What some columns of a relation need of those that it is made of."""
    if isinstance(op, HANDING_ON):
        return [(op.parent, names)]
    if isinstance(op, ops.DropColumns):
        return [(op.parent, names)]
    if isinstance(op, ops.Project):
        return [(op.parent, ()), *_fields(op.values[name] for name in names)]
    if isinstance(op, ops.Filter):
        return [(op.parent, names), *_fields(op.predicates)]
    if isinstance(op, ops.Sort):
        return [(op.parent, names), *_fields(op.keys)]
    if isinstance(op, ops.Aggregate):
        metrics = (value for name, value in op.metrics.items() if name in names)
        return [(op.parent, ()), *_fields((*op.groups.values(), *metrics))]
    if isinstance(op, ops.JoinChain):
        met = (predicate for link in op.rest for predicate in link.predicates)
        tables = [(op.first, ()), *((link.table, ()) for link in op.rest)]
        return [*tables, *_fields((*(op.values[name] for name in names), *met))]
    if isinstance(op, ops.Union) and not op.distinct:
        return [(op.left, names), (op.right, names)]
    return [(one, _names(one)) for one in op.__children__ if isinstance(one, ops.Relation)]


def _fields(values: Iterable[ops.Node]) -> Iterator[tuple[ops.Relation, Iterable[str]]]:
    """The columns that some values are made of, with their relations."""
    pending: list[Any] = list(values)
    seen: set[Any] = set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if isinstance(value, ops.Field):
            yield value.rel, (value.name,)
            continue
        counts = isinstance(value, ops.CountStar)
        for one in value.__children__:
            if isinstance(one, ops.Relation):
                yield one, () if counts else _names(one)
            else:
                pending.append(one)


@dataclass(frozen=True)
class _Narrowing:
    """Relations made again in the columns wanted, each once."""

    wanted: Mapping[ops.Relation, set[str]]
    made: dict[ops.Relation, ops.Relation] = field(default_factory=dict)

    def relation(self, op: ops.Relation) -> ops.Relation:
        """The relation in the columns wanted of it."""
        if op not in self.made:
            self.made[op] = self._again(op)
        return self.made[op]

    def _again(self, op: ops.Relation) -> Any:
        names = self.wanted[op]
        if isinstance(op, ops.DatabaseTable):
            columns = ((name, kind) for name, kind in op.schema.items() if name in names)
            return op.copy(schema=ibis.schema(dict(columns)))
        if isinstance(op, ops.Project):
            return op.copy(parent=self.relation(op.parent), values=self._values(op.values, names))
        if isinstance(op, ops.Aggregate):
            return op.copy(
                parent=self.relation(op.parent),
                groups=self._values(op.groups, op.groups),
                metrics=self._values(op.metrics, names),
            )
        if isinstance(op, ops.JoinChain):
            return op.copy(
                first=self.relation(op.first),
                rest=tuple(self._arg(link) for link in op.rest),
                values=self._values(op.values, names),
            )
        if isinstance(op, ops.DropColumns):
            return self._chosen(op.parent, [name for name in _names(op) if name in names])
        if isinstance(op, ops.Union) and not op.distinct:
            kept = [name for name in _names(op) if name in names]
            return op.copy(left=self._chosen(op.left, kept), right=self._chosen(op.right, kept))
        return op.copy(**{name: self._arg(getattr(op, name)) for name in op.__argnames__})

    def _chosen(self, op: ops.Relation, names: Iterable[str]) -> ops.Relation:
        made = self.relation(op)
        return ops.Project(made, {name: ops.Field(made, name) for name in names})

    def _values(self, values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        kept = set(names)
        return {name: self._arg(value) for name, value in values.items() if name in kept}

    def _arg(self, arg: Any) -> Any:
        """An argument of an operation with the relations in it made again."""
        if isinstance(arg, ops.Relation):
            return self.relation(arg)
        if isinstance(arg, ops.JoinLink):
            return arg.copy(table=self.relation(arg.table), predicates=self._arg(arg.predicates))
        if isinstance(arg, ops.Value):
            return arg.replace(self._value, filter=ops.Value)
        if isinstance(arg, tuple | list):
            return tuple(self._arg(one) for one in arg)
        if isinstance(arg, Mapping):
            return {name: self._arg(one) for name, one in arg.items()}
        return arg

    def _value(self, node: Any, kwargs: Mapping[str, Any] | None) -> Any:
        if isinstance(node, ops.Field):
            return ops.Field(self.relation(node.rel), node.name)
        args = dict(zip(node.__argnames__, node.__args__, strict=True))
        given = dict(kwargs or {})
        for name, arg in args.items():
            if isinstance(arg, ops.Relation):
                given[name] = self.relation(arg)
        return (
            node.__recreate__({**dict(zip(node.__argnames__, node.__args__, strict=True)), **given})
            if given
            else node
        )
