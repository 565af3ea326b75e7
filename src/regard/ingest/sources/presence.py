"""Who is available: presence of queue members, from events of joining, leaving and pausing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from regard.core.schema import Row, table

EVERY = ""
"""The queue of events that hold for all queues."""
JOINS = frozenset({"ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"})
LEAVES = frozenset({"REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"})
PAUSES = frozenset({"PAUSE", "PAUSEALL"})
RESUMES = frozenset({"UNPAUSE", "UNPAUSEALL"})


@dataclass
class _Member:
    """A person's queues, those they pause in, and the row of the state they are in."""

    queues: set[str] = field(default_factory=set)
    paused: set[str] = field(default_factory=set)
    row: Row | None = None

    @property
    def state(self) -> str:
        """Offline without a queue, away when paused in all, else available."""
        if not self.queues:
            return "offline"
        everywhere = EVERY in self.paused or self.queues <= self.paused
        return "away" if everywhere else "available"


@dataclass
class Presence:
    """The states of all people, as rows of agent_state; the last of each has no end."""

    source: str
    rows: list[Row] = field(default_factory=list)
    members: dict[str, _Member] = field(default_factory=dict)
    begun: Counter[tuple[str, datetime]] = field(default_factory=Counter)

    def take(self, event: str, agent: str, queue: str, at: datetime) -> bool:
        """Let an event tell where a person is; False where it tells nothing of that."""
        if event not in JOINS | LEAVES | PAUSES | RESUMES:
            return False
        member = self.members.setdefault(agent, _Member())
        where = EVERY if event.endswith("ALL") or queue == "NONE" else queue
        if event in LEAVES:
            # Leaving every queue at once, as a log-off says it, ends all pauses too.
            member.queues = set() if where == EVERY else member.queues - {where}
            member.paused = set() if where == EVERY else member.paused - {where}
        else:
            # A member that the queue's own settings name never joins: a pause shows them there.
            if event in JOINS or not member.queues or where != EVERY:
                member.queues.add(where)
            self._pause(event, member, where)
        self._tell(agent, member, at)
        return True

    def _pause(self, event: str, member: _Member, where: str) -> None:
        if event in PAUSES:
            member.paused.add(where)
        elif event in RESUMES:
            member.paused = set() if where == EVERY else member.paused - {where, EVERY}

    def _tell(self, agent: str, member: _Member, at: datetime) -> None:
        if member.row is not None:
            if member.row["state"] == member.state:
                return
            member.row["ends_at"] = member.row["updated_at"] = at
        self.begun[agent, at] += 1
        # Named by its instant, so that a rotated log does not count from one again.
        state_id = f"{int(at.timestamp())}/{self.begun[agent, at]}"
        member.row = table("agent_state").row(
            source=self.source,
            agent_id=agent,
            state_id=state_id,
            state=member.state,
            starts_at=at,
            channel="phone",
            updated_at=at,
        )
        self.rows.append(member.row)
