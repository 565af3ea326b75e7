"""Worlds in plain words: tickets, calls and people become event tables and a built workspace.

    world = ticket("1", "2026-03-02 09:00").solved("10:00", by="ann").reopened("+7d")
    facts = rows_of(built(tmp_path, world), "ticket_fact")

An instant is a day and a time (UTC), a time on the day of what came before, or `+7d 1s` after it.
`customer`, `robot` and `rule` act as what they are called; everybody else is an agent.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from regard.core.schema import Row, table
from regard.facts.build import build
from regard.facts.fact import fact
from regard.facts.reader import open_reader
from regard.store.store import Changes, open_store

KINDS = {"customer": "customer", "robot": "bot", "rule": "system"}
STEP = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
NINE_TO_FIVE = """\
[calendar.default]
zone = "UTC"
[calendar.default.week]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]
"""
ALWAYS = '[calendar.default]\nzone = "UTC"\nalways_open = true\n'


def at(said: str, after: datetime | None = None) -> datetime:
    """The instant meant, `after` being the one that came before."""
    if said.startswith("+"):
        assert after is not None, f"'{said}' after what?"
        steps = {UNITS[unit]: float(n) for n, unit in STEP.findall(said)}
        return after + timedelta(**steps)
    if "-" not in said:
        assert after is not None, f"'{said}' of which day?"
        said = f"{after:%Y-%m-%d} {said}"
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def kind_of(who: str | None) -> str | None:
    """What somebody is by their name."""
    return None if who is None else KINDS.get(who, "agent")


@dataclass(frozen=True)
class Told:
    """Rows by table, in the order told, and the instant last spoken of."""

    rows: tuple[tuple[str, Row], ...]
    last: datetime
    source: str = "desk"

    def _with(self, name: str, last: datetime, **values: Any) -> Any:
        row = table(name).row(source=self.source, **values)
        return replace(self, rows=(*self.rows, (name, row)), last=last)

    def _count(self, name: str) -> int:
        return sum(one == name for one, _ in self.rows)


@dataclass(frozen=True)
class Ticket(Told):
    """A ticket and what happens to it; every method adds one happening."""

    id: str = ""

    def set(
        self, field: str, value: str | None, when: str, by: str | None = "ann", **more: Any
    ) -> "Ticket":
        """A field takes a value."""
        then, n = at(when, self.last), self._count("ticket_change") + 1
        said = {
            "ticket_id": self.id,
            "change_id": f"{n:04d}",
            "ordinal": n,
            "at": then,
            "field": field,
            "value": value,
            "actor": by,
            "actor_kind": kind_of(by),
        }
        changed: Ticket = self._with("ticket_change", then, **(said | more))
        return changed

    def solved(self, when: str, by: str | None = "ann", **more: Any) -> "Ticket":
        """Somebody solves it."""
        return self.set("status", "solved", when, by, **more)

    def reopened(self, when: str, by: str | None = "customer") -> "Ticket":
        """It is open again."""
        return self.set("status", "open", when, by)

    def opened(self, when: str, by: str | None = "ann") -> "Ticket":
        """Somebody takes it up."""
        return self.set("status", "open", when, by)

    def pending(self, when: str, by: str | None = "ann") -> "Ticket":
        """It waits for the customer."""
        return self.set("status", "pending", when, by)

    def on_hold(self, when: str, by: str | None = "ann") -> "Ticket":
        """It waits for a third party."""
        return self.set("status", "on_hold", when, by)

    def closed(self, when: str, by: str | None = "ann", reason: str | None = None) -> "Ticket":
        """It is closed."""
        return self.set("status", "closed", when, by, reason=reason)

    def to_team(self, team: str | None, when: str, by: str | None = "ann") -> "Ticket":
        """It passes to a team."""
        return self.set("team", team, when, by)

    def to_agent(self, agent: str | None, when: str, by: str | None = "ann") -> "Ticket":
        """It passes to a person."""
        return self.set("agent", agent, when, by)

    def asked(self, when: str, **more: Any) -> "Ticket":
        """The customer writes."""
        return self.said(when, by="customer", **more)

    def said(self, when: str, by: str = "ann", public: bool | None = True, **more: Any) -> "Ticket":
        """Somebody writes."""
        then, n = at(when, self.last), self._count("message") + 1
        said = {
            "ticket_id": self.id,
            "message_id": f"{n:04d}",
            "ordinal": n,
            "sent_at": then,
            "author": by,
            "author_kind": kind_of(by),
            "public": public,
        }
        written: Ticket = self._with("message", then, **(said | more))
        return written


@dataclass(frozen=True)
class Call(Told):
    """A call and its legs, one after the other."""

    id: str = ""

    def leg(self, kind: str, seconds: int, when: str | None = None, **more: Any) -> "Call":
        """A stay of so many seconds, at once or at an instant."""
        begun = at(when, self.last) if when else self.last
        n, ended = self._count("call_leg") + 1, begun + timedelta(seconds=seconds)
        said = {
            "call_id": self.id,
            "leg_id": str(n),
            "ordinal": n,
            "kind": kind,
            "starts_at": begun,
            "ends_at": ended,
        }
        stayed: Call = self._with("call_leg", ended, **(said | more))
        return stayed

    def queued(self, queue: str, waited: int, **more: Any) -> "Call":
        """It waits in a queue."""
        said: dict[str, Any] = {"queue": queue, "wait_seconds": waited} | more
        return self.leg("queue", waited, **said)

    def talked(self, agent: str, talk: int, **more: Any) -> "Call":
        """A person talks with the caller."""
        said: dict[str, Any] = {"agent": agent, "talk_seconds": talk, "outcome": "completed"}
        return self.leg("agent", talk, **(said | more))

    def ended(self, outcome: str | None) -> "Call":
        """It ends now, so."""
        name, call = self.rows[0]
        return replace(
            self,
            rows=((name, {**call, "ended_at": self.last, "outcome": outcome}), *self.rows[1:]),
        )


def ticket(name: str, when: str, source: str = "desk", **more: Any) -> Ticket:
    """A new ticket; further columns by name."""
    created = at(when)
    said: dict[str, Any] = {"created_by": "customer", "status": "new"} | more
    row = table("ticket").row(source=source, ticket_id=name, created_at=created, **said)
    row["created_by_kind"] = more.get("created_by_kind", kind_of(said["created_by"]))
    return Ticket((("ticket", row),), created, source, name)


def call(name: str, when: str, source: str = "desk", **more: Any) -> Call:
    """A call that comes in, still without legs; further columns by name."""
    row = table("call").row(source=source, call_id=name, arrived_at=at(when), **more)
    return Call((("call", row),), at(when), source, name)


def team(name: str, tier: int | None = None, since: str | None = None, **more: Any) -> Told:
    """A team, for ever or from an instant on."""
    return thing("team", team_id=name, tier=tier, valid_from=at(since) if since else None, **more)


def agent(name: str, bot: bool = False, **more: Any) -> Told:
    """One of ours."""
    return thing("agent", agent_id=name, name=name.title(), bot=bot, **more)


def state(who: str, kind: str, since: str, until: str | None, **more: Any) -> Told:
    """What somebody was doing, from one instant until another or still."""
    begun = at(since)
    ended = at(until, begun) if until else None
    name = more.pop("state_id", f"{since} {kind}")
    return thing(
        "agent_state",
        agent_id=who,
        state_id=name,
        state=kind,
        starts_at=begun,
        ends_at=ended,
        **more,
    )


def shift(who: str, since: str, until: str, activity: str = "work", **more: Any) -> Told:
    """What somebody was to do."""
    begun = at(since)
    return thing(
        "shift",
        agent_id=who,
        shift_id=since,
        activity=activity,
        starts_at=begun,
        ends_at=at(until, begun),
        **more,
    )


def thing(kind: str, /, source: str = "desk", **values: Any) -> Told:
    """One row of any table."""
    row = table(kind).row(source=source, **values)
    return Told(((kind, row),), datetime.min.replace(tzinfo=UTC), source)


def tables_of(*told: Told) -> dict[str, pa.Table]:
    """The event tables of all that was told."""
    rows: dict[str, list[Row]] = {}
    for one in told:
        for name, row in one.rows:
            rows.setdefault(name, []).append(row)
    return {
        name: pa.Table.from_pylist(listed, schema=table(name).schema)
        for name, listed in rows.items()
    }


def take(folder: Path, *told: Told) -> Changes:
    """Import all that was told into the workspace, whose sources cover the tables they fill."""
    return take_tables(folder, tables_of(*told))


def take_tables(folder: Path, rows: Mapping[str, pa.Table]) -> Changes:
    """The same from event tables."""
    covers: dict[str, set[str]] = {}
    for name, said in rows.items():
        for source in said["source"].unique().to_pylist():
            covers.setdefault(source, set()).add(name)
    return open_store(folder).upsert(rows, {name: sorted(said) for name, said in covers.items()})


def built(folder: Path, *told: Told, calendars: str = NINE_TO_FIVE, bots: str = "") -> Path:
    """A workspace in the folder that holds what was told, and its facts."""
    folder.mkdir(parents=True, exist_ok=True)
    if calendars:
        (folder / "calendars.toml").write_text(calendars, encoding="utf-8")
    named = ", ".join(f'"{each}"' for each in bots.split())
    (folder / "regard.toml").write_text(f"bots = [{named}]\n", encoding="utf-8")
    take(folder, *told)
    build(folder, now=at("2026-01-01 00:00"))
    return folder


def fact_table(folder: Path, name: str, as_of: str | None = None) -> pa.Table:
    """The rows of a fact in the newest version, sorted by their key."""
    with open_reader(folder) as reader:
        rows = reader.fact(name, at(as_of) if as_of else None).to_pyarrow()
    return rows.sort_by([(column, "ascending") for column in fact(name).key])


def rows_of(folder: Path, name: str, as_of: str | None = None, **wanted: Any) -> list[Row]:
    """Those rows of a fact whose columns are as wanted."""
    found = fact_table(folder, name, as_of).to_pylist()
    return [row for row in found if all(row[key] == value for key, value in wanted.items())]


def row_of(folder: Path, name: str, as_of: str | None = None, **wanted: Any) -> Row:
    """The one row of a fact whose columns are as wanted."""
    (row,) = rows_of(folder, name, as_of, **wanted)
    return row


def some(row: Mapping[str, Any], names: Iterable[str] | str) -> dict[str, Any]:
    """Some columns of a row; names as a list, or parted by blanks."""
    wanted = names.split() if isinstance(names, str) else names
    return {name: row[name] for name in wanted}
