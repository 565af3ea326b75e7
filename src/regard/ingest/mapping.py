"""Mappings: how the rows of a file become rows of the event model, as frozen values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ANY_UNKNOWN = ("quarantine", "keep", "ignore")
"""What happens to a value that a value map lacks: the row waits, the text is kept, or nothing."""
ANY_REPEATS = ("", "first", "last")
ANY_LAYOUT = ("own", "product", "published")
"""Whose layout the file has: one that anybody may write, a product's, or a published data set's."""
NAME, CELL, NUMBER = "@name", "@cell", "@number"
"""Columns that no file has: see `Block.each` and `FileMap.numbered`."""


@dataclass(frozen=True)
class Condition:
    """Something that holds of a column of a row; every part given must hold."""

    column: str
    among: tuple[str, ...] = ()
    not_among: tuple[str, ...] = ()
    above: float | None = None
    below: float | None = None
    matches: str = ""
    missing: bool | None = None


@dataclass(frozen=True)
class Value:
    """Where one value comes from.

    columns: joined by `join`. constant: used instead of columns. map: from the source's words (in
    any case) to ours; `unknown` says what becomes of others. null_when: texts that mean nothing.
    when: it is only given where all hold. formats, zone: of instants. rolls_after: the column of
    a time on the same day that this time follows: an earlier one is of the next day. latest: the
    latest of several. times: what a number is multiplied by. over: what it is then divided by, to
    the nearest whole number, half to the even one. without: what is cut out of the text wherever it
    matches. decimal: the mark of fractions; then blanks and the other mark, which part thousands,
    are left out. minor: the column of the ISO currency in whose minor units an amount is meant.
    least, most: the bounds of a number: a number, or the column that says it. months: how many
    calendar months an instant is moved by, forward or `back`: a number or a column; `even` ones
    are of 30.4375 days each, for months that were counted without dates.
    object: the columns of a JSON object, by its names.
    """

    columns: tuple[str, ...] = ()
    join: str = "/"
    constant: str | None = None
    map: Mapping[str, str] | None = None
    unknown: str = "quarantine"
    null_when: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    formats: tuple[str, ...] = ()
    zone: str = ""
    rolls_after: str = ""
    latest: tuple["Choice", ...] = ()
    times: int = 1
    over: int = 1
    without: str = ""
    decimal: str = ""
    minor: str = ""
    least: str = ""
    most: str = ""
    months: str = ""
    back: bool = False
    even: bool = False
    object: Mapping[str, str] = field(default_factory=dict)

    def reads(self) -> Iterator[str]:
        """Every column it reads."""
        yield from self.columns
        yield from (condition.column for condition in self.when)
        yield from filter(None, (self.rolls_after, self.minor))
        yield from (said for said in (self.least, self.most, self.months) if names_column(said))
        yield from self.object.values()
        for choice in self.latest:
            yield from reads(choice)


Choice = tuple[Value, ...]
"""Alternatives: the first that is not empty counts."""


@dataclass(frozen=True)
class Change:
    """A field of the ticket that a column tells.

    first: a map that holds in a case's first row. restates: values that count again when they
    are said again.
    """

    name: str
    value: Choice
    first: Mapping[str, str] = field(default_factory=dict)
    restates: tuple[str, ...] = ()
    actor: Choice = ()
    actor_kind: Choice = ()
    reason: Choice = ()


@dataclass(frozen=True)
class Tier:
    """The tier of the teams whose name matches."""

    matches: str
    tier: int


@dataclass(frozen=True)
class Figure:
    """A number that the source keeps of a case: the largest or the last of its rows."""

    name: str
    value: Choice
    take: str = "max"


@dataclass(frozen=True)
class Links:
    """Rows that belong together because one answers another.

    parent: the row that this one answers. children: those that answer it, set apart by `between`.
    """

    parent: Choice
    children: Choice = ()
    between: str = ","


@dataclass(frozen=True)
class EventLog:
    """One row is something that happened to a case: a change, a message, or both.

    ordered: rows of a case stand in order; an instant later than a following row's is set back
    to it (else rows are put in order by their instants). activity: what happened, to notice
    repeated rows. ticket: columns of the ticket, from the case's first row. team, agent,
    customer: columns that name such; bots: agents that are machines. links: then `case` names the
    row itself, and a case is all rows that are linked (`threads.find`). message, words: columns of
    the message that a row is where all of `spoken` holds; the customer of the ticket is then taken
    from the first row that names one.
    """

    case: Value
    at: Choice
    ordered: bool = False
    activity: str = ""
    ticket: Mapping[str, Choice] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    team: Choice = ()
    tiers: tuple[Tier, ...] = ()
    agent: Choice = ()
    bots: tuple[str, ...] = ()
    customer: Choice = ()
    figures: tuple[Figure, ...] = ()
    links: Links | None = None
    message: Mapping[str, Choice] = field(default_factory=dict)
    words: Mapping[str, Choice] = field(default_factory=dict)
    spoken: tuple[Condition, ...] = ()

    def tables(self) -> tuple[str, ...]:
        """The tables it fills."""
        more = {
            "team": self.team,
            "agent": self.agent,
            "customer": self.customer,
            "vendor_figure": self.figures,
            "message": self.message,
            "message_text": self.words,
        }
        return ("ticket", "ticket_change", *(name for name, given in more.items() if given))

    def reads(self) -> Iterator[str]:
        """Every column it reads."""
        yield from self.case.reads()
        yield from reads(self.at)
        yield from filter(None, (self.activity,))
        yield from (condition.column for condition in self.spoken)
        linked = (self.links.parent, self.links.children) if self.links else ()
        for choice in (self.team, self.agent, self.customer, *linked):
            yield from reads(choice)
        for columns in (self.ticket, self.message, self.words):
            for choice in columns.values():
                yield from reads(choice)
        for change in self.changes:
            for choice in (change.value, change.actor, change.actor_kind, change.reason):
                yield from reads(choice)
        for figure in self.figures:
            yield from reads(figure.value)


@dataclass(frozen=True)
class Block:
    """A row of one table that an input row gives where all conditions hold.

    needs: columns of the table without which the input row is put aside. each: columns of the file
    that stand side by side for the same thing, such as questions of a survey: every one that is not
    empty gives a row, in which NAME is its name and CELL what stands in it. repeats: what counts
    where several rows tell one: "" the last, and it is noticed; "last"; "first", and those that say
    otherwise are noticed.
    """

    table: str
    columns: Mapping[str, Choice]
    when: tuple[Condition, ...] = ()
    needs: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    repeats: str = ""

    def reads(self) -> Iterator[str]:
        """Every column it reads."""
        yield from (condition.column for condition in self.when)
        yield from self.each
        for choice in self.columns.values():
            yield from reads(choice)


@dataclass(frozen=True)
class FileMap:
    """A mapping. text: as it was written. missing: texts that mean nothing in any column.

    zone: of instants without an offset; empty: not known, taken as UTC and reported.
    optional: columns it reads that a file may lack: they are empty then.
    strict: a value that a map lacks puts the row aside even where the map would keep or ignore it.
    pattern: the file is lines without a header, each of which this fits; its named groups are the
    columns. records: the file is JSON documents, each a list of records under this name.
    numbered: the columns by which rows are counted: NUMBER is the how-manieth row of the file with
    the same of them, for files whose rows have no name of their own. layout: see ANY_LAYOUT.
    """

    name: str
    says: str
    source: str
    form: EventLog | tuple[Block, ...]
    text: str = ""
    missing: tuple[str, ...] = ("",)
    zone: str = ""
    formats: tuple[str, ...] = ("iso",)
    encoding: str = "utf-8"
    delimiter: str = ""
    strict: bool = False
    optional: tuple[str, ...] = ()
    pattern: str = ""
    records: str = ""
    numbered: tuple[str, ...] = ()
    layout: str = "own"

    def tables(self) -> tuple[str, ...]:
        """The tables it fills, each once."""
        if isinstance(self.form, EventLog):
            return self.form.tables()
        return tuple(dict.fromkeys(block.table for block in self.form))

    def reads(self) -> frozenset[str]:
        """Every column of the file that it reads."""
        parts = (self.form,) if isinstance(self.form, EventLog) else self.form
        named = {name for part in parts for name in part.reads()} | set(self.numbered)
        return frozenset(named - {NAME, CELL, NUMBER})

    def repeats(self, name: str) -> str:
        """What counts where several rows of the file tell one row of a table."""
        blocks = () if isinstance(self.form, EventLog) else self.form
        said = {block.repeats for block in blocks if block.table == name}
        return said.pop() if len(said) == 1 else ""


def reads(choice: Choice) -> Iterator[str]:
    """Every column that the alternatives read."""
    for value in choice:
        yield from value.reads()


def names_column(said: str) -> bool:
    """Whether a bound or a count is said by a column, not by a number."""
    return bool(said) and re.fullmatch(r"-?\d+", said) is None
