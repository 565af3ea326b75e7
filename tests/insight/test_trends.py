"""A metric's course: points, limits that stay, what lies beyond; nothing looks ahead."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from metrics.small import Row, at, ticket, workspace
from metrics.small import change as changed
from regard.core.errors import BadValue
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Scope
from regard.insight.frozen import LEDGER, kept_since
from regard.insight.series import Series, series
from regard.insight.straying import held, signal
from regard.insight.strays import beyond, burns, swells
from regard.insight.trends import freeze, hold, thaw, trend
from regard.insight.watch import Watched
from regard.insight.watching.limits import WORDS
from regard.metrics.metric import metric
from regard.metrics.query import Query
from regard.stats.control import PLAIN, SHARE

FIRST, DAYS = date(2026, 3, 2), 48
SLOW = date(2026, 4, 13)
"""A Monday from which on tickets take ten times as long."""


def _events() -> dict[str, list[Row]]:
    """Twenty tickets a day, each solved after one to three hours, from SLOW on ten times that."""
    rng = np.random.default_rng(1)
    events: dict[str, list[Row]] = {"ticket": [], "ticket_change": []}
    for day in (FIRST + timedelta(days=n) for n in range(DAYS)):
        for n in range(20):
            name, born = f"{day} {n:02d}", at(f"{day} 09:00") + timedelta(minutes=n)
            lasts = timedelta(minutes=int(rng.integers(60, 180)) * (10 if day >= SLOW else 1))
            events["ticket"].append(ticket(name, born))
            events["ticket_change"].append(changed(name, 1, born + lasts, "solved"))
    return events


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    covers = ("ticket", "ticket_change")
    folder = workspace(tmp_path_factory.mktemp("course") / "w", _events(), covers=covers)
    with open_reader(folder) as reader:
        yield reader


def _slow(since: date = date(2026, 4, 8)) -> Query:
    return Query("time_to_resolve", since, FIRST + timedelta(days=DAYS))


def test_slow_days_lie_beyond_limits_of_the_stretch_before(reader: Reader) -> None:
    found = trend(_slow(), reader)
    assert (found.grain, found.usual, found.provisional) == ("day", 20, True)
    assert found.beyond[0].since == SLOW
    assert found.beyond[0].known == SLOW + timedelta(days=1)
    assert all(one.since >= SLOW for one in found.beyond)
    assert found.limits is not None
    assert (found.limits.since, found.limits.until) == (FIRST, date(2026, 4, 8))
    told = found.to_json()
    assert told["why"] == "By day: a day usually has 20 cases."
    assert [one["beyond"] for one in told["points"]].count(True) == len(found.beyond)


def test_frozen_limits_stay_whatever_is_asked_until_they_are_thawed(reader: Reader) -> None:
    stretch = Query("time_to_resolve", FIRST, date(2026, 4, 8))
    made = freeze(stretch, reader)
    assert made is not None
    assert trend(_slow(), reader).limits == trend(_slow(SLOW), reader).limits == made
    assert not trend(_slow(), reader).provisional
    assert kept_since(reader.workspace) == {"time_to_resolve": (FIRST, date(2026, 4, 8))}
    # What is kept stands for everybody: nobody's part makes it, nor is held against it.
    with pytest.raises(BadValue):
        freeze(stretch, reader, Scope(teams=("billing",)))
    assert thaw(reader.workspace, Query("csat")) == 0
    assert thaw(reader.workspace) == 1
    assert trend(_slow(), reader).provisional
    assert not list(reader.workspace.glob("*.draft"))
    assert (reader.workspace / LEDGER).read_text(encoding="utf-8") == "{}\n"


def test_counts_follow_their_course_and_keep_no_limits(reader: Reader) -> None:
    found = trend(Query("tickets_new", date(2026, 4, 1), date(2026, 4, 19)), reader)
    assert found.limits is None
    assert not found.beyond
    with pytest.raises(BadValue):
        freeze(Query("tickets_new"), reader)


def test_a_stray_is_told_as_a_signal_with_its_rows(reader: Reader) -> None:
    watched = Watched(reader, date(2026, 4, 8), FIRST + timedelta(days=DAYS))
    asked = Query("time_to_resolve", FIRST, watched.until)
    course = series(asked, reader)
    assert course is not None
    found = held(watched, course)
    (stray,) = beyond(found, watched.since, watched.until)
    told = signal("limits", found, stray, watched, WORDS)
    assert (told.kind, told.good, told.since) == ("limits", False, SLOW)
    assert (told.told, told.evidence.since) == (SLOW + timedelta(days=1), SLOW)
    assert told.usual.value == pytest.approx(2 * 3600, rel=0.1)
    assert told.seen.value is not None
    assert told.usual.value is not None
    assert told.seen.value > 9 * told.usual.value
    assert told.says.text == WORDS.up
    assert told.why.filled["points"] == found.limits.points if found.limits else False
    assert told.chance < 1e-6


def test_no_data_is_said(reader: Reader) -> None:
    found = trend(Query("csat"), reader)
    assert found.reason
    assert not found.points


def _series(kind: str, values: Any, size: float = 100.0, key: str = "reopen_rate") -> Series:
    days = [date(2025, 1, 1) + timedelta(days=k) for k in range(len(values))]
    result: Any = SimpleNamespace(store_version=1)
    return Series(
        metric=metric(key),
        result=result,
        grain="day",
        usual=int(size),
        kind=kind,
        logs=False,
        starts=tuple(days),
        ends=tuple(day + timedelta(days=1) for day in days),
        values=tuple(float(one) for one in values),
        sizes=(size,) * len(days),
        classes=(("open",),) * len(days),
        known=tuple(day + timedelta(days=2) for day in days),
    )


def _shares(seed: int, days: int = 200, rise: float = 0.0, begins: int = 140) -> np.ndarray:
    truth = np.where(np.arange(days) >= begins, 0.1 + rise, 0.1)
    told: np.ndarray = np.random.default_rng(seed).binomial(100, truth) / 100
    return told


SINCE, UNTIL = date(2025, 5, 1), date(2025, 7, 15)


def test_what_was_told_on_a_day_is_the_same_when_later_days_are_cut() -> None:
    whole = _series(SHARE, _shares(3, rise=0.12))
    (all_,) = beyond(hold(whole, SINCE), SINCE, UNTIL)
    for later in (0, 1, 5, 20):
        cut = all_.told + timedelta(days=later)
        (known,) = beyond(hold(whole.until(cut), SINCE), SINCE, cut + timedelta(days=1))[:1]
        assert (known.first, known.told) == (all_.first, all_.told)
    before = all_.told - timedelta(days=1)
    assert not beyond(hold(whole.until(before), SINCE), SINCE, all_.told)


def test_a_point_is_told_when_it_is_ripe_and_not_before() -> None:
    values = _shares(4)
    values[150] = 0.6
    (found,) = beyond(hold(_series(SHARE, values), SINCE), SINCE, UNTIL)
    assert (found.first, found.last, found.upwards) == (150, 150, True)
    assert found.told == date(2025, 1, 1) + timedelta(days=152)


def test_a_slow_rise_is_a_drift_with_its_onset_and_a_calm_series_is_none() -> None:
    found = hold(_series(SHARE, _shares(5, rise=0.045)), SINCE)
    (one,) = burns(found, SINCE, UNTIL, SINCE, upwards=True)
    assert abs(one.first - 140) <= 7
    assert not burns(found, SINCE, UNTIL, SINCE, upwards=False)
    calm = [hold(_series(SHARE, _shares(seed)), SINCE) for seed in range(20, 40)]
    false = [one for held in calm for one in burns(held, SINCE, UNTIL, SINCE, upwards=True)]
    assert len(false) <= 3


def test_alarms_on_calm_series_are_as_seldom_as_their_chance() -> None:
    calm = [hold(_series(SHARE, _shares(seed)), SINCE) for seed in range(100, 140)]
    hits = [bool(beyond(held, SINCE, UNTIL)) for held in calm]
    assert sum(hits) <= 6


def test_the_same_weeks_of_the_year_before_open_the_limits() -> None:
    values = _shares(6, days=600)
    rng = np.random.default_rng(7)
    for start in (150, 150 + 364):
        values[start : start + 30] = rng.binomial(100, 0.25, 30) / 100
    course = _series(SHARE, values)
    since = date(2025, 1, 1) + timedelta(days=430)
    assert not beyond(hold(course, since), since, since + timedelta(days=160))
    values[150:180] = 0.1
    alone = _series(SHARE, values)
    assert beyond(hold(alone, since), since, since + timedelta(days=160))


def test_a_surge_of_counts_is_one_stray_and_growth_is_none() -> None:
    rng = np.random.default_rng(8)
    counts = rng.poisson(30 * 1.0005 ** np.arange(200)).astype(float)
    calm = hold(_series("count", counts, key="tickets_new"), SINCE)
    assert not swells(calm, SINCE, UNTIL)
    counts[150:153] *= 4
    (found,) = swells(hold(_series("count", counts, key="tickets_new"), SINCE), SINCE, UNTIL)
    assert (found.first, found.last, found.upwards) == (150, 152, True)
    assert found.told == date(2025, 1, 1) + timedelta(days=152)


def test_a_day_of_another_matter_altogether_is_not_judged() -> None:
    values = _shares(9)
    values[150] = 0.6
    one = _series(SHARE, values)
    mass = replace(one, sizes=(*one.sizes[:150], 900.0, *one.sizes[151:]))
    assert not beyond(hold(mass, SINCE), SINCE, UNTIL)


def test_a_mean_is_held_against_what_its_points_say_of_the_next() -> None:
    rng = np.random.default_rng(10)
    values, last = np.zeros(200), 0.0
    for k in range(200):
        values[k] = last = 0.7 * last + rng.normal()
    found = hold(_series(PLAIN, values, key="messages_per_ticket"), SINCE)
    assert found.limits is not None
    assert found.limits.carry > 0.4
    assert not beyond(found, SINCE, UNTIL)
