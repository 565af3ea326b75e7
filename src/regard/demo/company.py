"""The demo's company: every table that it fills, from one seed."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from regard.core.errors import BadValue
from regard.demo.calendars import PHONE, WRITTEN
from regard.demo.calls import Calls, calls
from regard.demo.chance import Words, stream
from regard.demo.clock import window
from regard.demo.customers import customer_rows, customers
from regard.demo.deeds import deeds, talks
from regard.demo.drafts import Drafts, drafts
from regard.demo.histories import histories
from regard.demo.legs import Line, call_rows, lines
from regard.demo.openings import openings
from regard.demo.people import staff
from regard.demo.plants import MONTHS, UNTIL, planted
from regard.demo.pledges import pledge_rows
from regard.demo.rows import UNKNOWN, named, picked
from regard.demo.shifts import shift_rows, shifts
from regard.demo.states import state_rows
from regard.demo.tickets import linked, ticket_tables
from regard.demo.world import World, themes

SEED, TICKETS = 7, 3000


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
    plants to leave out, or `all`.
    """
    if tickets < 1:
        raise BadValue("The number of tickets", tickets, "1 or more")
    days = window(months, until)
    world = World(
        seed,
        tickets,
        days,
        planted(months, until, without),
        staff(days),
        customers(stream(seed, "customers"), days, tickets),
    )
    contacts = _contacts(world)
    promises = {"sla_policy": pledge_rows(world.window)}
    made = dict(world.staff.tables) | promises | contacts | _presence(world, contacts)
    for theme in themes():
        made |= theme.make(world, made)
    return made


def _contacts(world: World) -> dict[str, pa.Table]:
    """Calls, tickets, and the customers who made them."""
    found, line = _calls(world)
    drafted = drafts(
        stream(world.seed, "tickets"), world.window, world.customers, found, line, world.tickets
    )
    hours = openings(world.window, WRITTEN)
    rng = stream(world.seed, "histories")
    going = histories(rng, drafted, world.staff, hours, world.plants)
    settled, follows = linked(stream(world.seed, "follows"), going)
    tables = line.tables | ticket_tables(going, settled, follows, world.customers, world.window.end)
    caller = picked(world.customers.ids, found.customer)
    tables["call"] = call_rows(found, line, caller, _ticket_of_call(found, settled))
    who = np.concatenate([settled.customer, found.customer])
    at = np.concatenate([settled.created, found.arrived])
    return tables | customer_rows(world.customers, who, at)


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
    found = calls(
        stream(world.seed, "calls"),
        world.window,
        open_line,
        world.plants,
        world.customers.weight,
        world.tickets,
    )
    rng = stream(world.seed, "legs")
    return found, lines(rng, found, world.staff, open_line, world.window.end)


def _ticket_of_call(found: Calls, settled: Drafts) -> Words:
    """The id of the ticket opened on each call, or on the one that it repeats."""
    ticket = np.full(len(found.arrived), UNKNOWN, dtype=np.int64)
    opened = np.flatnonzero(settled.call != UNKNOWN)
    ticket[settled.call[opened]] = opened
    again = found.repeats != UNKNOWN
    ticket[again] = ticket[found.repeats[again]]
    return picked(named("t", len(settled.created)), ticket)
