"""The analytic store as requests see it: a reader a thread, answers kept by store version."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from regard.core.period import day_of
from regard.facts.reader import Reader, newest_built, open_reader
from regard.insight.ask import ALL, Result, ask
from regard.insight.beside import Beside, beside
from regard.insight.change import Change, change_at
from regard.insight.course import course_of, read_off
from regard.insight.desk import Desk, desk
from regard.insight.explain import Explanation, explain_at
from regard.insight.guard import Guarded, guard_at
from regard.insight.hours import HourWeek, hours
from regard.metrics.query import Query
from regard.metrics.sides import Tie
from regard.store.store import open_store
from regard.web.hands import own_reader

KEPT = 4096

T = TypeVar("T")
_own = threading.local()
_answers: OrderedDict[Hashable, "_Turn"] = OrderedDict()
_lock = threading.Lock()


def workspace() -> Path:
    """The workspace that the site shows."""
    return Path(settings.WORKSPACE)


def reader_here() -> Reader:
    """This thread's reader of the newest built version; opened again when there is a newer one."""
    folder = workspace()
    newest = newest_built(open_store(folder)).version
    kept: Reader | None = getattr(_own, "reader", None)
    if kept is None or kept.version != newest or kept.workspace != folder:
        kept = _own.reader = open_reader(folder, newest)
    return kept


def answer(query: Query, reader: Reader) -> Result:
    """The same as `ask`, remembered: a version and a query always give the same answer.

    Whole months of the last two years are read off one course, asked once for each metric.
    """
    zone = query.zone or reader.settings.zone
    end = day_of(max(reader.watermarks.values()), zone) if reader.watermarks else None
    course = course_of(query, end) if end and query.as_of is None else None
    if course is not None and course != query:
        return read_off(answer(course, reader), query)
    key = (str(reader.workspace), reader.version, query)
    return remembered(key, lambda: ask(query, own_reader(reader)))


def answer_change(query: Query, reader: Reader) -> Change | None:
    """The same as `change`, remembered."""
    key = (str(reader.workspace), reader.version, query, "change")
    return remembered(key, lambda: change_at(desk_here(reader), query))


def answer_guard(query: Query, reader: Reader) -> Guarded:
    """The same as `guard`, remembered."""
    key = (str(reader.workspace), reader.version, query, "guard")
    return remembered(key, lambda: guard_at(desk_here(reader), query))


def desk_here(reader: Reader) -> Desk:
    """A desk whose answers are remembered."""
    near = desk(own_reader(reader), ALL)

    def tie(new: Query, old: Query) -> Tie:
        key = (str(reader.workspace), reader.version, new, old, "tie")
        return remembered(key, lambda: near.tie(new, old))

    return replace(near, answer=lambda asked: answer(asked, reader), tie=tie)


def hours_here(query: Query, reader: Reader) -> HourWeek:
    """The same as `hours`, remembered."""
    key = (str(reader.workspace), reader.version, query, "hours")
    return remembered(
        key, lambda: hours(query, own_reader(reader), answer=lambda asked: answer(asked, reader))
    )


def beside_here(query: Query, product: str, reader: Reader) -> Beside:
    """The same as `beside`, remembered."""
    key = (str(reader.workspace), reader.version, query, "beside", product)
    return remembered(key, lambda: beside(query, product, own_reader(reader)))


def explanation_here(query: Query, against: str, every: bool, reader: Reader) -> Explanation:
    """The same as `explain`, remembered; every: with other definitions, which takes longer."""
    key = (str(reader.workspace), reader.version, query, "explain", against, every)
    return remembered(key, lambda: explain_at(desk_here(reader), query, against, every))


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """The value under a key, made when it is not there; the oldest of many are forgotten.

    Whoever asks for what another thread is making waits for it instead of making it twice.
    """
    with _lock:
        turn = _answers.setdefault(key, _Turn())
        _answers.move_to_end(key)
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    with turn.lock:
        if not turn.made:
            turn.value, turn.made = make(), True
    found: T = turn.value
    return found


def known(key: Hashable) -> Any:
    """The value under a key, or None where it was not made yet; nobody waits."""
    with _lock:
        turn = _answers.get(key)
    return turn.value if turn is not None and turn.made else None


class _Turn:
    """A place for one answer, and who may make it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made = False
        self.value: Any = None
