"""When the demo's company is open: its calendars as stretches of open time."""

import tomllib

import numpy as np

from regard.core.calendar import open_spans
from regard.core.calendar_file import parse
from regard.demo.calendars import CALENDARS_TOML, WRITTEN
from regard.demo.chance import Flags
from regard.demo.clock import AFTERMATH, SECOND, Openings, Window


def openings(window: Window, calendar_id: str) -> Openings:
    """The open time of that calendar, from the window's first day until long after its end."""
    calendars = {found.id: found for found in parse(tomllib.loads(CALENDARS_TOML))}
    spans = open_spans(calendars[calendar_id], window.first, window.until + AFTERMATH) * SECOND
    lasts = spans[:, 1] - spans[:, 0]
    return Openings(spans[:, 0], spans[:, 1], np.cumsum(lasts) - lasts)


def workdays(window: Window) -> Flags:
    """For each day of the window, whether people work on it."""
    opens = openings(window, WRITTEN).opens
    found = np.zeros(len(window.days), dtype=bool)
    found[window.day_of(opens[opens < window.end])] = True
    return found
