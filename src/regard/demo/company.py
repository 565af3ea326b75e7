"""The demo's company: every table that it fills, from one seed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from regard.core.errors import BadValue
from regard.demo.calendars import PHONE, WRITTEN
from regard.demo.calls import Calls, calls
from regard.demo.chance import Words, stream
from regard.demo.clock import Window, window
from regard.demo.customers import customer_rows, customers
from regard.demo.deeds import deeds, talks
from regard.demo.drafts import Drafts, drafts
from regard.demo.histories import histories
from regard.demo.legs import Line, call_rows, lines
from regard.demo.openings import openings
from regard.demo.people import staff
from regard.demo.plants import MONTHS, UNTIL, Plant, planted
from regard.demo.pledges import calendar_rows, pledge_rows
from regard.demo.rows import UNKNOWN, picked
from regard.demo.shifts import shift_rows, shifts
from regard.demo.states import state_rows
from regard.demo.tickets import linked, ticket_tables
from regard.demo.truth import joined, meant
from regard.demo.world import Truth, World, site, themes

SEED, TICKETS = 7, 3000
BLOCK = 20_000
"""The most tickets that are made at once, for some two dozen people of one site."""
A_MONTH = 2_500
"""The most tickets that these people have in a month."""
APART = 1 << 32
"""Between the seeds of two blocks."""
LETTERS = "ABCDEFGHIJKLMNOPRSTUVWZ"


@dataclass(frozen=True)
class Block:
    """A part of the company: its tables, and the counts that were meant, by name."""

    world: World
    tables: Mapping[str, pa.Table]
    truth: Truth


def company(
    seed: int = SEED,
    tickets: int = TICKETS,
    months: int = MONTHS,
    until: date = UNTIL,
    without: Sequence[str] = (),
) -> Mapping[str, pa.Table]:
    """The company's event tables by name, in the schema of the event model.

    Same arguments, same bytes. tickets: how many; about 0.4 calls come with each. until: the
    first day, in Warsaw, that has not happened: every event lies before it. without: names of
    plants to leave out, or `all`. All of it is made at once: for a large company see `blocks`.
    """
    _check(tickets)
    return _block(
        seed, (tickets,), 0, window(months, until), planted(months, until, without)
    ).tables


def blocks(
    seed: int = SEED,
    tickets: int = TICKETS,
    months: int = MONTHS,
    until: date = UNTIL,
    without: Sequence[str] = (),
) -> Iterator[Block]:
    """The company of any size, a block at a time; a small one is one block, as `company` makes it.

    Each block has customers and people of its own, and ids that no other block has.
    """
    _check(tickets)
    days, plants = window(months, until), planted(months, until, without)
    count = block_count(tickets, months)
    sizes = tuple((tickets + place) // count for place in range(count))
    for number in range(count):
        yield _block(seed, sizes, number, days, plants)


def block_count(tickets: int, months: int) -> int:
    """In how many blocks that many tickets are made."""
    return -(-tickets // min(BLOCK, A_MONTH * max(months, 1)))


def _check(tickets: int) -> None:
    if tickets < 1:
        raise BadValue("The number of tickets", tickets, "1 or more")


def _block(
    seed: int, sizes: Sequence[int], number: int, days: Window, plants: tuple[Plant, ...]
) -> Block:
    own = seed + number * APART
    name, letter = site(number, len(sizes)), LETTERS[number % len(LETTERS)]
    who = customers(stream(own, "customers"), days, sizes[number], sum(sizes[:number]), name)
    people = staff(days, name, letter if len(sizes) > 1 else "")
    world = World(own, sizes[number], days, plants, people, who, number, len(sizes))
    contacts, truth = _contacts(world)
    promises = {"sla_policy": pledge_rows(days), "calendar": calendar_rows(days)}
    made = dict(people.tables) | promises | contacts | _presence(world, contacts)
    for theme in themes():
        made |= theme.make(world, made)
    told = [theme.truth(world, made) for theme in themes()]
    return Block(world, made, joined([truth, *told]))


def _contacts(world: World) -> tuple[dict[str, pa.Table], Truth]:
    """Calls, tickets, and the customers who made them; and what was meant of them."""
    days, people = world.window, world.customers
    found, line = _calls(world)
    rng = stream(world.seed, "tickets")
    drafted = drafts(rng, days, people, found, line, world.plants, world.tickets)
    hours = openings(days, WRITTEN)
    rng = stream(world.seed, "histories")
    going = histories(rng, drafted, world.staff, hours, world.plants)
    settled, follows = linked(stream(world.seed, "follows"), going)
    ids = world.named("t", world.tickets)
    tables = line.tables | ticket_tables(world, ids, going, settled, follows)
    caller = picked(people.ids, found.customer)
    tables["call"] = call_rows(found, line, caller, _ticket_of_call(ids, found, settled))
    who = np.concatenate([settled.customer, found.customer])
    at = np.concatenate([settled.created, found.arrived])
    tables |= customer_rows(stream(world.seed, "identities"), people, who, at)
    return tables, meant(days, found, settled, going)


def _presence(world: World, contacts: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """When people were to work and what they were doing, in keeping with what they did."""
    days, people, plants = world.window, world.staff, world.plants
    done = deeds(people, contacts)
    planned = shifts(stream(world.seed, "shifts"), days, people, plants, done)
    taken = talks(people, contacts["call_leg"], days.end)
    rng = stream(world.seed, "states")
    return {
        "shift": shift_rows(planned, people),
        "agent_state": state_rows(rng, people, plants, planned, taken),
    }


def _calls(world: World) -> tuple[Calls, Line]:
    open_line = openings(world.window, PHONE)
    rng = stream(world.seed, "calls")
    found = calls(rng, world.window, open_line, world.plants, world.customers.weight, world.tickets)
    ids = world.named("k", len(found.arrived))
    rng = stream(world.seed, "legs")
    return found, lines(rng, found, ids, world.staff, open_line, world.window.end)


def _ticket_of_call(ids: Words, found: Calls, settled: Drafts) -> Words:
    """The id of the ticket opened on each call, or on the one that it repeats."""
    ticket = np.full(len(found.arrived), UNKNOWN, dtype=np.int64)
    opened = np.flatnonzero(settled.call != UNKNOWN)
    ticket[settled.call[opened]] = opened
    again = found.repeats != UNKNOWN
    ticket[again] = ticket[found.repeats[again]]
    return picked(ids, ticket)
