"""Who is asked in the demo, who is not and why, and how far each comes on the way to an answer."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from regard.demo.chance import Flags, Real, Whole, around, happens, stream
from regard.demo.clock import DAY, NEVER, instant, whole_seconds
from regard.demo.log import ordinals
from regard.demo.plants import plant
from regard.demo.rows import UNKNOWN
from regard.demo.themes.forms import FORMS
from regard.demo.world import World

CHANNELS = ("mail", "sms", "web", "widget", "link")
MAIL, SMS, WEB, WIDGET, LINK = range(len(CHANNELS))
OPENS = (0.52, 0.8, 0.7, 1.0, 0.9)
"""By channel: share of those delivered that are opened."""
OPENED_IN = (3.5 * 3600, 900.0, 1800.0, 3.0, 600.0)
"""By channel: median seconds until they are."""
DELIVERED, FINISHES, COMMENTS = 0.975, 0.9, 0.42
QUIET = 14 * DAY
OPTED_OUT, BOUNCED = 0.04, 0.015
UNHAPPY = -0.1
"""Below this a customer is likely to answer badly, and a person of ours can tell."""
REASONS = ("quiet_time", "opt_out", "bounced")


@dataclass(frozen=True)
class Occasions:
    """Occasions to ask. form: in FORMS. customer, ticket, call, bot: positions, else UNKNOWN.

    feels: how content the customer is. watched: whether a person could keep it from being sent.
    """

    form: Whole
    customer: Whole
    ticket: Whole
    call: Whole
    bot: Whole
    channel: Whole
    at: Whole
    feels: Real
    watched: Flags

    def some(self, keep: Whole) -> "Occasions":
        """Those at these positions."""
        return Occasions(**{name: values[keep] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Asked:
    """What became of each occasion; instants are NEVER where it did not come to it.

    reason: in REASONS, else UNKNOWN.
    """

    sampled_out: Flags
    reason: Whole
    sent: Whole
    delivered: Whole
    opened: Whole
    started: Whole
    answered: Whole
    commented: Whole


def occasions(
    form: int, at: Whole, feels: Real, watched: Flags | None = None, **known: Whole
) -> Occasions:
    """Occasions of one form; what is not given is UNKNOWN, or not watched."""
    size = len(at)
    empty = np.full(size, UNKNOWN, dtype=np.int64)
    columns = {name: known.get(name, empty) for name in ("customer", "ticket", "call", "bot")}
    return Occasions(
        form=np.full(size, form, dtype=np.int64),
        channel=known["channel"],
        at=at,
        feels=feels,
        watched=np.zeros(size, dtype=bool) if watched is None else watched,
        **columns,
    )


def together(parts: list[Occasions]) -> Occasions:
    """All of them, in order of time."""
    found = {name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    order = np.argsort(found["at"], kind="stable")
    return Occasions(**{name: values[order] for name, values in found.items()})


def asked(
    rng: np.random.Generator, world: World, found: Occasions, company: Flags, *, again: bool
) -> Asked:
    """The way of each occasion; company: by customer. again: asked anew about the same, always."""
    size = len(found.at)
    left_out = np.array([form.left_out for form in FORMS])[found.form]
    sampled_out = happens(rng, left_out, size) & (not again)
    held_back = _held_back(world, found) & ~sampled_out
    reason = _suppressed(world, found, ~sampled_out & ~held_back, again=again)
    low, high = np.array([form.delay for form in FORMS]).T
    late = rng.uniform(low[found.form], high[found.form]) * 3600
    sent = found.at + whole_seconds(np.maximum(late, 2))
    goes = ~sampled_out & ~held_back & (reason == UNKNOWN) & (sent < world.window.end)
    sent = np.where(goes, sent, NEVER)
    return _followed(rng, world, found, company, sampled_out, reason, sent)


def _held_back(world: World, found: Occasions) -> Flags:
    """Those whom a team does not ask, because it knows what they would say."""
    quiet = plant("quiet_team", world.plants)
    if quiet is None:
        return np.zeros(len(found.at), dtype=bool)
    inside = (found.at >= instant(quiet.first_day)) & (found.at < instant(quiet.last_day) + DAY)
    unhappy = inside & found.watched & (found.feels < UNHAPPY)
    lot = stream(world.seed, "held_back")  # of its own: without the plant all else stays the same
    return unhappy & happens(lot, quiet.sizes["not_asked"], len(found.at))


def _suppressed(world: World, found: Occasions, asks: Flags, *, again: bool) -> Whole:
    """Why some are not asked: who does not want it, was asked lately, or has no valid address."""
    rng = stream(world.seed, "addresses")
    size = int(found.customer.max(initial=0)) + 1
    size = max(size, len(world.customers.ids))
    opted_out, bounces = happens(rng, OPTED_OUT, size), happens(rng, BOUNCED, size)
    who = np.maximum(found.customer, 0)
    known = found.customer != UNKNOWN
    reason = np.full(len(who), UNKNOWN, dtype=np.int64)
    out = asks & known & opted_out[who]
    reason[out] = REASONS.index("opt_out")
    may = asks & ~out
    if not again:
        lately = _lately(found, may & known)
        reason[lately] = REASONS.index("quiet_time")
        may &= ~lately
    reason[may & known & bounces[who] & (found.channel == MAIL)] = REASONS.index("bounced")
    return reason


def _lately(found: Occasions, may: Flags) -> Flags:
    """Who was asked less than QUIET before: one after the other, a customer's next on its rank."""
    mine = np.flatnonzero(may)
    order = mine[np.lexsort((found.at[mine], found.customer[mine]))]
    rank = ordinals(found.customer[order])
    by_rank = order[np.argsort(rank, kind="stable")]
    bounds = np.cumsum(np.bincount(rank)) if len(rank) else np.zeros(1, dtype=np.int64)
    last = np.full(int(found.customer.max(initial=0)) + 1, -QUIET)
    lately = np.zeros(len(found.at), dtype=bool)
    for low, high in pairwise(bounds):
        turn = by_rank[low:high]
        soon = found.at[turn] - last[found.customer[turn]] < QUIET
        lately[turn] = soon
        last[found.customer[turn[~soon]]] = found.at[turn[~soon]]
    return lately


def _followed(
    rng: np.random.Generator,
    world: World,
    found: Occasions,
    company: Flags,
    sampled_out: Flags,
    reason: Whole,
    sent: Whole,
) -> Asked:
    """From sent to commented. The very content and the very angry answer more often."""
    size, end = len(sent), world.window.end
    arrives = (sent < NEVER) & happens(rng, DELIVERED, size)
    delivered = _then(arrives, sent, rng.integers(1, 40, size), end)
    opens = (delivered < NEVER) & happens(rng, np.array(OPENS)[found.channel], size)
    late = np.minimum(around(rng, np.array(OPENED_IN)[found.channel], 1.2, size), 12 * 86400)
    opened = _then(opens, delivered, np.maximum(late, 1), end)
    keen = np.clip(0.75 + 0.3 * np.abs(found.feels - 0.3), 0.7, 1.5)
    begins = np.array([form.starts for form in FORMS])[found.form] * keen
    starts = (opened < NEVER) & happens(rng, begins, size)
    started = _then(starts, opened, rng.integers(3, 40, size), end)
    ends = (started < NEVER) & happens(rng, FINISHES, size)
    answered = _then(ends, started, rng.integers(8, 180, size), end)
    says = (answered < NEVER) & happens(rng, COMMENTS, size)
    says &= np.array([form.asks[-1].kind == "text" for form in FORMS])[found.form]
    commented = _then(says, answered, rng.integers(2, 90, size), end)
    scanned = _scanned(world, found, company, delivered)
    return Asked(
        sampled_out=sampled_out,
        reason=reason,
        sent=sent,
        delivered=delivered,
        opened=np.where(scanned, delivered, opened),
        started=np.where(scanned, delivered, started),
        answered=answered,
        commented=commented,
    )


def _scanned(world: World, found: Occasions, company: Flags, delivered: Whole) -> Flags:
    """Mail to companies whose gateway opens every link the second it arrives."""
    found_plant = plant("scanners", world.plants)
    if found_plant is None:
        return np.zeros(len(delivered), dtype=bool)
    inside = (delivered >= instant(found_plant.first_day)) & (
        delivered < instant(found_plant.last_day) + DAY
    )
    theirs = company[np.maximum(found.customer, 0)] & (found.customer != UNKNOWN)
    scanned: Flags = inside & theirs & (found.channel == MAIL)
    return scanned


def _then(goes_on: Flags, at: Whole, seconds: Real | Whole, end: int) -> Whole:
    """That many seconds later for those who go on; what lies behind the end has not happened."""
    base = np.where(goes_on, at, 0)
    later = base + whole_seconds(np.asarray(seconds, dtype=float))
    made: Whole = np.where(goes_on & (later < end), later, NEVER)
    return made
