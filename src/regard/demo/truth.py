"""What was meant: counts by month, kept beside the tables so that numbers can be held to them."""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np

from regard.demo.calls import Calls
from regard.demo.chance import Whole
from regard.demo.clock import NEVER, Window
from regard.demo.drafts import Drafts
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
    told["tickets_by_type"] = by_month(window, settled.created, settled.kind)
    told["calls_by_type"] = by_month(window, found.arrived, found.kind)
    handled = np.bincount(_months(window, found.arrived), found.handle, minlength=_size(window))
    told["handle_seconds"] = _said(window, np.rint(handled).astype(np.int64))
    return told


def by_month(window: Window, at: Whole, kind: Whole | None = None) -> Mapping[str, int]:
    """How many of these instants lie in each month, by kind (position in KINDS) where given."""
    month = _months(window, at)
    if kind is None:
        return _said(window, np.bincount(month, minlength=_size(window)))
    count = np.bincount(month * len(NAMES) + kind, minlength=_size(window) * len(NAMES))
    table = count.reshape(_size(window), len(NAMES))
    return {
        f"{name} {kind}": int(table[row, place])
        for row, name in enumerate(month_names(window))
        for place, kind in enumerate(NAMES)
        if table[row, place]
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
