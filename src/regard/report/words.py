"""Words for names that declarations use: units, directions, clocks, ways to split."""

from collections.abc import Mapping

from regard.core.i18n import N_, translate

BETTER: Mapping[str, str] = {
    "high": N_("Higher is better"),
    "low": N_("Lower is better"),
    "none": N_("Neither direction is good in itself"),
}
CLOCKS: Mapping[str, str] = {
    "calendar": N_("Calendar time"),
    "opening": N_("Opening hours"),
}
UNITS: Mapping[str, str] = {
    "seconds": N_("a time"),
    "share": N_("a share"),
    "count": N_("a number"),
    "per_agent": N_("a number per agent"),
    "points": N_("points"),
    "days": N_("a number of days"),
    "number": N_("a number"),
}
SPLITS: Mapping[str, str] = {
    "activity": N_("Activity"),
    "agent": N_("Agent"),
    "brand": N_("Brand"),
    "by_kind": N_("By people or machines"),
    "channel": N_("Channel"),
    "close_reason": N_("Reason of closing"),
    "country": N_("Country"),
    "demand": N_("Demand"),
    "kind": N_("Kind"),
    "language": N_("Language"),
    "outcome": N_("Outcome"),
    "priority": N_("Priority"),
    "product": N_("Product"),
    "queue": N_("Queue"),
    "solved_by": N_("Solved by"),
    "solved_team": N_("Team that solved"),
    "source": N_("Source"),
    "state": N_("State"),
    "status": N_("Status"),
    "team": N_("Team"),
    "tier": N_("Tier"),
    "type": N_("Type"),
    "weekday": N_("Weekday"),
    "hour": N_("Hour of the day"),
    "date_hour": N_("Hour"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "age": N_("Age"),
    "within": N_("Within days"),
}


def split_name(name: str, language: str) -> str:
    """The name of a way to split; an unknown one is shown by its key."""
    return translate(SPLITS.get(name, name.replace("_", " ").capitalize()), language)
