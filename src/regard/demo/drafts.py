"""What the demo's tickets are at their beginning, and what is to become of them."""

from dataclasses import dataclass

import numpy as np

from regard.demo.arrivals import abroad, written
from regard.demo.calls import Calls
from regard.demo.chance import Flags, Real, Whole, Words, drawn, happens, words
from regard.demo.clock import SECOND, Window
from regard.demo.customers import Customers
from regard.demo.kinds import (
    CHANNELS,
    KINDS,
    PHONE_ANSWERED_IN,
    PHONE_SHARE,
    PRIORITY_PACE,
    PRIORITY_SHARES,
    PRODUCT_SHARES,
)
from regard.demo.legs import Line
from regard.demo.mix import kinds_at
from regard.demo.people import team_number
from regard.demo.plants import Plant
from regard.demo.rows import UNKNOWN
from regard.demo.stories import SURGE_TICKETS

FATES = {
    "solved": 0.83,
    "inactive": 0.045,
    "bot": 0.03,
    "spam": 0.025,
    "duplicate": 0.02,
    "merged": 0.015,
    "unsolved": 0.015,
    "forgotten": 0.006,
    "test": 0.004,
    "internal": 0.01,
}
"""solved: answered until it is; inactive: the customer falls silent; forgotten: nobody looks."""
WORKED_ON = ("solved", "inactive", "duplicate", "internal")
ROUTED = 0.7
"""Tickets that go straight to the team that knows; the others begin in the first line."""
MOST_ROUNDS = 6
PHONE = len(CHANNELS)
"""The channel's number of tickets opened on the line."""


@dataclass(frozen=True)
class Drafts:
    """Tickets in order of creation.

    channel: its number in CHANNELS, or PHONE. call: the call it was opened on, else UNKNOWN.
    pace: open seconds to an answer at the median. team: where it begins; home: who knows.
    rounds: answers needed. merged: the ticket it is merged into, else UNKNOWN.
    """

    created: Whole
    channel: Whole
    customer: Whole
    kind: Whole
    priority: Whole
    product: Whole
    fate: Words
    pace: Real
    team: Whole
    home: Whole
    rounds: Whole
    call: Whole
    agent: Whole
    merged: Whole

    def with_fate(self, *fates: str) -> Whole:
        """Positions of the tickets with one of these fates."""
        return np.flatnonzero(np.isin(self.fate, fates))

    @property
    def by_phone(self) -> Flags:
        """Whether one of ours opened it on the line."""
        made: Flags = self.channel == PHONE
        return made


def drafts(
    rng: np.random.Generator,
    window: Window,
    people: Customers,
    found: Calls,
    line: Line,
    plants: tuple[Plant, ...],
    tickets: int,
) -> Drafts:
    """That many tickets: most written, some opened during a call."""
    call = _calls_with_ticket(rng, found, line, tickets)
    plain = tickets - len(call)
    into = np.rint(rng.uniform(0.1, 0.6, len(call)) * found.handle[call]).astype(np.int64)
    writer = people.some(rng, plain)
    sent = abroad(window, written(rng, window, plants, plain), people.place[writer])
    channel = drawn(rng, [channel.share for channel in CHANNELS], plain)
    kind = kinds_at(rng, window, plants, sent, SURGE_TICKETS)
    created = np.concatenate([sent, line.spoken_at[call] + into * SECOND])
    columns = {
        "created": created,
        "channel": np.concatenate([channel, np.full(len(call), PHONE)]),
        "customer": np.concatenate([writer, found.customer[call]]),
        "kind": np.concatenate([kind, found.kind[call]]),
        "call": np.concatenate([np.full(plain, UNKNOWN), call]),
        "agent": np.concatenate([np.full(plain, UNKNOWN), line.agent[call]]),
    }
    order = np.argsort(created, kind="stable")
    return _described(rng, {name: values[order] for name, values in columns.items()})


def _calls_with_ticket(rng: np.random.Generator, found: Calls, line: Line, tickets: int) -> Whole:
    fit = (found.outcome == "answered") & (found.repeats == UNKNOWN) & (found.handle > 60)
    fit &= line.agent != UNKNOWN
    return np.sort(rng.permutation(np.flatnonzero(fit))[: round(tickets * PHONE_SHARE)])


def _described(rng: np.random.Generator, columns: dict[str, Whole]) -> Drafts:
    channel, kind, customer = columns["channel"], columns["kind"], columns["customer"]
    size = len(kind)
    by_phone = channel == PHONE
    fate = words(list(FATES))[drawn(rng, list(FATES.values()), size)]
    spoken = np.where(fate == "inactive", "inactive", "solved")
    fate = np.where(by_phone, spoken, fate)
    merged = _merged(rng, fate, by_phone)
    fate = np.where((fate == "merged") & (merged == UNKNOWN), "solved", fate)
    joined = np.flatnonzero(merged != UNKNOWN)
    kind[joined], customer[joined] = kind[merged[joined]], customer[merged[joined]]
    home = np.array([team_number(kind.team) for kind in KINDS])[kind]
    routed = happens(rng, ROUTED, size) & (fate != "bot")
    priority = drawn(rng, PRIORITY_SHARES, size)
    pace = np.array([*(c.answered_in for c in CHANNELS), PHONE_ANSWERED_IN])[channel]
    further = rng.poisson(np.array([kind.rounds for kind in KINDS])[kind])
    rounds = np.where(fate == "duplicate", 1, 1 + np.minimum(further, MOST_ROUNDS - 1))
    return Drafts(
        **columns,
        priority=priority,
        product=drawn(rng, PRODUCT_SHARES, size),
        fate=fate,
        pace=pace * np.array(PRIORITY_PACE)[priority],
        team=np.where(routed, home, 0),
        home=home,
        rounds=rounds,
        merged=merged,
    )


def _merged(rng: np.random.Generator, fate: Words, by_phone: Flags) -> Whole:
    """For tickets to be merged: one written a little before, that is itself to be solved."""
    into = np.full(len(fate), UNKNOWN, dtype=np.int64)
    mine = np.flatnonzero(fate == "merged")
    target = mine - rng.integers(1, 6, len(mine))
    good = target >= 0
    mine, target = mine[good], target[good]
    good = (fate[target] == "solved") & ~by_phone[target]
    into[mine[good]] = target[good]
    return into
