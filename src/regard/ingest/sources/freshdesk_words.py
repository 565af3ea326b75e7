"""Freshdesk's numbers in our words: statuses, priorities, ways that tickets and notes came."""

from collections.abc import Mapping
from typing import Any

from regard.ingest.answers import whole_of

STATUSES: Mapping[int, str] = {
    2: "open",
    3: "pending",
    4: "solved",
    5: "closed",
    6: "pending",
    7: "on_hold",
}
"""6 and 7 are Freshdesk's own further ones: waiting on the customer, waiting on a third party."""
PRIORITIES: Mapping[int, str] = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
OUTBOUND = 10
CHANNELS: Mapping[int, str] = {
    1: "email",
    2: "web",
    3: "phone",
    4: "web",
    5: "social",
    6: "social",
    7: "chat",
    8: "web",
    9: "web",
    OUTBOUND: "email",
    11: "marketplace",
    12: "chat",
    13: "social",
}
"""Where a ticket came from: mail, portal, telephone, forum, networks, chat, widgets, shops."""
FORWARDED = 8
SPOKEN: Mapping[int, str] = {
    0: "email",
    1: "email",
    5: "social",
    7: "social",
    FORWARDED: "email",
    9: "phone",
    11: "marketplace",
}
"""How a conversation went; 2 is a note, 6 what a survey brought."""


def word_of(words: Mapping[int, str], number: Any) -> str | None:
    """Our word for a number of theirs; None where there is none."""
    found = whole_of(number)
    return None if found is None else words.get(found)
