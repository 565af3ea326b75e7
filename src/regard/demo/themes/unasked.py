"""Answers that nobody was asked for: said twice, by a link on the site, and in workshops."""

import numpy as np

from regard.demo.chance import Flags, Real, Whole, happens
from regard.demo.clock import HOUR, SECOND, whole_seconds
from regard.demo.rows import UNKNOWN
from regard.demo.themes.answering import NOISE, Answers
from regard.demo.themes.asking import LINK
from regard.demo.themes.forms import FORMS, NPS, PMF, TICKET, newest_from
from regard.demo.themes.waves import PER_SESSION, workshops
from regard.demo.world import World

TWICE, WALK_INS = 0.03, 0.012
"""Who says it again without being asked; answers by nobody known, for each ticket."""


def unasked(rng: np.random.Generator, world: World, said: Answers) -> list[Answers]:
    """Answers without an invitation: said twice, by a link on the site, and in workshops."""
    end = world.window.end
    twice = np.flatnonzero((said.form == NPS) & ~said.gone & happens(rng, TWICE, len(said.at)))
    again = said.some(twice)
    late = again.at + whole_seconds(rng.uniform(3600, 9 * 86400, len(twice)))
    again = _plain(again, late, again.felt + NOISE * rng.standard_normal(len(twice)))
    size = round(WALK_INS * world.tickets)
    some = np.flatnonzero((said.form == TICKET) & ~said.gone)
    strangers = said.some(some[rng.integers(0, len(some), size if len(some) else 0)])
    late = strangers.at + whole_seconds(rng.uniform(0, 20 * 86400, len(strangers.at)))
    strangers = _plain(strangers, late, rng.standard_normal(len(late)), known=False)
    met = np.repeat(np.arange(len(workshops(world))), PER_SESSION)
    turn = np.arange(len(met)) % PER_SESSION
    at = workshops(world)[met] + HOUR + turn * 60 * SECOND
    people = _nobody(PMF, at, 0.5 + rng.standard_normal(len(met)), met)
    versions = np.array([form.versions for form in FORMS])
    found = []
    for part in (again, strangers, people):
        newest = np.where(part.at >= newest_from(world.window), versions[part.form], 1)
        dated = Answers(**{**vars(part), "version": newest})
        found.append(dated.some(np.flatnonzero(part.at < end)))
    return found


def _plain(found: Answers, at: Whole, felt: Real, *, known: bool = True) -> Answers:
    """Given by a link, at another time, about nothing in particular."""
    none = np.full(len(at), UNKNOWN, dtype=np.int64)
    return Answers(
        **{
            **vars(found),
            "invitation": none,
            "customer": found.customer if known else none,
            "ticket": none,
            "call": none,
            "bot": none,
            "channel": np.full(len(at), LINK),
            "at": at,
            "felt": felt,
        }
    )


def _nobody(form: int, at: Whole, felt: Real, session: Whole) -> Answers:
    """Given in a workshop, by people whose names are not kept."""
    none = np.full(len(at), UNKNOWN, dtype=np.int64)
    no: Flags = np.zeros(len(at), dtype=bool)
    return Answers(
        form=np.full(len(at), form),
        version=np.ones(len(at), dtype=np.int64),
        invitation=none,
        customer=none,
        ticket=none,
        call=none,
        bot=none,
        session=session,
        channel=np.full(len(at), UNKNOWN, dtype=np.int64),
        at=at,
        felt=felt,
        first_time=no,
        comments=no,
        gone=no,
    )
