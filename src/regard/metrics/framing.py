"""What shapes work in: SQL that is laid out once for a kind of question, and asked many times."""

import os
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count as numbers
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

from regard.core.period import Period
from regard.metrics.laying import ByName, Laying, Plainly, Values, mark_of, zoned
from regard.metrics.plan import WHOLE, Plan, counted, moments, spans
from regard.metrics.shape import Frame, Key, Lays, Tabled
from regard.metrics.week import Cover, cell_of
from regard.store.engine import compiled, held_here, known, show

MOST_KEPT = 1_000
"""Kinds of questions whose SQL is kept."""
NAMES = numbers()
PROVING = os.environ.get("REGARD_PROVE_SQL") == "1"
"""Whether SQL that is kept is held against SQL laid out anew, each time: tests do."""


@dataclass
class Statement:
    """One question of a shape. needs: what is made of the frame and must be there under a name."""

    sql: str
    schema: ibis.Schema
    needs: tuple[Tabled, ...] = ()


@dataclass
class Template:
    """The SQL of one kind of question, so far as it was asked: rows, those counted, and the rest.

    name: what stands before the names of its views, tables and variables.
    """

    name: str
    rows: Statement | None = None
    counted: Statement | None = None
    statements: dict[str, Statement] = field(default_factory=dict)


TEMPLATES: OrderedDict[Hashable, Template] = OrderedDict()
LOCK = Lock()


@dataclass(frozen=True)
class Framed:
    """A plan whose rows the engine knows under a name, those of them that count, and the frame."""

    laid: Plan
    counted: Relation
    frame: Frame


@contextmanager
def framed(laid: Plan, engine: Backend, side: str = "") -> Iterator[Framed]:
    """The plan with its rows behind the name of a view, so that what follows compiles quickly.

    side: tells two plans of one kind apart that are looked at together.
    """
    template = _template(laid, side)
    at = _Asking(laid, engine, template)
    try:
        at.tell()
        rows = at.view("rows", lambda: laid.laying.rows(at.names))
        shallow = replace(laid, laying=Laying(None, Values(), lambda _: rows, laid.laying.whole))
        kept = at.view("counted", lambda: counted(shallow))
        yield Framed(shallow, kept, at.frame)
    finally:
        at.close()


@contextmanager
def plainly_framed(laid: Plan, engine: Backend) -> Iterator[Frame]:
    """A frame in which everything is laid out anew, with values as literals."""
    held: list[str] = []

    def hold(name: str, lay: Lays) -> Relation:
        held.append(f"held_{next(NAMES)}")
        return engine.create_table(held[-1], lay(), temp=True)

    def told(make: Tabled) -> Relation:
        return zoned(ibis.memtable(make(frame)))

    frame = frame_of(
        laid,
        run=lambda name, lay: list(engine.to_pyarrow(lay()).to_pylist()),
        hold=hold,
        told=told,
        given=lambda name, rows: zoned(ibis.memtable(rows)),
        whole=lambda: laid.laying.whole(Plainly(laid.laying.values)),
    )
    try:
        yield frame
    finally:
        for name in held:
            engine.drop_table(name, force=True)


def frame_of(laid: Plan, **does: Any) -> Frame:
    """The frame of a plan; does: what the engine does for it."""
    by_label = {period.label: period for period in laid.periods}

    def period(key: Key) -> Period | None:
        return by_label[key[laid.query.by.index(laid.period)]] if laid.period else None

    def days(key: Key) -> int:
        return laid.days(period(key), cell_of(laid.query.by, key))

    def cover(key: Key, ahead: bool) -> Cover:
        return laid.cover(period(key), cell_of(laid.query.by, key), ahead)

    return Frame(
        keys=laid.keys,
        clusters=laid.clusters,
        quantile=laid.query.quantile,
        days=days,
        cover=cover,
        moments=moments(laid) if laid.metric.shape.stock else (),
        spans=spans(laid) if laid.metric.shape.stock else (),
        others=laid.others,
        currency=laid.currency,
        zone=laid.zone,
        moment_key=f"_by_{laid.period}" if laid.period else WHOLE,
        **does,
    )


def _template(laid: Plan, side: str) -> Template:
    """The template of a plan's kind; one of its own where its rows are laid out anew each time."""
    if laid.laying.mark is None:
        return Template(f"laid_{next(NAMES)}")
    mark = (
        *(laid.laying.mark, side, mark_of(laid.metric.shape), laid.keys, laid.clusters),
        *(laid.query.quantile, laid.currency, laid.zone, laid.period),
        tuple((name, str(rows.get_name())) for name, rows in laid.others.items()),
    )
    with LOCK:
        found = TEMPLATES.setdefault(mark, Template(f"laid_{next(NAMES)}"))
        TEMPLATES.move_to_end(mark)
        if len(TEMPLATES) > MOST_KEPT:
            TEMPLATES.popitem(last=False)
    return found


class _Asking:
    """One question to one engine in the words of a template."""

    def __init__(self, laid: Plan, engine: Backend, template: Template) -> None:
        self.laid, self.engine, self.template = laid, engine, template
        self.alone = laid.laying.mark is None
        self.names = ByName(laid.laying.values, template.name, partial(_columns, engine))
        self.held: list[str] = []
        self.registered: set[str] = set()
        self.needed: list[Tabled] = []
        self.frame = frame_of(
            laid,
            run=self.run,
            hold=self.hold,
            told=self.told,
            given=self.given,
            whole=lambda: laid.laying.whole(self.names),
        )

    def tell(self) -> None:
        """Give every value of the question to the engine under its name."""
        values, at = self.laid.laying.values, self.template.name
        for name, value in {**values.moments, **values.numbers, **values.texts}.items():
            self.engine.con.execute(f"SET VARIABLE {at}_{name} = ?", [value])
        for name, rows in values.tables.items():
            self._register(f"{at}_{name}", rows)

    def view(self, kind: str, lay: Lays) -> Relation:
        """The template's rows, or those counted, behind a view that the engine has."""
        known_here = views_of(self.engine)
        name = f"{self.template.name}_{kind}"
        found: Statement | None = getattr(self.template, kind)
        if found is None or PROVING:
            made = self._laid(lay)
            _same(found, made)
            found = made
            setattr(self.template, kind, found)
        if name in known_here:
            return known(self.engine, name, found.schema)
        known_here.add(name)
        return show(self.engine, name, found.sql, found.schema)

    def run(self, name: str, lay: Lays) -> list[dict[str, Any]]:
        """The rows of a statement."""
        said = self._statement(name, lay)
        told = self.engine.con.execute(said.sql).fetchall()
        return [dict(zip(said.schema.names, row, strict=True)) for row in told]

    def hold(self, name: str, lay: Lays) -> Relation:
        """The rows of a statement in a table, until the question is over."""
        said = self._statement(name, lay)
        table = f"{self.template.name}_{name}"
        self.engine.con.execute(f'CREATE OR REPLACE TEMP TABLE "{table}" AS {said.sql}')
        self.held.append(table)
        key = f"{name} as held"
        if key not in self.template.statements:
            self.template.statements[key] = Statement("", held_here(self.engine, table).schema())
        return held_here(self.engine, table, self.template.statements[key].schema)

    def told(self, make: Tabled) -> Relation:
        """What a function makes of the frame, under its name."""
        self.needed.append(make)
        return zoned(_columns(self.engine, self._need(make), make(self.frame)))

    def given(self, name: str, rows: pa.Table) -> Relation:
        """A table under a name."""
        self._register(f"{self.template.name}_{name}", rows)
        return zoned(_columns(self.engine, f"{self.template.name}_{name}", rows))

    def close(self) -> None:
        """Let go of what is held, and of what will not be asked again."""
        for name in self.held:
            self.engine.con.execute(f'DROP TABLE IF EXISTS temp.main."{name}"')
        if self.alone:
            for kind in ("counted", "rows"):
                self.engine.con.execute(f'DROP VIEW IF EXISTS "{self.template.name}_{kind}"')
                views_of(self.engine).discard(f"{self.template.name}_{kind}")
        for name in self.registered:
            self.engine.con.unregister(name)

    def _statement(self, name: str, lay: Lays) -> Statement:
        found = self.template.statements.get(name)
        if found is None or PROVING:
            made = self._laid(lay)
            _same(found, made)
            found = self.template.statements[name] = made
        for make in found.needs:
            self._need(make)
        return found

    def _laid(self, lay: Lays) -> Statement:
        self.needed = []
        rows = lay()
        return Statement(compiled(self.engine, rows), rows.schema(), tuple(self.needed))

    def _need(self, make: Tabled) -> str:
        name = f"{self.template.name}_{make.__name__}"
        if name not in self.registered:
            self._register(name, make(self.frame))
        return name

    def _register(self, name: str, rows: pa.Table) -> None:
        self.engine.con.register(name, rows)
        self.registered.add(name)


def views_of(engine: Backend) -> set[str]:
    """The names of the views that an engine has of templates."""
    found: set[str] = vars(engine).setdefault("views_of_templates", set())
    return found


def _columns(engine: Backend, name: str, rows: pa.Table) -> Relation:
    return known(engine, name, ibis.Schema.from_pyarrow(rows.schema))


def _same(kept: Statement | None, made: Statement) -> None:
    if PROVING and kept is not None:
        assert (kept.sql, kept.needs) == (made.sql, made.needs), "a kept statement says otherwise"
