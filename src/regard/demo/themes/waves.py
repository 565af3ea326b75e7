"""Surveys of the demo's own people, in closed waves, and a few workshops with customers."""

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, happens, words
from regard.demo.clock import DAY, Window, instant
from regard.demo.people import TEAMS
from regard.demo.plants import plant
from regard.demo.rows import rows_of
from regard.demo.themes.answering import score
from regard.demo.themes.columns import in_one, joined, numbered, text_at
from regard.demo.themes.forms import AGENT_ASKS
from regard.demo.themes.whole import is_first
from regard.demo.world import World

EVERY, SHORTEST = 3, 20
"""Months between two waves; days that a month must have in the window."""
ANSWERS = 0.88
CONTENT, BY_PERSON, BY_WAVE, STRAINED = 0.55, 0.5, 0.4, -0.8
BY_TEAM = (-0.05, -0.2, 0.1, 0.15, 0.3)
UNITS = tuple(f"{'front' if tier == 1 else 'back'}/{name}" for name, _, tier in TEAMS)
FINDINGS = (
    "People want to see where their parcel is without asking.",
    "The first set-up is easy; moving to a new router is not.",
    "Invoices by mail are not found again.",
    "Those who had spoken to the same person twice were the happiest.",
)
PER_SESSION = 8

Wave = tuple[str, str, int]
"""Its survey's id, its name, and the instant it was closed."""


def waves(window: Window) -> list[Wave]:
    """A wave at the end of every third month, closed on the month's last day but one."""
    found = []
    for month in range(EVERY - 1, int(window.month[-1]) + 1, EVERY):
        days = np.flatnonzero(window.month == month)
        if len(days) < SHORTEST:
            continue
        last = days[-2]
        day = window.days[last]
        quarter = f"{day.year}-Q{(day.month + 2) // 3}"
        found.append((f"agents-{day:%Y-%m}", quarter, int(window.hours[last, 16])))
    return found


def wave_rows(
    rng: np.random.Generator, world: World, closed: list[Wave], ids: str
) -> tuple[pa.Table, pa.Table]:
    """Responses and answers of our people; no id of a person, and no time but the wave's close.

    ids: what the responses' ids begin with.
    """
    staff = world.staff
    mood = BY_PERSON * rng.standard_normal(len(staff.ids))
    of: list[Whole] = []
    team: list[Whole] = []
    felt: list[Real] = []
    for number, (_, _, at) in enumerate(closed):
        there = np.flatnonzero((staff.since <= at) & (staff.until > at))
        there = there[happens(rng, ANSWERS, len(there))]
        there = rng.permutation(there)
        of.append(np.full(len(there), number, dtype=np.int64))
        team.append(staff.team[there])
        content = CONTENT + mood[staff.who[there]] + np.array(BY_TEAM)[staff.team[there]]
        content = content + BY_WAVE * rng.standard_normal(len(there))
        felt.append(content + STRAINED * _strained(world, at))
    if not closed:
        of, team, felt = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0)]
    return _rows(closed, np.concatenate(of), np.concatenate(team), np.concatenate(felt), ids)


def _strained(world: World, at: int) -> bool:
    """Whether people were missing in the two months before."""
    short = plant("understaffed", world.plants)
    return short is not None and 0 <= at - instant(short.first_day) < 60 * DAY


def _rows(
    closed: list[Wave], of: Whole, team: Whole, felt: Real, prefix: str
) -> tuple[pa.Table, pa.Table]:
    at = np.array([wave[2] for wave in closed], dtype=np.int64)[of]
    survey = [wave[0] for wave in closed]
    ids = numbered(prefix, len(of))
    responses = rows_of(
        "response",
        at,
        response_id=ids,
        survey_id=text_at(survey, of),
        version=np.ones(len(of), dtype=np.int64),
        unit=text_at(UNITS, team),
        at=at,
        channel="web",
        dismissed=False,
    )
    answers = []
    for ask in AGENT_ASKS:
        if ask.scale is None:
            continue
        low, high, inverted = ask.scale
        answers.append(
            rows_of(
                "answer",
                at,
                response_id=ids,
                question_id=ask.question,
                kind=ask.kind,
                score=score(felt, ask.scale),
                scale_min=np.full(len(of), low, dtype=np.int64),
                scale_max=np.full(len(of), high, dtype=np.int64),
                scale_inverted=inverted,
            )
        )
    return responses, in_one(answers)


def workshops(world: World) -> Whole:
    """When workshops with customers began: one every fourth month."""
    window = world.window
    months = range(1, int(window.month[-1]) + 1, 4) if is_first(world) else range(0)
    days = [np.flatnonzero(window.month == month)[0] for month in months]
    days = [day for day in days if day + 9 < len(window.days)]
    return np.array([window.hours[day + 9, 17] for day in days], dtype=np.int64)


def workshop_rows(world: World) -> tuple[pa.Table, pa.Array]:
    """The table of group sessions, and their ids."""
    at = workshops(world)
    ids = joined(f"g{world.site}", numbered("", len(at), 2))
    count = np.full(len(at), PER_SESSION, dtype=np.int64)
    table = rows_of(
        "group_session",
        at,
        session_id=ids,
        at=at,
        name=words([f"Evening with customers {number}" for number in range(1, len(at) + 1)]),
        people=count,
        findings=text_at(FINDINGS, np.arange(len(at)) % len(FINDINGS)),
    )
    return table, ids
