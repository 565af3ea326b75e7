"""Who was there as a part began and still was as it ended, who left, and who came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where, joined
from regard.metrics.shape import Found, Frame, Key, Lays
from regard.metrics.stretch import OverTime, within
from regard.stats.estimate import nothing
from regard.stats.proportion import share

CUSTOMER = ("source", "customer_id")
BRIDGE = ("start", "new", "reactivated", "lost", "end")
"""What leads from those there at the start to those there at the end; lost are leavings."""
AFTER = ("new_there", "reactivated_there")
"""Of those there at the end and not at the start: who came for the first time, who came back."""
TRIALS = ("trials_ended", "trials_unconverted")
KINDS = (*BRIDGE, *AFTER, "kept", "left", "left_voluntary", "left_involuntary", *TRIALS)
GRACE = timedelta(days=3)
Book = dict[str, int]


@dataclass(frozen=True)
class Retained(OverTime):
    """Of the customers there as a part begins, the share of whom something holds at its end.

    top: `kept` (there at the end), `left` (left within it, returned or not), `left_voluntary` or
    `left_involuntary`. Rows are of `subscription_span_fact`. Who comes or leaves at the very
    instant a part begins does so within it. Whether a customer is there at the end is looked up in
    all rows: what filters leave out is no leaving.
    """

    top: str = "kept"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """How many customers, or stretches of theirs, of each kind there are in each part."""
        return counts(rows, frame)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part, with the bridge beside it."""
        return {
            key: [Found(share(book.get(self.top, 0), book.get("start", 0)), beside=bridge(book))]
            for key, book in books(lambda: self.moments(rows, frame), frame).items()
        }

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Stretches that are paid for."""
        paid: BooleanValue = rows.paid
        return paid

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody was there."""
        return [Found(nothing())]


@dataclass(frozen=True)
class LeftOrLost(Retained):
    """Customers who left and trials that ended unpaid, of customers there and trials that ended."""

    top: str = field(default="left", init=False)

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """As for customers, and the trials that ended in each part and are old enough to judge."""
        both = ibis.union(counts(rows, frame), trials(rows, frame))
        names = [name for name in both.columns if name not in frame.keys]
        return both.group_by(*frame.keys).aggregate(**{name: both[name].sum() for name in names})

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each part."""
        found = {}
        for key, book in books(lambda: self.moments(rows, frame), frame).items():
            gone = book.get("left", 0) + book.get("trials_unconverted", 0)
            of = book.get("start", 0) + book.get("trials_ended", 0)
            beside = bridge(book) | {name: book.get(name, 0) for name in TRIALS}
            found[key] = [Found(share(gone, of), beside=beside)]
        return found

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Paid stretches and trials."""
        used: BooleanValue = rows.paid | rows.is_trial
        return used


def books(lay: Lays, frame: Frame) -> dict[Key, Book]:
    """The counts of every part by kind."""
    return {
        frame.key(row): {name: int(n or 0) for name, n in row.items() if name not in frame.keys}
        for row in frame.run("moments", lay)
    }


def bridge(book: Mapping[str, int]) -> dict[str, int]:
    """From start to end. `moved` came from, or went to, another part (another plan)."""
    told = {name: book.get(name, 0) for name in (*BRIDGE, *AFTER)}
    moved = told["end"] - told["start"] - told["new"] - told["reactivated"] + told["lost"]
    return told | ({"moved": moved} if moved else {})


def at_start(rows: Relation) -> BooleanValue:
    """Whether a stretch runs as the part begins."""
    begun: BooleanValue = rows.starts_at < rows["_from"]
    return begun & (rows.ends_at.isnull() | (rows.ends_at >= rows["_from"]))


def at_end(rows: Relation) -> BooleanValue:
    """Whether a stretch runs as the part ends."""
    begun: BooleanValue = rows.starts_at < rows["_until"]
    return begun & (rows.ends_at.isnull() | (rows.ends_at >= rows["_until"]))


def everywhere(frame: Frame) -> Relation:
    """All customers' paid stretches in the parts in time, whatever the query filters."""
    assert frame.whole is not None
    whole = frame.whole()
    whole = whole.filter(whole.paid)
    told = whole.select(*CUSTOMER, "starts_at", "ends_at", "currency", "monthly_minor")
    return within(told, frame, "starts_at", "ends_at", touching=True)


def whole_key(frame: Frame) -> list[str]:
    """The columns by which rows meet those of all customers: the part in time, and who."""
    return [*[name for name in frame.keys if name == frame.moment_key], *CUSTOMER]


def counts(rows: Relation, frame: Frame) -> Relation:
    """How many of each kind there are: one row a part, a column a kind."""
    seen = everywhere(frame)
    same = whole_key(frame)
    anywhere = seen.group_by(*same).aggregate(before=_any(at_start(seen)), after=_any(at_end(seen)))
    each = joined(_stretches(rows, frame), anywhere, tuple(same))
    # A customer is there at an instant by one stretch alone, so that stretches may be counted.
    start, end = each.start == 1, each.end == 1
    left = start & (each.goes == 1)
    came = end & (each.before == 0)
    first = each.first_paid_at >= each.begins
    kinds = {
        "start": start,
        "end": end,
        "new": (each.comes == 1) & (each.stretch == 1),
        "reactivated": (each.comes == 1) & (each.stretch > 1),
        "lost": each.ends == 1,
        "kept": start & (each.after == 1),
        "left": left,
        "left_voluntary": left & (each.voluntary == 1),
        "left_involuntary": left & (each.voluntary == 0),
        "new_there": came & first,
        "reactivated_there": came & ~first,
    }
    told = each.group_by(*frame.keys).aggregate(
        **{name: count_where(kind) for name, kind in kinds.items()}
    )
    return _columns(told, frame)


def _stretches(rows: Relation, frame: Frame) -> Relation:
    """One row a part and stretch of paying: there as the part begins and ends, came, ended.

    goes: ends within the part. ends: so, by what the query looks at (of this plan, say).
    """
    there = within(rows.filter(rows.paid), frame, "starts_at", "ends_at", touching=True)
    since, until = there["_from"], there["_until"]
    comes = (there.starts_at == there.stretch_starts_at) & (there.starts_at >= since)
    goes = (there.left_at >= since) & (there.left_at < until)
    return there.group_by(*frame.keys, *CUSTOMER, "stretch").aggregate(
        start=_any(at_start(there)),
        end=_any(at_end(there)),
        comes=_any(comes & (there.starts_at < until)),
        goes=_any(goes),
        ends=_any(goes & (there.ends_at == there.left_at)),
        voluntary=there.left_voluntary.cast("int64").max(),
        first_paid_at=there.first_paid_at.min(),
        begins=since.max(),
    )


def trials(rows: Relation, frame: Frame) -> Relation:
    """Trials that ended in each part by somebody who did not pay already, and those not bought."""
    given = rows.filter(rows.is_trial, ~rows.was_paying.fill_null(False))
    ripe = given["trial_ended_at"] + ibis.interval(seconds=int(GRACE.total_seconds()))
    given = given.filter(ripe <= given["_as_of"])
    given = within(given, frame, "trial_starts_at", "trial_ended_at", touching=True)
    ended = given.filter(given.trial_ended_at < given["_until"])
    once = ended.select(*frame.keys, *CUSTOMER, "subscription_id", "converted_at").distinct()
    told = once.group_by(*frame.keys).aggregate(
        trials_ended=once.count(), trials_unconverted=count_where(once.converted_at.isnull())
    )
    return _columns(told, frame)


def _columns(told: Relation, frame: Frame) -> Relation:
    """Every kind of count, nought where a relation does not count it."""
    kinds = {name: told[name] if name in told.columns else ibis.literal(0) for name in KINDS}
    return told.select(*frame.keys, **{name: kind.cast("int64") for name, kind in kinds.items()})


def _any(condition: BooleanValue) -> Value:
    return condition.fill_null(False).cast("int64").max()
