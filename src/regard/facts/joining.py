"""Contacts of one issue put together: each episode begins where the one before has ended.

An episode that begins with a contact is resolved by the first resolution of any contact in it, if
that comes within 30 days. It ends 7 days after that; unresolved, 30 days after it began. The next
contact begins another.
"""

from functools import reduce

import ibis
from ibis.expr.types import IntegerValue, TimestampValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import DAY, joined, whole_second

GIVEN_UP_SECONDS, QUIET_SECONDS = 30 * DAY, 7 * DAY
CHAIN = ("chain",)
CONTACT = ("source", "contact_kind", "contact_id")
ISLAND = (*CHAIN, "island")
ROUNDS = 8
"""Doublings by which episodes that follow closely on one another are told apart: up to 256."""


def with_episodes(rows: Relation) -> Relation:
    """Contacts of chains with `begins`, whether an episode begins with it, and `episode`, which.

    rows: `chain`, a number, CONTACT, `at`, `resolved_at`, `matter`. Added besides: `solved_at`,
    the first resolution among the contacts from this one on where it comes within 30 days of it.
    """
    told = _islands(_timed(_ordered(rows)))
    far = told.filter(told.long)
    steps = _steps(far)
    starts = _reached(far.filter(far.begins).select(*ISLAND, "place"), steps)
    found = starts.select(*CHAIN, "place", again=ibis.literal(True))
    told = joined(told, found, (*CHAIN, "place"))
    told = told.mutate(begins=told.begins | told.again.fill_null(False))
    upto = ibis.window(group_by=CHAIN, order_by=told.place, preceding=None, following=0)
    episode = told.begins.cast("int64").sum().over(upto)
    return told.mutate(episode=episode.cast("int64")).drop("again", "long", "island")


def end_of(start: TimestampValue, solved: TimestampValue) -> TimestampValue:
    """When an episode ends: 7 days after its resolution, else 30 days after it began."""
    end: TimestampValue = ibis.ifelse(
        solved.notnull(),
        solved + ibis.interval(seconds=QUIET_SECONDS),
        start + ibis.interval(seconds=GIVEN_UP_SECONDS),
    )
    return end


def in_time(start: TimestampValue, solved: TimestampValue) -> TimestampValue:
    """A resolution, where it comes within 30 days."""
    soon = whole_second(solved) - whole_second(start) <= GIVEN_UP_SECONDS
    kept: TimestampValue = ibis.ifelse(soon.fill_null(False), solved, None)
    return kept


def _ordered(rows: Relation) -> Relation:
    """Contacts in order. Who rings about a ticket that stands open is not served by the ringing."""
    order = [rows["at"], *(rows[name] for name in CONTACT)]
    placed = ibis.window(group_by=CHAIN, order_by=order)
    rows = rows.mutate(
        place=ibis.row_number().over(placed).cast("int64"), second=whole_second(rows["at"])
    )
    given_up = rows.second + GIVEN_UP_SECONDS
    solved = whole_second(rows.resolved_at)
    lasts = ibis.ifelse(
        rows.matter.notnull(), ibis.least(ibis.coalesce(solved, given_up), given_up), None
    )
    past = ibis.window(group_by=CHAIN, order_by=rows.place, preceding=(None, 1))
    busy = (rows.matter.isnull() & (lasts.max().over(past) > solved)).fill_null(False)
    return rows.mutate(told_at=ibis.ifelse(busy, None, rows.resolved_at))


def _timed(rows: Relation) -> Relation:
    """When an episode that began with this contact would be resolved and over."""
    ahead = ibis.window(group_by=CHAIN, order_by=rows.place, preceding=0, following=None)
    rows = rows.mutate(soonest_at=rows.told_at.min().over(ahead))
    rows = rows.mutate(solved_at=in_time(rows["at"], rows.soonest_at))
    rows = rows.drop("told_at", "soonest_at")
    quiet = whole_second(rows.solved_at) + QUIET_SECONDS
    return rows.mutate(over=ibis.coalesce(quiet, rows.second + GIVEN_UP_SECONDS))


def _islands(rows: Relation) -> Relation:
    """Runs of contacts, each before the ends of former ones; `long`: of more than one episode."""
    past = ibis.window(group_by=CHAIN, order_by=rows.place, preceding=(None, 1))
    rows = rows.mutate(reach=rows.over.max().over(past))
    rows = rows.mutate(begins=rows.reach.isnull() | (rows.second > rows.reach)).drop("reach")
    upto = ibis.window(group_by=CHAIN, order_by=rows.place, preceding=None, following=0)
    rows = rows.mutate(island=rows.begins.cast("int64").sum().over(upto).cast("int64"))
    whole = ibis.window(group_by=ISLAND)
    first: IntegerValue = ibis.ifelse(rows.begins, rows.over, None).max().over(whole)
    last: IntegerValue = rows.second.max().over(whole)
    return rows.mutate(long=last > first)


def _steps(far: Relation) -> Relation:
    """From each contact of a long run to the first that comes after its episode would be over."""
    points = ibis.union(
        far.select(
            *ISLAND, "place", instant=far.second, asks=ibis.literal(0, "int64"), came=far.place
        ),
        far.select(
            *ISLAND,
            "place",
            instant=far.over,
            asks=ibis.literal(1, "int64"),
            came=ibis.null("int64"),
        ),
    )
    order = [points.instant, points.asks, points.place]
    ahead = ibis.window(group_by=ISLAND, order_by=order, following=(1, None))
    points = points.mutate(next=points.came.min().over(ahead))
    return points.filter(points.asks == 1, points.next.notnull()).select(*ISLAND, "place", "next")


def _reached(starts: Relation, steps: Relation) -> Relation:
    """Where one gets from the first contact of each long run, going from episode to episode."""

    def doubled(held: tuple[Relation, Relation], _: int) -> tuple[Relation, Relation]:
        found, jumps = held
        further = found.inner_join(jumps, [*ISLAND, "place"])
        further = further.select(*ISLAND, place="next")
        beyond = jumps.select(*ISLAND, next="place", after="next")
        twice = jumps.inner_join(beyond, [*ISLAND, "next"])
        return (
            ibis.union(found, further.select(*found.columns)),
            twice.select(*ISLAND, "place", next="after"),
        )

    return reduce(doubled, range(ROUNDS), (starts, steps))[0]
