"""The people of the demo's company: teams, who works in them, and who was there when."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.calendars import WRITTEN
from regard.demo.chance import Flags, Whole, Words, words
from regard.demo.clock import HOUR, NEVER, Window, instant, months_before
from regard.demo.rows import rows_of

TEAMS = (
    ("first_line", "First line", 1),
    ("billing", "Billing", 1),
    ("logistics", "Logistics", 1),
    ("technical", "Technical", 2),
    ("engineering", "Engineering", 3),
)
NAMES = {
    "first_line": "Anna Piotr Aisyah Omar Mariya Emma Katarzyna Hakim Ivan",
    "billing": "Zofia Layla Georgi Oliver",
    "logistics": "Tomasz Nurul Elena",
    "technical": "Marek Farid Yusuf Grace",
    "engineering": "Ewa Huda Jan",
}
"""Ordinary first names of the five languages' countries; the first of a team leads it."""
LEAVERS = {"Hakim": 6, "Oliver": 3}
"""Who left, and how many months before the end."""
MOVER, MOVED_TO, MOVED = "Katarzyna", "technical", 7
BOT = "Assistant"


@dataclass(frozen=True)
class Staff:
    """Stints: who (position in ids) was in which team (position in TEAMS), from and until."""

    ids: Words
    who: Whole
    team: Whole
    since: Whole
    until: Whole
    left: Whole
    bot: int
    tables: dict[str, pa.Table]

    def pick(self, rng: np.random.Generator, team: Whole, at: Whole) -> Whole:
        """Someone of each team who is there at that instant and for an hour more."""
        chosen = np.zeros(len(team), dtype=np.int64)
        for number in range(len(TEAMS)):
            mine = np.flatnonzero(team == number)
            stints = np.flatnonzero(self.team == number)
            there = _there(self, stints, at[mine])
            lot = np.where(there, rng.random((len(mine), len(stints))), -1.0)
            chosen[mine] = self.who[stints[lot.argmax(axis=1)]]
        return chosen

    def pick_in_turn(self, team: Whole, at: Whole) -> Whole:
        """The next of each team in turn, who is there: rows in order of time."""
        chosen = np.zeros(len(team), dtype=np.int64)
        for number in range(len(TEAMS)):
            mine = np.flatnonzero(team == number)
            stints = np.flatnonzero(self.team == number)
            there = _there(self, stints, at[mine])
            turn = np.arange(len(mine)) % np.maximum(there.sum(axis=1), 1)
            place = (there.cumsum(axis=1) > turn[:, None]).argmax(axis=1)
            chosen[mine] = self.who[stints[place]]
        return chosen


def team_number(team_id: str) -> int:
    """The position of a team in TEAMS."""
    return [found for found, _, _ in TEAMS].index(team_id)


def staff(window: Window, site: str = "", letter: str = "") -> Staff:
    """Who works there: 23 people and a bot, two of whom left and one of whom changed teams.

    site: what tells ids of this block from another's. letter: what tells names apart.
    """
    people = [(name, team) for team, names in NAMES.items() for name in names.split()]
    leaving = [_evening(window, LEAVERS[name]) if name in LEAVERS else NEVER for name, _ in people]
    stints = []
    for who, (name, team) in enumerate(people):
        moved = _evening(window, MOVED) if name == MOVER else NEVER
        stints.append((who, team_number(team), 0, min(moved, leaving[who])))
        if moved < NEVER:
            stints.append((who, team_number(MOVED_TO), moved, leaving[who]))
    placed = np.array(stints, dtype=np.int64).T
    people.append((BOT, "first_line"))
    left = np.array([*leaving, NEVER], dtype=np.int64)
    ids = words([f"a{site}{number:02d}" for number in range(1, len(people))] + ["bot"])
    agents = _agent_rows(window, people, ids, left, letter)
    tables = {"team": _team_rows(window), "agent": agents}
    return Staff(ids, placed[0], placed[1], placed[2], placed[3], left, len(people) - 1, tables)


def _there(staff: Staff, stints: Whole, at: Whole) -> Flags:
    late_enough = staff.since[stints][None, :] <= at[:, None]
    made: Flags = late_enough & (staff.until[stints][None, :] - HOUR > at[:, None])
    return made


def _evening(window: Window, months: int) -> int:
    """An evening that many months before the end; never, where the window is shorter."""
    day = months_before(window.until, months)
    return instant(day, 20) if day > window.first else NEVER


def _team_rows(window: Window) -> pa.Table:
    ids, names, tiers = zip(*TEAMS, strict=True)
    return rows_of(
        "team",
        np.full(len(TEAMS), window.start, dtype=np.int64),
        team_id=words(ids),
        name=words(names),
        tier=np.array(tiers, dtype=np.int64),
        calendar_id=WRITTEN,
    )


def _agent_rows(
    window: Window, people: list[tuple[str, str]], ids: Words, left: Whole, letter: str
) -> pa.Table:
    leads = {names.split()[0] for names in NAMES.values()}
    found = [
        (ids[n], NEVER, name, team, left[n], "lead" if name in leads else "agent")
        for n, (name, team) in enumerate(people)
    ]
    moved = _evening(window, MOVED)
    if moved < NEVER:
        mover = next(row for row in found if row[2] == MOVER)
        found.append((mover[0], moved, MOVER, MOVED_TO, mover[4], mover[5]))
    agent_id, since, name, team, gone, role = zip(*found, strict=True)
    changed = [
        max(w for w in (window.start, s, g) if w < NEVER) for s, g in zip(since, gone, strict=True)
    ]
    return rows_of(
        "agent",
        np.array(changed, dtype=np.int64),
        agent_id=words(agent_id),
        valid_from=np.array(since, dtype=np.int64),
        name=words([n if n == BOT or not letter else f"{n} {letter}." for n in name]),
        role=words(role),
        team=words(team),
        bot=np.array([n == BOT for n in name]),
        left_at=np.array(gone, dtype=np.int64),
    )
