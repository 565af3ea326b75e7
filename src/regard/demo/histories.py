"""What happens in the demo's tickets: changes and messages, round after round."""

from dataclasses import dataclass, field

import numpy as np

from regard.demo.chance import Flags, Real, Whole, Words, around, drawn, happens, words
from regard.demo.clock import DAY, HOUR, NEVER, SECOND, Openings, whole_seconds
from regard.demo.drafts import MOST_ROUNDS, WORKED_ON, Drafts
from regard.demo.kinds import CHANNELS, ESCALATES_TO, KINDS, PRIORITIES
from regard.demo.log import Log
from regard.demo.people import TEAMS, Staff, team_number
from regard.demo.plants import Plant
from regard.demo.rows import UNKNOWN
from regard.demo.sayings import Saying
from regard.demo.stories import quickness, returning, slowness

SPREAD = 1.0
OFF_HOURS = 0.05
"""Answers that take no heed of the opening hours."""
HANDED_ON, RAISED, ON_HOLD, NOTED, CHASED = 0.05, 0.05, 0.10, 0.12, 0.3
CUSTOMER_SECONDS = 9.0 * 3600
CHAT_PACE = 600
"""Open seconds to an answer below which customers wait for it in front of their screen."""
REOPENED, THANKED, TOLD = 0.06, 0.17, 0.9
"""Shares of the solved that come back, whose customers say thanks, that a rule tells of it."""
CLOSES_AFTER, INACTIVE_AFTER = 5 * DAY, 7 * DAY
NEXT_TIER = tuple(team_number(ESCALATES_TO.get(name, name)) for name, _, _ in TEAMS)
TEAM_IDS = words([name for name, _, _ in TEAMS])


@dataclass
class Histories:
    """Tickets as they go on: who has them now, and everything that happened."""

    drafts: Drafts
    staff: Staff
    hours: Openings
    plants: tuple[Plant, ...]
    rng: np.random.Generator
    changes: Log = field(default_factory=Log)
    messages: Log = field(default_factory=Log)
    team: Whole = field(init=False)
    agent: Whole = field(init=False)
    solved: Whole = field(init=False)
    solutions: list[Whole] = field(default_factory=list)
    comebacks: list[Whole] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.team, self.agent = self.drafts.team.copy(), self.drafts.agent.copy()
        self.solved = np.full(len(self.team), NEVER, dtype=np.int64)

    def ids(self, ticket: Whole) -> Words:
        """The ids of the people who have these tickets."""
        return self.staff.ids[self.agent[ticket]]

    def change(self, ticket: Whole, at: Whole, name: str, value: object) -> None:
        """A field set by the person who has the ticket."""
        self.changes.add(
            ticket, at, field=name, value=value, actor=self.ids(ticket), actor_kind="agent"
        )

    def write(
        self, ticket: Whole, at: Whole, said: int | Whole, public: bool | Flags = True
    ) -> None:
        """A message by the person who has the ticket; said: a Saying."""
        self.messages.add(
            *(ticket, at),
            author=self.ids(ticket),
            author_kind="agent",
            public=public,
            automatic=False,
            said=said,
        )

    def hear(self, ticket: Whole, at: Whole, said: int | Whole) -> None:
        """A message by the customer; said: a Saying."""
        self.messages.add(
            ticket, at, author_kind="customer", public=True, automatic=False, said=said
        )

    def tell(self, ticket: Whole, at: Whole, said: int) -> None:
        """A message by a rule; said: a Saying."""
        self.messages.add(ticket, at, author_kind="system", public=True, automatic=True, said=said)


def histories(
    rng: np.random.Generator,
    found: Drafts,
    staff: Staff,
    hours: Openings,
    plants: tuple[Plant, ...],
) -> Histories:
    """Everything that happens in these tickets, however late."""
    going = Histories(found, staff, hours, plants, rng)
    _begin(going)
    worked = found.with_fate(*WORKED_ON)
    turn = found.created.copy()
    for number in range(MOST_ROUNDS):
        mine = worked[found.rounds[worked] > number]
        last = found.rounds[mine] == number + 1
        replied = _answer(going, mine, turn[mine], last, first=number == 0)
        _finish(going, mine[last], replied[last])
        turn[mine[~last]] = _ask_back(going, mine[~last], replied[~last])
    _reopen(going)
    _end_unserved(going)
    return going


def _begin(going: Histories) -> None:
    """The first message of each ticket, and the rules' replies to some."""
    found, rng = going.drafts, going.rng
    spoken = np.flatnonzero(found.by_phone)
    going.write(spoken, found.created[spoken], Saying.NOTE, public=False)
    written = np.flatnonzero(~found.by_phone)
    said = np.full(len(found.created), Saying.OPENING)
    for fate, saying in (
        ("spam", Saying.SPAM),
        ("test", Saying.TEST),
        ("internal", Saying.INTERNAL),
    ):
        said[found.fate == fate] = saying
    going.hear(written, found.created[written], said[written])
    chance = np.array([*(channel.auto_reply for channel in CHANNELS), 0.0])[found.channel[written]]
    replied = written[happens(rng, chance, len(written))]
    at = found.created[replied] + rng.integers(1, 15, len(replied)) * SECOND
    going.tell(replied, at, Saying.RECEIPT)


def _answer(going: Histories, mine: Whole, turn: Whole, last: Flags, *, first: bool) -> Whole:
    """People work on what the customer said; gives the instants of their replies.

    last: whether the reply solves it, else it asks.
    """
    rng, found = going.rng, going.drafts
    pace = found.pace[mine] * slowness(going.plants, turn) * quickness(going.plants, turn)
    pace *= 1.0 if first else 0.8
    spoken = found.by_phone[mine] & first
    replied = _reply_instants(going, turn, np.where(spoken, 240.0, pace), spoken)
    if first:
        _take(going, mine, turn, replied)
        _wait_for_others(going, mine, turn, replied)
    else:
        going.changes.add(mine, turn, field="status", value="open", actor_kind="customer")
    _hand_on(going, mine, turn, replied)
    _chase(going, mine, turn, replied)
    _add_lines(going, mine, turn, replied)
    noted = happens(rng, NOTED, len(mine))
    going.write(mine[noted], replied[noted] - SECOND, Saying.NOTE, public=False)
    said = np.where(spoken, Saying.NOTE, np.where(last, Saying.SOLUTION, Saying.QUESTION))
    going.write(mine, replied, said, public=~spoken)
    return replied


def _reply_instants(going: Histories, turn: Whole, pace: Real, spoken: Flags) -> Whole:
    rng = going.rng
    seconds = np.minimum(around(rng, pace, SPREAD, len(turn)), 30 * 10 * 3600)
    seconds = np.where(spoken, np.minimum(seconds, 1200), seconds)
    heedless = happens(rng, OFF_HOURS, len(turn)) | spoken
    at_once = turn + whole_seconds(np.maximum(seconds, 30))
    made: Whole = np.where(heedless, at_once, going.hours.later(turn, np.maximum(seconds, 30)))
    return np.maximum(made, turn + 20 * SECOND)


def _part(going: Histories, start: Whole, end: Whole, low: float, high: float) -> Whole:
    return going.hours.between(start, end, going.rng.uniform(low, high, len(start)))


def _take(going: Histories, mine: Whole, turn: Whole, replied: Whole) -> None:
    """The right team gets the ticket, a person takes it, and it is open."""
    found = going.drafts
    astray = ~found.by_phone[mine] & (going.team[mine] != found.home[mine])
    moved, at = mine[astray], _part(going, turn[astray], replied[astray], 0.05, 0.3)
    going.agent[moved] = going.staff.pick(going.rng, going.team[moved], at)
    going.team[moved] = found.home[moved]
    going.change(moved, at, "team", TEAM_IDS[going.team[moved]])
    free = going.agent[mine] == UNKNOWN
    free |= astray
    taken, at = mine[free], _part(going, turn[free], replied[free], 0.35, 0.55)
    going.agent[taken] = going.staff.pick(going.rng, going.team[taken], replied[free])
    going.change(taken, at, "agent", going.ids(taken))
    going.change(taken, at, "status", "open")
    raised = happens(going.rng, RAISED, len(taken)) & (found.priority[taken] < 3)
    higher = words(PRIORITIES)[np.minimum(found.priority[taken[raised]] + 1, 3)]
    going.change(taken[raised], at[raised], "priority", higher)
    doubled = found.fate[taken] == "duplicate"
    going.change(taken[doubled], at[doubled], "demand", "duplicate")


def _wait_for_others(going: Histories, mine: Whole, turn: Whole, replied: Whole) -> None:
    """Some tickets are on hold for a while before the first answer."""
    held = happens(going.rng, ON_HOLD, len(mine)) & ~going.drafts.by_phone[mine]
    ticket, start, end = mine[held], turn[held], replied[held]
    going.change(ticket, _part(going, start, end, 0.65, 0.7), "status", "on_hold")
    going.change(ticket, _part(going, start, end, 0.85, 0.9), "status", "open")


def _hand_on(going: Histories, mine: Whole, turn: Whole, replied: Whole) -> None:
    """Up to the next tier, or to a colleague: by chance, or because the person left."""
    rng, staff = going.rng, going.staff
    escalates = np.array([kind.escalates for kind in KINDS])[going.drafts.kind[mine]]
    next_tier = np.array(NEXT_TIER)[going.team[mine]]
    up = happens(rng, escalates, len(mine)) & (next_tier != going.team[mine])
    at = _part(going, turn, replied, 0.72, 0.8)
    going.change(mine[up], at[up], "team", TEAM_IDS[next_tier[up]])
    going.team[mine[up]] = next_tier[up]
    gone = staff.left[going.agent[mine]] <= replied + HOUR
    other = up | gone | happens(rng, HANDED_ON, len(mine))
    former = going.ids(mine[other])
    someone = staff.pick(rng, going.team[mine[other]], replied[other])
    actor = np.where(gone[other], staff.ids[someone], former)
    going.agent[mine[other]] = someone
    going.changes.add(
        mine[other],
        at[other],
        field="agent",
        value=going.ids(mine[other]),
        actor=actor,
        actor_kind="agent",
    )


def _chase(going: Histories, mine: Whole, turn: Whole, replied: Whole) -> None:
    """Who has waited a day and a half writes again."""
    impatient = (replied - turn > 36 * HOUR) & happens(going.rng, CHASED, len(mine))
    room = (replied - turn)[impatient] - 30 * HOUR
    at = turn[impatient] + 26 * HOUR
    at = at + whole_seconds(room / SECOND * going.rng.uniform(0, 1, len(at)))
    going.hear(mine[impatient], at, Saying.CHASER)


def _add_lines(going: Histories, mine: Whole, turn: Whole, replied: Whole) -> None:
    """Who chats, and some who write, say it in several messages before they are answered."""
    chats = going.drafts.pace[mine] < CHAT_PACE
    for chance in (0.75, 0.5):
        more = happens(going.rng, np.where(chats, chance, 0.04), len(mine))
        room = np.minimum(replied - turn, 90 * SECOND)[more]
        at = turn[more] + whole_seconds(room / SECOND * going.rng.uniform(0.05, 0.95, len(room)))
        heard = at < replied[more]
        going.hear(mine[more][heard], at[heard], Saying.ADDITION)


def _ask_back(going: Histories, mine: Whole, replied: Whole) -> Whole:
    """The customer is asked something and answers; gives the instants of the answers."""
    at = replied + going.rng.integers(1, 60, len(mine)) * SECOND
    going.change(mine, at, "status", "pending")
    seconds = around(going.rng, CUSTOMER_SECONDS, 1.1, len(mine))
    chat = going.drafts.pace[mine] < CHAT_PACE
    seconds = np.where(chat, seconds / 200, np.minimum(seconds, 6 * 86400))
    answered: Whole = at + whole_seconds(np.maximum(seconds, 20))
    going.hear(mine, answered, Saying.ANSWER)
    return answered


def _finish(going: Histories, mine: Whole, replied: Whole) -> None:
    """After the last reply: solved, or the customer never says whether it helped."""
    silent = going.drafts.fate[mine] == "inactive"
    at = replied + going.rng.integers(1, 240, len(mine)) * SECOND
    going.change(mine[silent], at[silent], "status", "pending")
    _close(going, mine[silent], at[silent] + INACTIVE_AFTER, "inactivity")
    done, at = mine[~silent], at[~silent]
    going.change(done, at, "status", "solved")
    going.solved[done] = at
    going.solutions.append(at)
    told = happens(going.rng, TOLD, len(done)) & (going.drafts.pace[done] >= CHAT_PACE)
    going.tell(done[told], at[told] + SECOND, Saying.NOTICE)


def _reopen(going: Histories) -> None:
    """Some of the solved come back, are answered once more, and everything solved is closed."""
    solved = np.flatnonzero(going.solved < NEVER)
    chance = REOPENED * returning(going.plants, going.solved[solved])
    back = solved[happens(going.rng, chance, len(solved))]
    turn = going.solved[back] + whole_seconds(going.rng.uniform(0.05, 4.9, len(back)) * 86400)
    going.hear(back, turn, Saying.RETURN)
    going.comebacks.append(turn)
    replied = _answer(going, back, turn, np.ones(len(back), dtype=bool), first=False)
    _finish(going, back, replied)
    closed = np.flatnonzero(going.solved < NEVER)
    _close(going, closed, going.solved[closed] + CLOSES_AFTER, None)
    glad = closed[happens(going.rng, THANKED, len(closed)) & ~going.drafts.by_phone[closed]]
    later = np.minimum(around(going.rng, 2.0 * 3600, 1.2, len(glad)), 4.5 * 86400)
    going.hear(glad, going.solved[glad] + whole_seconds(np.maximum(later, 15)), Saying.THANKS)


def _close(going: Histories, mine: Whole, at: Whole, reason: str | None) -> None:
    """Closed by a rule of the system."""
    going.changes.add(mine, at, field="status", value="closed", actor_kind="system", reason=reason)


def _end_unserved(going: Histories) -> None:
    """Tickets that end without the answer of a person."""
    found, rng = going.drafts, going.rng
    _end_by_bot(going)
    for fate, label, reason, seconds in (
        ("spam", "spam", "spam", 5400.0),
        ("test", None, "cancelled", 3600.0),
        ("merged", "merged", "merged", 3600.0),
        ("unsolved", None, "unsolved", 20 * 3600.0),
    ):
        mine = found.with_fate(fate)
        at = going.hours.later(found.created[mine], around(rng, seconds, 1.0, len(mine)))
        going.agent[mine] = going.staff.pick(rng, going.team[mine], at)
        going.change(mine, at, "agent", going.ids(mine))
        if fate == "merged":
            going.change(mine, at, "merged_into", found.merged[mine])
        if label:
            going.change(mine, at, "demand", label)
        going.changes.add(
            mine,
            at + SECOND,
            field="status",
            value="closed",
            reason=reason,
            actor=going.ids(mine),
            actor_kind="agent",
        )


def _end_by_bot(going: Histories) -> None:
    """The bot answers at once and closes, whatever the customer thinks of it."""
    mine = going.drafts.with_fate("bot")
    bot = going.staff.ids[going.staff.bot]
    at = going.drafts.created[mine] + going.rng.integers(15, 30, len(mine)) * SECOND
    going.messages.add(
        mine, at, author=bot, author_kind="bot", public=True, automatic=True, said=Saying.BOT
    )
    later = at + 2 * DAY + drawn(going.rng, [1.0] * 3600, len(mine)) * SECOND
    going.changes.add(
        mine, later, field="status", value="closed", actor=bot, actor_kind="bot", reason="bot"
    )
