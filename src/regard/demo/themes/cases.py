"""The demo's follow-ups of bad answers: whose they are, how they end, and who is asked again."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, around, drawn, happens
from regard.demo.clock import DAY, HOUR, NEVER, whole_seconds
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.answering import Answers, bad
from regard.demo.themes.asking import Occasions
from regard.demo.themes.columns import numbered, text_at
from regard.demo.world import World

FOLLOWED, CLOSED, ASKED_AGAIN = 0.88, 0.88, 0.5
DUE = 3 * DAY
HOURS = 34.0
OUTCOMES = ("solved", "refunded", "apologised", "not_reached")
OUTCOME_SHARES = (0.42, 0.14, 0.26, 0.18)
BETTER = (1.5, 1.6, 0.5, 0.0)
"""By outcome: how much more content the customer is afterwards."""


@dataclass(frozen=True)
class Cases:
    """One position a case; answer: the position of the answer that caused it."""

    answer: Whole
    opened: Whole
    closed: Whole
    outcome: Whole


def cases(rng: np.random.Generator, world: World, found: Answers) -> Cases:
    """Cases for most of the bad answers; those that did not end have no outcome."""
    mine = np.flatnonzero(bad(found))
    mine = mine[happens(rng, FOLLOWED, len(mine))]
    opened = found.at[mine] + whole_seconds(around(rng, 4 * 3600.0, 0.8, len(mine)))
    mine, opened = mine[opened < world.window.end], opened[opened < world.window.end]
    closed = opened + whole_seconds(around(rng, HOURS * 3600, 0.8, len(mine)))
    ends = happens(rng, CLOSED, len(mine)) & (closed < world.window.end)
    outcome = drawn(rng, OUTCOME_SHARES, len(mine))
    return Cases(mine, opened, np.where(ends, closed, NEVER), np.where(ends, outcome, UNKNOWN))


def asked_again(
    rng: np.random.Generator, world: World, found: Answers, followed: Cases
) -> Occasions:
    """Occasions to ask the same again, some days after a case was closed."""
    again = np.flatnonzero(followed.closed < NEVER)
    again = again[happens(rng, ASKED_AGAIN, len(again))]
    of = followed.answer[again]
    late = whole_seconds(rng.uniform(2 * 86400, 8 * 86400, len(again)))
    better: Real = found.felt[of] + np.array(BETTER)[followed.outcome[again]]
    occasions = Occasions(
        form=found.form[of],
        customer=found.customer[of],
        ticket=found.ticket[of],
        call=found.call[of],
        bot=found.bot[of],
        channel=found.channel[of],
        at=followed.closed[again] + late,
        feels=better,
        watched=np.zeros(len(of), dtype=bool),
    )
    return occasions.some(np.flatnonzero(occasions.at < world.window.end))


def case_rows(
    rng: np.random.Generator,
    world: World,
    followed: Cases,
    found: Answers,
    responses: pa.Array,
    customers: pa.Array,
) -> pa.Table:
    """The table of cases; responses, customers: their ids."""
    size = len(followed.answer)
    team = drawn(rng, (0.5, 0.25, 0.1, 0.15), size)
    owner = world.staff.pick(rng, team, np.minimum(followed.opened, world.window.end - 2 * HOUR))
    return rows_of(
        "case",
        np.where(followed.closed < NEVER, followed.closed, followed.opened),
        case_id=numbered(f"f{world.site}", size),
        customer_id=text_at(customers, found.customer[followed.answer]),
        response_id=text_at(responses, followed.answer),
        opened_at=followed.opened,
        due_at=followed.opened + DUE,
        closed_at=followed.closed,
        owner=world.staff.ids[owner],
        outcome=text_at(OUTCOMES, followed.outcome),
    )
