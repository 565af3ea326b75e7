"""The same step a year ago: what the season brings every year is nobody's doing."""

from dataclasses import replace

from regard.insight.against import year_ago
from regard.insight.compare import Comparison, compare_at
from regard.insight.desk import Desk
from regard.stats.difference import DOWN, UP
from regard.stats.discovery import FALSE_CALLS, chance_of_step


def a_year_ago(at: Desk, told: Comparison) -> Comparison | None:
    """The step of a comparison with the stretch before, as it was a year ago, over the same days
    and measured in the same way; None where it is not known.
    """
    back = compare_at(at, year_ago(replace(told.query, since=told.since, until=told.until)))
    alike = back.judged and back.whole_on is None
    return back if alike and (back.method, back.within) == (told.method, told.within) else None


def chance_beyond_season(told: Comparison, back: Comparison) -> float:
    """The two-sided p-value of a step being as large as the same step a year ago."""
    return chance_of_step((told.new, told.old), (back.new, back.old))


def is_season(at: Desk, told: Comparison) -> bool:
    """Whether a year ago the same step was seen beyond chance, and this one is not beyond it."""
    if told.word not in (UP, DOWN):
        return False
    back = a_year_ago(at, told)
    if back is None or back.word != told.word:
        return False
    return chance_beyond_season(told, back) > FALSE_CALLS
