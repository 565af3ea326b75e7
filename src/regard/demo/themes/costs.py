"""What service costs the demo's company each month, and figures to hold its own against."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.demo.chance import Whole, around, stream
from regard.demo.clock import Window
from regard.demo.kinds import QUEUE_TEAMS
from regard.demo.people import TEAMS
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.columns import instants, joined, places, text_at, wholes
from regard.demo.themes.service import served
from regard.demo.world import Theme, World

CHANNELS = ("email", "web", "chat", "social", "marketplace", "phone")
A_CONTACT = (640, 610, 380, 520, 570, 230)
"""Cents for each, before people's time on the telephone."""
A_MINUTE = 78
BY_TEAM = (1.0, 1.05, 0.95, 1.3, 1.6)
FIXED = 0.35
"""Of a month's costs: what is paid whatever comes, by the usual volume."""
DEARER = 1.002
"""A month against the one before it."""
TEAM_IDS = tuple(name for name, _, _ in TEAMS)
FIGURES = (
    ("csat", "0.78"),
    ("nps", "31"),
    ("ces_easy", "0.71"),
    ("first_response_time", "14400"),
    ("time_to_resolve", "86400"),
    ("service_level", "0.80"),
    ("abandon_rate", "0.06"),
    ("first_contact_resolution", "0.70"),
    ("churn_paid", "0.026"),
    ("review_rating", "4.1"),
    ("bot_containment", "0.55"),
    ("cost_per_contact", "6.90"),
)
SECTOR = "connected home"
CITED = "demo: invented figures, not those of a real trade"


def costs(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Costs by month, team and channel, and benchmarks."""
    rng = stream(world.seed, "costs")
    window = world.window
    volume, minutes = _work(world, made)
    usual = volume.mean(axis=0, keepdims=True)
    months = np.arange(volume.shape[0])[:, None, None]
    paid = (FIXED * usual + (1 - FIXED) * volume) * np.array(A_CONTACT)[None, None, :]
    paid = (paid + minutes * A_MINUTE) * np.array(BY_TEAM)[None, :, None] * DEARER**months
    paid = paid * around(rng, 1.0, 0.04, paid.size).reshape(paid.shape)
    month, team, channel = np.nonzero(paid >= 0.5)
    last = _last_days(window)
    on = last[month]
    names = text_at([f"{day}" for day in last], month)
    owner, way = text_at(TEAM_IDS, team), text_at(CHANNELS, channel)
    ids = joined(f"x{world.site}", names, "-", owner, "-", way)
    booked = window.hours[np.searchsorted(np.array(window.days, dtype="datetime64[D]"), on), 12]
    return {
        "cost": rows_of(
            "cost",
            booked,
            cost_id=ids,
            on=on,
            team=owner,
            channel=way,
            amount_minor=np.rint(paid[month, team, channel]).astype(np.int64),
            currency="EUR",
        ),
        "benchmark": _benchmark_rows(window),
    }


def _work(world: World, made: Mapping[str, pa.Table]) -> tuple[np.ndarray, np.ndarray]:
    """Contacts, and minutes on the line, by month, team and channel."""
    window, found = world.window, served(made)
    shape = (int(window.month[-1]) + 1, len(TEAM_IDS), len(CHANNELS))
    legs = made["call_leg"]
    queued = legs.filter(pc.equal(legs["kind"], "queue"))
    first = np.unique(places(queued["call_id"], made["call"]["call_id"]), return_index=True)[1]
    queued = queued.take(pa.array(first))
    spoke = legs.filter(pc.equal(legs["kind"], "agent"))
    channel = places(found.channel, CHANNELS)
    team = np.maximum(places(found.team, TEAM_IDS), 0)
    phone = CHANNELS.index("phone")
    written = np.flatnonzero(found.real & (channel != UNKNOWN) & (channel != phone))
    month = window.month[window.day_of(found.created[written])]
    volume = _counted(shape, month, team[written], channel[written])
    month, at = window.month[window.day_of(instants(queued["starts_at"]))], _teams(queued)
    volume = volume + _counted(shape, month, at, np.full(len(at), phone))
    month, at = window.month[window.day_of(instants(spoke["starts_at"]))], _teams(spoke)
    seconds = wholes(spoke["talk_seconds"]) + wholes(spoke["wrap_seconds"])
    minutes = _counted(shape, month, at, np.full(len(at), phone), seconds / 60)
    return volume, minutes


def _teams(legs: pa.Table) -> Whole:
    of_queue = np.array([TEAM_IDS.index(team) for team in QUEUE_TEAMS.values()])
    return of_queue[np.maximum(places(legs["queue"], tuple(QUEUE_TEAMS)), 0)]


def _counted(
    shape: tuple[int, int, int],
    month: Whole,
    team: Whole,
    channel: Whole,
    weight: np.ndarray | None = None,
) -> np.ndarray:
    cell = (month * shape[1] + team) * shape[2] + channel
    return np.bincount(cell, weight, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)


def _last_days(window: Window) -> np.ndarray:
    """The last day of each month, as far as the window goes."""
    over = np.flatnonzero(np.append(np.diff(window.month), 1))
    return np.array([window.days[place] for place in over], dtype="datetime64[D]")


def _benchmark_rows(window: Window) -> pa.Table:
    metric, value = zip(*FIGURES, strict=True)
    size = len(FIGURES)
    every = np.arange(size)
    return rows_of(
        "benchmark",
        np.full(size, window.start, dtype=np.int64),
        benchmark_id=joined("demo-", text_at(metric, every)),
        metric=text_at(metric, every),
        sector=SECTOR,
        on=np.full(size, np.datetime64(window.first)),
        value_text=text_at(value, every),
        cited=CITED,
    )


THEMES = [Theme("costs", 90, costs)]
