"""Who of the demo's company is to work when: shifts with their breaks and trainings."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regard.demo.chance import Real, Whole, Words, drawn, happens, words
from regard.demo.clock import DAY, HOUR, SECOND, Window
from regard.demo.deeds import RINGING, Deeds
from regard.demo.kinds import QUEUE_TEAMS
from regard.demo.log import ordinals
from regard.demo.openings import workdays
from regard.demo.people import TEAMS, Staff
from regard.demo.plants import Plant
from regard.demo.rows import UNKNOWN, numbers, rows_of
from regard.demo.stories import SLOWEST, slowness

LASTS, RESTS, TRAINS = 8 * HOUR, HOUR // 2, HOUR
QUARTER = HOUR // 4
BEGINS = (8, 9, 10, 11, 12)
LINE_SHARES, DESK_SHARES = (0.30, 0.20, 0.20, 0.10, 0.20), (0.45, 0.35, 0.20, 0.0, 0.0)
"""How often a week's shifts begin at these hours: the line is open longer than the desk."""
ON_LINE = tuple(name in QUEUE_TEAMS.values() for name, _, _ in TEAMS)
AWAY, AWAY_AT_WORST = 0.18, 0.75
"""Of the days on which a person left no trace: those off work, usually and in the stretch."""
TRAINED = 0.06
PLANNED_AHEAD = 14 * DAY


@dataclass(frozen=True)
class Shifts:
    """One position a person and day of work, by person, then day; instants.

    team: position in TEAMS. rests to rested: the break planned. trains to trained: the training,
    empty at the end of the shift where there is none. until: when the person leaves the team.
    place[who, day]: the position, else UNKNOWN.
    """

    window: Window
    who: Whole
    team: Whole
    starts: Whole
    rests: Whole
    trains: Whole
    ends: Whole
    until: Whole
    place: Whole

    @property
    def rested(self) -> Whole:
        """When each break is planned to be over."""
        made: Whole = self.rests + RESTS
        return made

    @property
    def trained(self) -> Whole:
        """When each training is planned to be over."""
        made: Whole = np.minimum(self.trains + TRAINS, self.ends)
        return made

    def place_of(self, who: Whole, at: Whole) -> Whole:
        """The position of the person's day of work in which each instant lies, else UNKNOWN."""
        made: Whole = self.place[who, self.window.day_of(at)]
        return made


def shifts(
    rng: np.random.Generator,
    window: Window,
    staff: Staff,
    plants: tuple[Plant, ...],
    done: Deeds,
) -> Shifts:
    """Eight hours on opening days, laid around what people did; who did something was there."""
    who, day, stint = _person_days(rng, window, staff, plants, done)
    place = _places(window, staff, who, day)
    known, at_place = _placed(window, place, done)
    starts = _starts(rng, window, who, day, staff.team[stint], known, at_place)
    size = len(who)
    rests = starts + 7 * HOUR // 2 + rng.integers(0, 5, size) * QUARTER
    early = happens(rng, 0.5, size)
    trains = starts + np.where(early, HOUR, 6 * HOUR)
    from_training = known.at - trains[at_place]
    disturbs = (from_training > -QUARTER) & (from_training < TRAINS)
    disturbs &= known.weight == RINGING
    disturbed = np.bincount(at_place[disturbs], minlength=size) > 0
    learns = happens(rng, TRAINED, size) & ~disturbed & (slowness(plants, starts) == 1)
    ends = starts + LASTS
    trains = np.where(learns, trains, ends)
    return Shifts(
        window, who, staff.team[stint], starts, rests, trains, ends, staff.until[stint], place
    )


def shift_rows(found: Shifts, staff: Staff) -> pa.Table:
    """The table of shifts: work, break and training one after the other, none over another."""
    first = found.rests <= found.trains
    rest, learn = (found.rests, found.rested), (found.trains, found.trained)
    one = [np.where(first, a, b) for a, b in zip(rest, learn, strict=True)]
    two = [np.where(first, b, a) for a, b in zip(rest, learn, strict=True)]
    edges = np.stack([found.starts, *one, *two, found.ends], axis=1)
    rest_first, training_first = _activities("break", "training"), _activities("training", "break")
    names = np.where(first[:, None], rest_first, training_first)
    starts, ends = edges[:, :-1].ravel(), edges[:, 1:].ravel()
    lasts = np.flatnonzero(ends > starts)
    place = lasts // names.shape[1]
    who, starts, ends = found.who[place], starts[lasts], ends[lasts]
    return rows_of(
        "shift",
        np.maximum(starts - PLANNED_AHEAD, found.window.start),
        shift_id=numbers(ordinals(who)),
        agent_id=staff.ids[who],
        team=words([name for name, _, _ in TEAMS])[found.team[place]],
        activity=names.ravel()[lasts],
        starts_at=starts,
        ends_at=ends,
    )


def _activities(one: str, two: str) -> Words:
    return words(["work", one, "work", two, "work"])[None, :]


def _person_days(
    rng: np.random.Generator,
    window: Window,
    staff: Staff,
    plants: tuple[Plant, ...],
    done: Deeds,
) -> tuple[Whole, Whole, Whole]:
    """Who works on which day in which stint: those there, without who is ill or on leave."""
    noon = window.hours[:, 12]
    there = (staff.since[:, None] <= noon) & (noon < staff.until[:, None]) & workdays(window)
    stint, day = np.nonzero(there)
    who = staff.who[stint]
    order = np.lexsort((day, who))
    who, day, stint = who[order], day[order], stint[order]
    _, at_place = _placed(window, _places(window, staff, who, day), done)
    idle = np.bincount(at_place, minlength=len(who)) == 0
    chance = AWAY + (AWAY_AT_WORST - AWAY) * strain(plants, noon[day])
    works = ~(idle & happens(rng, chance, len(who)))
    return who[works], day[works], stint[works]


def strain(plants: tuple[Plant, ...], at: Whole) -> Real:
    """How badly people are missing at these instants: 0 as usual, 1 at the worst."""
    return (slowness(plants, at) - 1) / (SLOWEST - 1)


def _places(window: Window, staff: Staff, who: Whole, day: Whole) -> Whole:
    place = np.full((len(staff.ids), len(window.days)), UNKNOWN, dtype=np.int64)
    place[who, day] = np.arange(len(who))
    return place


def _placed(window: Window, place: Whole, done: Deeds) -> tuple[Deeds, Whole]:
    """The deeds of people on their days of work, and the position of each of those days."""
    found = place[done.who, window.day_of(done.at)]
    known = found != UNKNOWN
    return Deeds(done.who[known], done.at[known], done.weight[known]), found[known]


def _starts(
    rng: np.random.Generator,
    window: Window,
    who: Whole,
    day: Whole,
    team: Whole,
    done: Deeds,
    at_place: Whole,
) -> Whole:
    """The beginning that covers most of what the person did that day, else the week's."""
    week = (window.first.weekday() + np.arange(len(window.days))) // 7
    weeks = int(week[-1]) + 1
    people = int(who.max(initial=0)) + 1
    line = drawn(rng, LINE_SHARES, people * weeks).reshape(people, weeks)[who, week[day]]
    desk = drawn(rng, DESK_SHARES, people * weeks).reshape(people, weeks)[who, week[day]]
    on_line = np.array(ON_LINE)[team]
    begins = window.hours[day][:, BEGINS]
    covers = np.zeros(begins.shape)
    for number in range(len(BEGINS)):
        into = done.at - begins[at_place, number]
        inside = (into >= 0) & (into < LASTS - 600 * SECOND)
        covers[:, number] = np.bincount(at_place, done.weight * inside, minlength=len(who))
    covers[~on_line[:, None] & (np.array(DESK_SHARES) == 0)] = -1
    row = np.arange(len(who))
    covers[row, np.where(on_line, line, desk)] += 0.5
    made: Whole = begins[row, covers.argmax(axis=1)]
    return made
