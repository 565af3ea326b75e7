"""What shapes work in: SQL that is laid out once for a kind of question, and asked many times."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count as numbers
from threading import Lock
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table as Relation

from regard.core.period import Period
from regard.metrics.laying import ByName, Laying, Plainly, Values, in_sql, mark_of, zoned
from regard.metrics.narrowing import columns_needed, narrowed
from regard.metrics.plan import Plan, counted, moments, spans
from regard.metrics.population import WHOLE
from regard.metrics.shape import Frame, Key, Lays, Tabled
from regard.metrics.week import Cover, cell_of
from regard.store.engine import compiled, held_here, known, show

FEW_DAYS = timedelta(days=100)
MOST_KEPT = 1_000
"""Kinds of questions whose SQL is kept."""
NAMES = numbers()
PROVING = False
"""Whether SQL that is kept is held against SQL laid out anew, each time: tests do."""


@dataclass
class Statement:
    """One question of a shape. needs: what is made of the frame and must be there under a name.

    columns: by table, those that it needs.
    """

    sql: str
    schema: ibis.Schema
    needs: tuple[Tabled, ...] = ()
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Template:
    """The SQL of one kind of question, so far as it was asked: rows, those counted, and the rest.

    name: what stands before the names of its views, tables and variables. known: whether it was
    asked to the end before; few: then the SQL of its rows in the columns that are
    needed, and these.
    """

    name: str
    known: bool = False
    rows: Statement | None = None
    few: tuple[str, frozenset[str]] | None = None
    counted: Statement | None = None
    statements: dict[str, Statement] = field(default_factory=dict)

    def needs(self, one: Statement) -> frozenset[str] | None:
        """The columns of the rows that a statement needs; None where it does not read them."""
        named = [f"{self.name}_{kind}" for kind in ("rows", "counted")]
        told = [one.columns[name] for name in named if name in one.columns]
        return frozenset().union(*told) if told else None

    def columns(self) -> list[frozenset[str]]:
        """What each statement that reads the rows needs of them, as far as they were asked.

        Other threads may ask in the same words meanwhile.
        """
        assert self.counted is not None
        found = map(self.needs, [self.counted, *list(self.statements.values())])
        return [columns for columns in found if columns is not None]


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
        at.gather()
        yield Framed(shallow, kept, at.frame)
        template.known = True
    finally:
        at.close()


@contextmanager
def plainly_framed(laid: Plan, engine: Backend) -> Iterator[Frame]:
    """A frame in which everything is laid out anew, with values as literals."""
    whole = partial(laid.laying.whole, Plainly(laid.laying.values))
    held: list[str] = []
    try:
        yield plain_frame(engine, partial(frame_of, laid, whole=whole), instants_of(laid), held)
    finally:
        for name in held:
            engine.drop_table(name, force=True)


def plain_frame(
    engine: BaseBackend, make: Callable[..., Frame], instants: Values, held: list[str]
) -> Frame:
    """A frame whose statements an engine carries out as they are laid out, anew each time.

    make: the frame, given what does the work. held: takes the names of the tables it holds.
    """

    def hold(name: str, lay: Lays) -> Relation:
        held.append(f"held_{next(NAMES)}")
        return engine.create_table(held[-1], lay(), temp=True)

    frame: Frame = make(
        run=lambda name, lay: list(engine.to_pyarrow(lay()).to_pylist()),
        hold=hold,
        table=lambda name, lay: engine.to_pyarrow(lay()),
        told=lambda tabled: zoned(ibis.memtable(tabled(frame))),
        given=lambda name, rows: zoned(ibis.memtable(rows)),
        instant=Plainly(instants).moment,
    )
    return frame


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
        moments=moments_of(laid),
        spans=spans_of(laid),
        others=laid.others,
        currency=laid.currency,
        zone=laid.zone,
        moment_key=f"_by_{laid.period}" if laid.period else WHOLE,
        **does,
    )


def moments_of(laid: Plan) -> Sequence[tuple[str, datetime]]:
    """The instants at which a plan is read; of what happens, none."""
    return moments(laid) if laid.metric.shape.stock else ()


def spans_of(laid: Plan) -> Sequence[tuple[str, datetime, datetime]]:
    """From when until when each part of a plan runs; of what happens, none."""
    return spans(laid) if laid.metric.shape.stock else ()


def instants_of(laid: Plan) -> Values:
    """The same by the names under which shapes ask for them."""
    return instants(moments_of(laid), spans_of(laid))


def instants(
    at: Sequence[tuple[str, datetime]], runs: Sequence[tuple[str, datetime, datetime]]
) -> Values:
    """Moments and the edges of spans by the names under which shapes ask for them."""
    told = {f"moment_{place}": moment for place, (_, moment) in enumerate(at)}
    edges = {"since": runs[0][1], "until": runs[-1][2]} if runs else {}
    return Values({**told, **edges})


def _template(laid: Plan, side: str) -> Template:
    """The template of a plan's kind; one of its own where its rows are laid out anew each time."""
    if laid.laying.mark is None:
        return Template(f"laid_{next(NAMES)}")
    mark = (
        *(laid.laying.mark, side, mark_of(laid.metric.shape), laid.keys, laid.clusters),
        *(laid.query.quantile, laid.currency, laid.zone, laid.period, len(moments_of(laid))),
        tuple((name, str(rows.get_name())) for name, rows in laid.others.items()),
    )
    with LOCK:
        found = TEMPLATES.setdefault(mark, Template(f"laid_{next(NAMES)}"))
        TEMPLATES.move_to_end(mark)
        while len(TEMPLATES) > MOST_KEPT:
            TEMPLATES.popitem(last=False)
    return found


class _Asking:
    """One question to one engine in the words of a template."""

    def __init__(self, laid: Plan, engine: Backend, template: Template) -> None:
        self.laid, self.engine, self.template = laid, engine, template
        self.alone = laid.laying.mark is None
        self.values = laid.laying.values.also(instants_of(laid))
        self.names = ByName(self.values, template.name, partial(_columns, engine))
        self.held: list[str] = []
        self.gathered = ""
        self.columns: frozenset[str] = frozenset()
        self.registered: set[str] = set()
        self.needed: list[Tabled] = []
        self.frame = frame_of(
            laid,
            run=self.run,
            hold=self.hold,
            table=self.table,
            told=self.told,
            given=self.given,
            instant=self.names.moment,
            whole=lambda: laid.laying.whole(self.names),
        )

    def tell(self) -> None:
        """Give every value of the question to the engine under its name."""
        values, at = self.values, self.template.name
        given: dict[str, datetime | int | str] = {}
        given |= {**values.moments, **values.numbers, **values.texts}
        self._do(*(f"SET VARIABLE {at}_{name} = {in_sql(value)}" for name, value in given.items()))
        for name, rows in values.tables.items():
            self._register(f"{at}_{name}", rows)

    def view(self, kind: str, lay: Lays) -> Relation:
        """The template's rows, or those counted, behind a view that the engine has."""
        known_here = views_of(self.engine)
        name = f"{self.template.name}_{kind}"
        found: Statement | None = getattr(self.template, kind)
        if found is None or PROVING:
            # Which columns of a view are asked for is not known yet.
            made = self._laid(lay, asked=False)
            _same(found, made)
            found = made
            setattr(self.template, kind, found)
        if name in known_here:
            return known(self.engine, name, found.schema)
        known_here.add(name)
        return show(self.engine, name, found.sql, found.schema)

    def gather(self) -> None:
        """Show the rows in the columns that are needed, once that is known.

        Where several statements read few rows, those of a short range or that a filter leaves, they
        are read once for all.
        """
        laid, name = self.laid, self.template.name
        if not self.template.known:
            return
        assert self.template.counted is not None
        few = self.template.few
        if few is None:
            asked = frozenset().union(*self.template.columns())
            sql = compiled(self.engine, narrowed(laid.laying.rows(self.names), asked))
            few = self.template.few = (sql, asked)
        sql, self.columns = few
        few_rows = bool(laid.query.where) or laid.end - laid.start <= FEW_DAYS
        several = few_rows and not laid.metric.shape.stock and len(self.template.columns()) > 1
        self.gathered = "TABLE" if several else "VIEW"
        self._do(
            f'CREATE OR REPLACE TEMP {self.gathered} "{name}_rows" AS {sql}',
            f'CREATE OR REPLACE TEMP VIEW "{name}_counted" AS {self.template.counted.sql}',
        )

    def scatter(self) -> None:
        """Go back to rows of all columns, read anew by every statement."""
        if self.gathered:
            name = self.template.name
            self._do(
                f'DROP VIEW temp.main."{name}_counted"',
                f'DROP {self.gathered} temp.main."{name}_rows"',
            )
            self.gathered = ""

    def run(self, name: str, lay: Lays) -> list[dict[str, Any]]:
        """The rows of a statement."""
        said = self._statement(name, lay)
        told = self.engine.con.execute(said.sql).fetchall()
        names: tuple[str, ...] = tuple(said.schema)
        return [dict(zip(names, row, strict=True)) for row in told]

    def table(self, name: str, lay: Lays) -> pa.Table:
        """The same as columns."""
        said = self._statement(name, lay)
        told = self.engine.con.sql(said.sql).to_arrow_table()
        return told.cast(said.schema.to_pyarrow())

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
        self.scatter()
        self._do(*(f'DROP TABLE IF EXISTS temp.main."{name}"' for name in self.held))
        if self.alone:
            for kind in ("counted", "rows"):
                self.engine.con.execute(f'DROP VIEW IF EXISTS "{self.template.name}_{kind}"')
                views_of(self.engine).discard(f"{self.template.name}_{kind}")
        for name in self.registered:
            self.engine.con.unregister(name)

    def _statement(self, name: str, lay: Lays) -> Statement:
        found = self.template.statements.get(name)
        if found is None:
            # What was not asked before may need other columns than are known to be needed.
            self.scatter()
            self.template.few = None
        if found is None or PROVING:
            made = self._laid(lay)
            _same(found, made)
            found = self.template.statements[name] = made
        if not (self.template.needs(found) or frozenset()) <= self.columns:
            # Another thread asked it first, after the columns were looked up here.
            self.scatter()
        for make in found.needs:
            self._need(make)
        return found

    def _laid(self, lay: Lays, asked: bool = True) -> Statement:
        self.needed = []
        rows = lay()
        needs, columns = tuple(self.needed), columns_needed(rows, rows.columns if asked else ())
        told = narrowed(rows) if asked else rows
        return Statement(compiled(self.engine, told), rows.schema(), needs, columns)

    def _need(self, make: Tabled) -> str:
        name = f"{self.template.name}_{make.__name__}"
        if name not in self.registered:
            self._register(name, make(self.frame))
        return name

    def _do(self, *statements: str) -> None:
        """Carry out statements that answer nothing, in one go."""
        if statements:
            self.engine.con.execute(";\n".join(statements))

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
