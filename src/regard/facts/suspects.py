"""Agents that look like machines, with the evidence; whether they are is for a person to say.

Two signs, each enough: answers within seconds around the clock, which no person and no shift gives,
and the same words over and over, which a person's macros are not.
"""

from dataclasses import dataclass

import ibis
from ibis.expr.types import IntegerValue
from ibis.expr.types import Table as Relation

from regard.core.settings import Settings
from regard.facts.expressions import DAY, count_where, joined, whole_second
from regard.store.snapshot import Snapshot

QUICK_SECONDS = 30
"""An answer so soon after the customer's message was read by nobody: "within seconds"."""
QUICK_PERCENT = 90
"""So many of somebody's answers must be that quick."""
ROUND_HOURS = 22
"""At so many of the 24 hours of the day there must be a quick one: some hours are too quiet for
any. A person who works day and night shifts comes that far, but not within seconds."""
LEAST_ANSWERS = 50
"""Under so many answers the hours say nothing."""
SAME_TICKETS = 10
"""A wording is a template if it stands in so many tickets, numbers aside."""
SAME_PERCENT = 80
"""So many of somebody's messages must be templates and nothing else."""
LEAST_MESSAGES = 20
"""Under so many messages with words the wordings say nothing."""
AUTHOR = ("source", "author")
HOUR = 3600


@dataclass(frozen=True)
class Suspect:
    """An agent that looks like a machine.

    answers, quick: answers to customers, and those within QUICK_SECONDS. hours: at how many hours
    of the day these were. messages, same: messages with words, and those that are one of the
    wordings that stand in SAME_TICKETS tickets or more.
    """

    source: str
    agent: str
    answers: int
    quick: int
    hours: int
    messages: int
    same: int
    wordings: int

    @property
    def always_there(self) -> bool:
        """Whether the answers come within seconds around the clock."""
        few = self.answers < LEAST_ANSWERS or self.hours < ROUND_HOURS
        return not few and 100 * self.quick >= QUICK_PERCENT * self.answers

    @property
    def repeats(self) -> bool:
        """Whether the messages are templates."""
        few = self.messages < LEAST_MESSAGES
        return not few and 100 * self.same >= SAME_PERCENT * self.messages


def find_suspects(snapshot: Snapshot, settings: Settings) -> list[Suspect]:
    """Who looks like a machine, by source and id.

    Left out are those that a source flags, and those of whom the settings say what they are.
    """
    rows = signs(*(snapshot.table(name) for name in ("message", "message_text", "agent")))
    known = {*settings.bots, *settings.people}
    found = [Suspect(**row) for row in rows.to_pyarrow().to_pylist()]
    wanted = [one for one in found if one.agent not in known]
    return sorted(
        (one for one in wanted if one.always_there or one.repeats),
        key=lambda one: (one.source, one.agent),
    )


def known_agents(snapshot: Snapshot) -> set[str]:
    """The ids of all agents and of all who wrote as such."""
    message = snapshot.table("message")
    wrote = message.filter(message.author_kind.isin(("agent", "bot")), message.author.notnull())
    named = snapshot.table("agent")
    every = ibis.union(named.select("agent_id"), wrote.select(agent_id=wrote.author), distinct=True)
    return set(every.to_pyarrow()["agent_id"].to_pylist())


def signs(message: Relation, message_text: Relation, agent: Relation) -> Relation:
    """What Suspect says of each author of ours whom no source calls a machine."""
    public = message.filter(message.public.fill_null(True))
    bots = agent.filter(agent.bot.fill_null(False)).select("source", author=agent.agent_id)
    ours = public.filter(
        public.author_kind == "agent", public.author.notnull(), ~public.automatic.fill_null(False)
    )
    ours = ours.anti_join(bots.distinct(), list(AUTHOR))
    authors = ours.select(*AUTHOR).distinct()
    rows = joined(joined(authors, _answers(public), AUTHOR), _wordings(ours, message_text), AUTHOR)
    counts = ("answers", "quick", "hours", "messages", "same", "wordings")
    return rows.select(
        "source", agent="author", **{name: rows[name].fill_null(0) for name in counts}
    )


def _answers(public: Relation) -> Relation:
    """How soon after a customer's message each author answers, and at which hours."""
    ticket = ("source", "ticket_id")
    order = [public.sent_at, public.ordinal.fill_null(0), public.message_id]
    before = ibis.window(group_by=ticket, order_by=order)
    rows = public.mutate(
        asked_at=public.sent_at.lag().over(before), asked_by=public.author_kind.lag().over(before)
    )
    rows = rows.filter(
        rows.author_kind == "agent", rows.asked_by == "customer", ~rows.automatic.fill_null(False)
    )
    took: IntegerValue = whole_second(rows.sent_at) - whole_second(rows.asked_at)
    rows = rows.mutate(quick=took <= QUICK_SECONDS, hour=(whole_second(rows.sent_at) % DAY) // HOUR)
    return rows.group_by(*AUTHOR).aggregate(
        answers=rows.count(),
        quick=count_where(rows.quick),
        hours=rows.hour.nunique(where=rows.quick),
    )


def _wordings(ours: Relation, message_text: Relation) -> Relation:
    """How many of each author's messages are templates: the same words, numbers aside."""
    key = ("source", "ticket_id", "message_id")
    words = message_text.select(*key, "text")
    said = ours.select(*key, "author").inner_join(words, list(key))
    plain = said.text.lower().re_replace("[0-9]+", "0").re_replace(r"\s+", " ").strip()
    said = said.mutate(wording=plain).filter(lambda rows: rows.wording != "")
    each = said.group_by(*AUTHOR, "wording").aggregate(
        said=said.count(), tickets=said.ticket_id.nunique()
    )
    often = each.tickets >= SAME_TICKETS
    return each.group_by(*AUTHOR).aggregate(
        messages=each.said.sum(),
        same=each.said.sum(where=often),
        wordings=count_where(often),
    )
