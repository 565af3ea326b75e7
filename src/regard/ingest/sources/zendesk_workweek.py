"""Workweeks in Zendesk's audit log: what a schedule's hours were before and after a change."""

import html
import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow.compute as pc

from regard.ingest.frame import Log
from regard.ingest.sources.zendesk_folder import Desk, ids_of, instants_of, whole

CHANGE = re.compile(r"Workweek changed from (\{.*?\}) to (\{.*\})\s*$", re.DOTALL)
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
DAY = re.compile(r'[:"]?(sun|mon|tue|wed|thu|fri|sat)"?(?:=>|:)\s*\{([^{}]*)\}')
SPAN = re.compile(r'"(\d\d):(\d\d)"(?:=>|:)\s*"(\d\d):(\d\d)"')


@dataclass(frozen=True)
class Workweek:
    """A change of hours. before, after: stretches in minutes of the week, from Sunday."""

    at: datetime
    before: tuple[tuple[int, int], ...]
    after: tuple[tuple[int, int], ...]


def read_workweeks(desk: Desk) -> dict[str, list[Workweek]]:
    """Changes of hours by schedule, in order of time; entries that cannot be read are counted."""
    log, frame = Log(), whole(desk, "audit_log")
    at = instants_of(frame, "created_at", log)
    source = pc.utf8_lower(frame.text("source_type")).fill_null("")
    mine = pc.and_(pc.ends_with(source, "workweek"), at.is_valid())
    names = ids_of(frame, "source_id").to_pylist()
    said = frame.text("change_description").to_pylist()
    found: dict[str, list[Workweek]] = {}
    for row in np.flatnonzero(mine.to_numpy(zero_copy_only=False)).tolist():
        change = change_in(said[row] or "")
        if change is None:
            desk.odd.note(
                "unknown_value", "audit_log.change_description", 1, (said[row] or "")[:80]
            )
        else:
            found.setdefault(names[row] or "", []).append(Workweek(at[row].as_py(), *change))
    return {name: sorted(changes, key=lambda one: one.at) for name, changes in found.items()}


def change_in(
    text: str,
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]] | None:
    """The stretches before and after; None where the text tells no change of a workweek.

    The log escapes its quotes once or twice.
    """
    plain = html.unescape(html.unescape(text))
    told = CHANGE.search(plain)
    if told is None:
        return None
    return _spans(told[1]), _spans(told[2])


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    made = []
    for day, hours in DAY.findall(text):
        start = DAYS.index(day) * 24 * 60
        for h1, m1, h2, m2 in SPAN.findall(hours):
            opens, closes = int(h1) * 60 + int(m1), int(h2) * 60 + int(m2)
            # An end not after its start lies in the next day.
            made.append((start + opens, start + closes + (24 * 60 if closes <= opens else 0)))
    return tuple(made)
