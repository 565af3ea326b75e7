"""Scores that the demo's leads give to work of their people, some of it scored by two."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, happens, stream
from regard.demo.clock import NEVER, whole_seconds
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import instants, numbered, places, same, text_at, texts
from regard.demo.themes.feelings import feelings
from regard.demo.world import Theme, World

OF_TICKETS, OF_CALLS = 0.05, 0.05
PICKED = 0.12
"""Of the scored: work that a lead chose and that was not drawn by chance."""
BY_TWO = 0.25
HIGHEST = 10
LEVEL, BY_AGENT, BY_FEELING, BY_WORK, BY_RATER = 7.3, 0.7, 0.35, 0.8, 0.6
STRICT = 0.3
"""How raters differ from one another."""


def quality(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The table of quality reviews."""
    rng = stream(world.seed, "quality")
    ids = texts(pa.array(world.staff.ids, pa.string()))
    felt = feelings(world, made)
    found, call = felt.found, made["call"]
    by_ticket = places(found.agent, ids)
    done = (felt.over < NEVER) & found.real & (by_ticket != UNKNOWN)
    done &= by_ticket != world.staff.bot
    tickets = np.flatnonzero(done & happens(rng, OF_TICKETS, len(found.ids)))
    by_call = _first_speaker(made, ids)
    spoken = same(call["outcome"], "answered") & (by_call != UNKNOWN)
    calls = np.flatnonzero(spoken & happens(rng, OF_CALLS, len(call)))
    at = np.concatenate([felt.over[tickets], instants(call["ended_at"])[calls]])
    who = np.concatenate([by_ticket[tickets], by_call[calls]])
    content = np.concatenate([felt.ticket[tickets], felt.call[calls]])
    none_t, none_c = np.full(len(tickets), UNKNOWN), np.full(len(calls), UNKNOWN)
    ticket = text_at(found.ids, np.concatenate([tickets, none_c]))
    on_call = text_at(texts(call["call_id"]), np.concatenate([none_t, calls]))
    return {"quality_review": _rows(rng, world, ids, at, who, content, ticket, on_call)}


def _first_speaker(made: Mapping[str, pa.Table], ids: pa.Array) -> Whole:
    """The person who took each call first, UNKNOWN for none."""
    legs = made["call_leg"].filter(pa.array(same(made["call_leg"]["kind"], "agent")))
    of, who = places(legs["call_id"], made["call"]["call_id"]), places(legs["agent"], ids)
    found = np.full(len(made["call"]), UNKNOWN, dtype=np.int64)
    found[of[::-1]] = who[::-1]  # legs come in order: the first one stays
    return found


def _rows(
    rng: np.random.Generator,
    world: World,
    ids: pa.Array,
    at: Whole,
    who: Whole,
    content: Real,
    ticket: pa.Array,
    call: pa.Array,
) -> pa.Table:
    """Every scored piece of work, once or twice."""
    size = len(at)
    leads = _leads(world)
    skill = BY_AGENT * rng.standard_normal(len(ids))
    strict = STRICT * rng.standard_normal(len(leads))
    worth = LEVEL + skill[who] + BY_FEELING * (content - 0.8) + BY_WORK * rng.standard_normal(size)
    picked = happens(rng, PICKED, size)
    worth = np.where(picked, worth - 0.8, worth)  # a lead picks what looks bad
    first = rng.integers(0, len(leads), size)
    first = np.where(leads[first] == who, (first + 1) % len(leads), first)
    other = (first + 1 + rng.integers(0, len(leads) - 2, size)) % len(leads)
    other = np.where(leads[other] == who, (other + 1) % len(leads), other)
    other = np.where(other == first, (other + 1) % len(leads), other)
    twice = np.flatnonzero(happens(rng, BY_TWO, size) & (leads[other] != who))
    of = np.concatenate([np.arange(size), twice])
    rater = np.concatenate([first, other[twice]])
    when = at[of] + whole_seconds(rng.uniform(0.5 * 86400, 6 * 86400, len(of)))
    seen = worth[of] + strict[rater] + BY_RATER * rng.standard_normal(len(of))
    score = np.clip(np.rint(seen), 0, HIGHEST).astype(np.int64)
    keep = np.flatnonzero(when < world.window.end)
    keep = keep[np.argsort(when[keep], kind="stable")]
    mine = pa.array(of[keep])
    return rows_of(
        "quality_review",
        when[keep],
        review_id=numbered(f"j{world.site}", len(keep)),
        ticket_id=ticket.take(mine),
        call_id=call.take(mine),
        agent=ids.take(pa.array(who[of[keep]])),
        rater=ids.take(pa.array(leads[rater[keep]])),
        at=when[keep],
        score=score[keep],
        scale_max=np.full(len(keep), HIGHEST, dtype=np.int64),
        sampled=~picked[of[keep]],
    )


def _leads(world: World) -> Whole:
    """Positions of the leads among the people."""
    agents = world.staff.tables["agent"]
    leads = agents.filter(pa.array(same(agents["role"], "lead")))
    return np.unique(places(leads["agent_id"], world.staff.ids))


THEMES = [Theme("quality", 80, quality)]
