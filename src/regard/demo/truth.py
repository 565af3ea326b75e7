"""What was meant: counts by month, kept beside the tables so that numbers can be held to them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from regard.demo.calls import Calls
from regard.demo.chance import Whole
from regard.demo.clock import NEVER, Window
from regard.demo.drafts import FATES, Drafts
from regard.demo.histories import Histories
from regard.demo.mix import NAMES
from regard.demo.rows import UNKNOWN
from regard.demo.world import Truth


def meant(window: Window, found: Calls, settled: Drafts, going: Histories) -> Truth:
    """What was meant of tickets and calls: by name, then by month (2026-05), by month and kind.

    Months are the company's own.
    tickets_solved, tickets_reopened: of what happened before the end, each time it happened.
    """
    answered = found.outcome == "answered"
    events = {
        "calls": found.arrived,
        "calls_offered": found.arrived[found.offered],
        "calls_answered": found.arrived[answered],
        "calls_again": found.arrived[found.repeats != UNKNOWN],
        "tickets": settled.created,
        "tickets_solved": _before_end(window, np.concatenate(going.solutions)),
        "tickets_reopened": _before_end(window, np.concatenate(going.comebacks)),
    }
    told = {name: by_month(window, at) for name, at in events.items()}
    told["tickets_by_type"] = by_label(window, settled.created, NAMES, settled.kind)
    fates = [name for name in FATES if (settled.fate == name).any()]
    place = np.searchsorted(np.array(sorted(fates)), settled.fate.astype(str))
    told["tickets_by_fate"] = by_label(window, settled.created, sorted(fates), place)
    told["calls_by_type"] = by_label(window, found.arrived, NAMES, found.kind)
    month = _months(window, found.arrived)
    handled = np.bincount(month, found.handle, minlength=_size(window))
    told["handle_seconds"] = _said(window, np.rint(handled).astype(np.int64))
    return told


def by_month(window: Window, at: Whole) -> Mapping[str, int]:
    """How many of these instants lie in each month."""
    return _said(window, np.bincount(_months(window, at), minlength=_size(window)))


def by_label(window: Window, at: Whole, labels: Sequence[str], place: Whole) -> Mapping[str, int]:
    """The same by month and label, of which `place` gives the position; none is left out."""
    wide = len(labels)
    count = np.bincount(_months(window, at) * wide + place, minlength=_size(window) * wide)
    table = count.reshape(_size(window), wide)
    return {
        f"{month} {label}": int(table[row, number])
        for row, month in enumerate(month_names(window))
        for number, label in enumerate(labels)
        if table[row, number]
    }


def month_names(window: Window) -> list[str]:
    """The window's months, as 2026-05."""
    return sorted({f"{day:%Y-%m}" for day in window.days})


def joined(truths: Iterable[Truth]) -> Truth:
    """The counts of several added up."""
    total: dict[str, Counter[str]] = {}
    for truth in truths:
        for name, counts in truth.items():
            total.setdefault(name, Counter()).update(counts)
    return {name: dict(counts) for name, counts in total.items()}


def _months(window: Window, at: Whole) -> Whole:
    return window.month[window.day_of(at)]


def _size(window: Window) -> int:
    return int(window.month[-1]) + 1


def _said(window: Window, counts: Whole) -> Mapping[str, int]:
    return dict(zip(month_names(window), map(int, counts), strict=True))


def _before_end(window: Window, at: Whole) -> Whole:
    return at[(at < window.end) & (at < NEVER)]
