"""The demo's live chats: who waited in the queue, who was served, who left before."""

from typing import Any

import numpy as np
import pyarrow as pa

from regard.demo.chance import Whole, Words
from regard.demo.clock import NEVER, SECOND, Openings, whole_seconds
from regard.demo.drafts import Drafts
from regard.demo.histories import TEAM_IDS
from regard.demo.kinds import CHANNELS
from regard.demo.people import Staff
from regard.demo.rows import UNKNOWN, only, rows_of

CHAT = [channel.name for channel in CHANNELS].index("chat")
LONGEST_WAIT = 900
"""Seconds after which nobody still waits; the answer then comes as a message."""
PATIENCE_SECONDS = 240.0


def chat_rows(
    rng: np.random.Generator,
    found: Drafts,
    hours: Openings,
    staff: Staff,
    messages: dict[str, Any],
    names: tuple[Words, Words, Words],
    end: int,
) -> pa.Table:
    """The table of live chats, one a ticket that began in one while people were there.

    messages: as `Log.before` gives them. names: the ids of sessions and tickets, and of each
    ticket's customer. Out of hours a chat takes a message: no session. What would lie at `end` or
    later has not happened.
    """
    session_ids, ids, who = names
    ticket = np.flatnonzero((found.channel == CHAT) & _open(hours, found.created))
    ticket = ticket[~np.isin(found.fate[ticket], ("spam", "test"))]
    size, started = len(ticket), found.created[ticket]
    by_bot = found.fate[ticket] == "bot"
    queued = started + rng.integers(2, 20, size) * SECOND
    line, author = _first_lines(staff, messages, len(found.created))
    line, author = line[ticket], author[ticket]
    patience = whole_seconds(np.clip(rng.exponential(PATIENCE_SECONDS, size), 20, LONGEST_WAIT))
    served = ~by_bot & (line < NEVER) & (line - queued <= LONGEST_WAIT * SECOND)
    accepted = np.maximum(queued, line - rng.integers(5, 25, size) * SECOND)
    ended = np.where(served, line, queued + patience)
    ended = ended + served * rng.integers(180, 1200, size) * SECOND
    queued = np.where(by_bot, NEVER, queued)
    line, accepted = np.maximum(line, accepted), np.minimum(accepted, line)
    instants = {
        "queued_at": queued,
        "accepted_at": np.where(served, accepted, NEVER),
        "first_line_at": np.where(served, line, NEVER),
        "left_at": np.where(served | by_bot, NEVER, ended),
        "ended_at": ended,
    }
    instants = {name: np.where(at < end, at, NEVER) for name, at in instants.items()}
    agent = only(served, staff.ids[np.maximum(author, 0)])
    return rows_of(
        "chat_session",
        np.where(instants["ended_at"] < NEVER, instants["ended_at"], started),
        session_id=session_ids[:size],
        ticket_id=ids[ticket],
        customer_id=who[ticket],
        started_at=started,
        agent=agent,
        team=only(served, TEAM_IDS[found.home[ticket]]),
        **instants,
    )


def _open(hours: Openings, at: Whole) -> Any:
    return hours.elapsed(at + SECOND) > hours.elapsed(at)


def _first_lines(staff: Staff, messages: dict[str, Any], size: int) -> tuple[Whole, Whole]:
    """For each ticket, when a person first wrote to the customer (else NEVER), and who."""
    by_people = np.flatnonzero(
        (messages["author_kind"] == "agent") & messages["public"].astype(bool)
    )
    ticket = messages["ticket"][by_people]
    first = by_people[np.concatenate([[True], ticket[1:] != ticket[:-1]])[: len(ticket)]]
    at, author = np.full(size, NEVER), np.full(size, UNKNOWN)
    at[messages["ticket"][first]] = messages["at"][first]
    place = {name: number for number, name in enumerate(staff.ids)}
    author[messages["ticket"][first]] = [place[name] for name in messages["author"][first]]
    return at, author
