"""Words for names that declarations use: themes, units, directions, ways to split."""

from collections.abc import Mapping

from regard.core.i18n import N_, translate

THEMES: Mapping[str, str] = {
    "calls": N_("Calls"),
    "flow": N_("Flow of tickets"),
    "volume": N_("Volume"),
    "speed": N_("Speed"),
    "effort": N_("Effort"),
    "quality": N_("Quality"),
    "outcome": N_("Outcome"),
    "tickets": N_("Tickets"),
    "messages": N_("Messages"),
    "people": N_("People"),
    "backlog": N_("Backlog"),
    "staffing": N_("Staffing"),
}
BETTER: Mapping[str, str] = {
    "high": N_("Higher is better"),
    "low": N_("Lower is better"),
    "none": N_("Neither direction is good in itself"),
}
CLOCKS: Mapping[str, str] = {
    "calendar": N_("Calendar time"),
    "opening": N_("Opening hours"),
    "open": N_("Opening hours"),
    "opening hours": N_("Opening hours"),
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
    "agent": N_("Agent"),
    "team": N_("Team"),
    "channel": N_("Channel"),
    "source": N_("Source"),
    "priority": N_("Priority"),
    "type": N_("Type"),
    "demand": N_("Demand"),
    "queue": N_("Queue"),
    "outcome": N_("Outcome"),
    "status": N_("Status"),
    "language": N_("Language"),
    "hour": N_("Hour"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "quarter": N_("Quarter"),
    "year": N_("Year"),
    "hour_of_week": N_("Hour of the week"),
}


def theme_name(theme: str) -> str:
    """The marked title of a theme; an unknown one is shown by its key."""
    return THEMES.get(theme, theme.replace("_", " ").capitalize())


def split_name(name: str, language: str) -> str:
    """The name of a way to split; an unknown one is shown by its key."""
    return translate(SPLITS.get(name, name.replace("_", " ").capitalize()), language)
