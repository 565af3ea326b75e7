"""Whether customers recommend us, would miss us, and say it was solved at once."""

from dataclasses import replace

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.facts.expressions import is_one_of, seconds_between
from regard.metrics.catalogue.surveys import (
    BY_ASKING,
    BY_BOT,
    CSAT,
    REACH,
    REACH_OF_WAVES,
    RIPE,
    said,
)
from regard.metrics.latest import Latest
from regard.metrics.metric import Example, Exclusion
from regard.metrics.scales import is_recommendation
from regard.metrics.shapes import Net, Share

OTHER_SCALE = Exclusion(N_("not asked from 0 to 10"), lambda t: ~is_recommendation(t))
NO_CHOICE = Exclusion(
    N_("neither a score nor an option"), lambda t: t.good.isnull() & t.choice.isnull()
)
VERY = ("very", "very_disappointed", "very disappointed")
YES = ("yes", "true", "1")


def promotes(rows: Relation) -> BooleanValue:
    """Whether an answer is a 9 or 10."""
    return rows.good >= 9


def detracts(rows: Relation) -> BooleanValue:
    """Whether an answer is a 0 to 6."""
    return rows.good <= 6


def late_answers(rows: Relation) -> BooleanValue:
    """Whether it was asked so lately that the latest answer of the person may still come."""
    return seconds_between(rows.asked_at, rows["_as_of"]) < RIPE


def _score(number: int, score: int, **more: object) -> dict[str, object]:
    return said(number, score, 0, 10, kind="nps", transactional=False, **more)


NPS = replace(
    CSAT,
    key="nps",
    counters=REACH_OF_WAVES,
    label=N_("Net promoter score"),
    says=N_(
        "The share of 9 and 10 less the share of 0 to 6, among customers asked about us as a "
        "whole. Of each person the latest answer counts, dated by when it was asked for."
    ),
    raises=N_("What turns those who are content into those who recommend us?"),
    at="asked_at",
    requires=BY_ASKING,
    shape=Latest(Net(promotes, detracts)),
    unit="points",
    numerator=N_("customers who say 9 or 10, less those who say 0 to 6"),
    denominator=N_("customers who answered; each counts once"),
    counts=lambda t: (t.kind == "nps") & ~t.transactional,
    excludes=(OTHER_SCALE,),
    provisional=late_answers,
    beside=("nps_transactional",),
    cited=N_("Reichheld 2003; interval adjusted after Agresti and Min 2005"),
    example=Example(
        rows=(
            _score(1, 3, person="s/a"),
            _score(2, 10, person="s/a", asked_at="2026-03-20T10:00:00Z"),
            _score(3, 8, person="s/b"),
            _score(4, 6, person="s/c"),
            _score(5, 9, person="s/d"),
        ),
        value=25,
        note=N_("the person who answered twice counts with the 10"),
    ),
)

AFTER_CONTACT = replace(
    NPS,
    key="nps_transactional",
    counters=REACH,
    label=N_("Net promoter score after a contact"),
    says=N_(
        "The share of 9 and 10 less the share of 0 to 6, among answers to a survey about one "
        "contact. It is another question than the score of us as a whole and never mixed with it."
    ),
    raises=N_("After which contacts do people warn others of us?"),
    shape=Net(promotes, detracts),
    numerator=N_("answers of 9 or 10, less those of 0 to 6"),
    denominator=N_("answers to surveys about one contact"),
    counts=lambda t: (t.kind == "nps") & t.transactional,
    excludes=(BY_BOT, OTHER_SCALE),
    beside=("nps",),
    example=Example(
        rows=tuple(
            {**_score(n, score), "transactional": True} for n, score in enumerate((10, 9, 9, 8, 0))
        ),
        value=40,
    ),
)


def would_miss(rows: Relation) -> BooleanValue:
    """Whether somebody would be very disappointed without the product."""
    return is_one_of(rows.choice.lower(), VERY) | (rows.good == rows.scale_max).fill_null(False)


def _option(number: int, kind: str, choice: str) -> dict[str, object]:
    return {**said(number, None), "kind": kind, "choice": choice, "scale": None}


PMF = replace(
    CSAT,
    key="pmf",
    counters=REACH_OF_WAVES,
    label=N_("Would be very disappointed without us"),
    says=N_(
        "The share of customers who would be very disappointed if they could no longer use the "
        "product. Forty percent is the usual line for one that people need."
    ),
    raises=N_("For whom are we a must, and for whom merely nice?"),
    shape=Share(would_miss),
    numerator=N_("answers of those who would be very disappointed"),
    denominator=N_("answers to the question"),
    counts=lambda t: t.kind == "pmf",
    excludes=(NO_CHOICE,),
    beside=("nps",),
    cited=N_("Sean Ellis 2009; interval by Wilson (1927), customers as clusters"),
    example=Example(
        rows=tuple(
            _option(n, "pmf", choice)
            for n, choice in enumerate(("very", "somewhat", "very", "not", "somewhat"))
        ),
        value=0.4,
    ),
)


def solved_at_once(rows: Relation) -> BooleanValue:
    """Whether somebody says that it was solved at the first contact."""
    return is_one_of(rows.choice.lower(), YES) | (rows.good == rows.scale_max).fill_null(False)


FCR = replace(
    PMF,
    key="fcr_survey",
    counters=REACH,
    label=N_("Solved at once, by customers' word"),
    says=N_("The share of customers who say that their matter was solved at the first contact."),
    raises=N_("Where do we call solved what the customer does not?"),
    shape=Share(solved_at_once),
    numerator=N_("answers that say it was solved at once"),
    counts=lambda t: t.kind == "fcr",
    beside=(),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            said(1, 1, 0, 1, kind="fcr"),
            said(2, 0, 0, 1, kind="fcr"),
            _option(3, "fcr", "yes"),
            _option(4, "fcr", "no"),
        ),
        value=0.5,
    ),
)

METRICS = [NPS, AFTER_CONTACT, PMF, FCR]
