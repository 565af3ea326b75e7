"""Which types of complaint surged in ten years of New York City, and how often it was no event.

    python benchmarks/surges.py [--finer] [DATA]

DATA: the folder of the sets, `../shared/data` by default. --finer: types with their descriptors
(over a thousand). Prints a table of every surge, newcomer and silence with dates, then one line of
JSON: the types of spring 2020 with the days on which they were told, alarms by year, and how many
alarms are entered by one office or on one day (an event of entering, not of demand). Last, the
same types at their usual level and spread, where nothing happens at all: what alarms is false.
"""

import argparse
import csv
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from regard.stats.emergence import Emerged, Table, newcomers, surges, vanished

FIRST, AFTER = date(2015, 1, 5), date(2024, 1, 1)
"""A Monday; the last whole year: of 2024 there are stray rows alone."""
UNTYPED = ("", "Please choose an issue...", "@getxlate.Udf_Code_Genera")
SPRING = (date(2020, 3, 1), date(2020, 7, 1))
REDRAWN = 10
ONE_OFFICE, ONE_DAY = 0.8, 0.5
"""Shares of a surge's cases beyond which it is of one office's or one day's entering."""


@dataclass(frozen=True)
class City:
    """Complaints by type and day; offices: of each type and day, how many by office."""

    types: tuple[str, ...]
    table: Table
    offices: dict[tuple[int, int], Counter[str]]


def read_city(path: Path, finer: bool = False) -> City:
    """The complaints of a file, each once, by type and day."""
    found: dict[tuple[str, int], Counter[str]] = {}
    seen: set[str] = set()
    for row in _rows(path):
        day = (date.fromisoformat(row["opendate"]) - FIRST).days
        kind = row["complaint_type"]
        if row["unique_key"] in seen or kind in UNTYPED or not 0 <= day < (AFTER - FIRST).days:
            continue
        seen.add(row["unique_key"])
        name = f"{kind}/{row['descriptor']}" if finer else kind
        found.setdefault((name, day), Counter())[row["account"]] += 1
    types = tuple(sorted({name for name, _ in found}))
    place = {name: at for at, name in enumerate(types)}
    counts = np.zeros((len(types), (AFTER - FIRST).days), dtype=np.int64)
    offices = {}
    for (name, day), by in found.items():
        counts[place[name], day] = sum(by.values())
        offices[place[name], day] = by
    return City(types, Table(counts, counts.sum(axis=0)), offices)


def entered(city: City, one: Emerged) -> str:
    """Whether a surge is of one office's or one day's entering; else empty."""
    until = one.ended if one.ended is not None else city.table.counts.shape[1]
    days = [city.offices.get((one.kind, day), Counter()) for day in range(one.began, until)]
    total = max(1, sum(sum(day.values()) for day in days))
    by_office = sum(days, Counter())
    if max((sum(day.values()) for day in days), default=0) > ONE_DAY * total:
        return "one day"
    return "one office" if max(by_office.values(), default=0) > ONE_OFFICE * total else ""


def redrawn(table: Table, seed: int) -> Table:
    """Counts in which nothing happens: of each type the median of a year of weeks around each week
    (no outbreak moves it), shaken by its own usual spread from week to week.
    """
    rng = np.random.default_rng(seed)
    kinds, days = table.counts.shape
    weeks = table.counts[:, : days // 7 * 7].reshape(kinds, -1, 7).sum(axis=2)
    padded = np.pad(weeks, ((0, 0), (26, 26)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 53, axis=1)
    level = np.maximum(np.median(windows, axis=2), windows.mean(axis=2) / 4)
    spread = np.median(table.own.spread, axis=1, keepdims=True)
    shape = np.maximum(level, 1e-9) / np.maximum(spread - 1, 1e-3)
    daily = (level * rng.gamma(shape, 1 / shape) / 7).repeat(7, axis=1)
    counts = rng.poisson(daily)
    return Table(counts, counts.sum(axis=0))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _day(place: int | None) -> str:
    return "" if place is None else (FIRST + timedelta(days=place)).isoformat()


def main() -> int:
    """Read, find, print."""
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", nargs="?", type=Path, default=shared)
    parser.add_argument("--finer", action="store_true")
    given = parser.parse_args()
    city = read_city(given.data / "tickets" / "nycomplaints.csv.gz", given.finer)
    started = perf_counter()
    bursts = surges(city.table)
    found = [*bursts, *newcomers(city.table), *vanished(city.table)]
    seconds = perf_counter() - started
    for one in sorted(found, key=lambda each: (each.told, each.kind)):
        how = entered(city, one) if one.what == "surge" else ""
        sys.stdout.write(
            f"{_day(one.told)} {one.what:9} {city.types[one.kind]:48.48} began {_day(one.began)} "
            f"ended {_day(one.ended):10} {one.seen:5} for {one.expected:6.1f} "
            f"{one.chance:8.1e} {how}\n"
        )
    sys.stdout.write(json.dumps(_told(city, bursts, found, seconds)) + "\n")
    return 0


def _told(
    city: City, bursts: tuple[Emerged, ...], found: list[Emerged], seconds: float
) -> dict[str, Any]:
    years = city.table.counts.shape[1] / 365.25
    low, high = ((day - FIRST).days for day in SPRING)
    spring = [one for one in bursts if low <= one.told < high]
    nothing = [len(surges(redrawn(city.table, seed))) for seed in range(REDRAWN)]
    alarms = Counter(_day(one.told)[:4] for one in bursts)
    return {
        "types": len(city.types),
        "type_weeks": int(len(city.types) * city.table.counts.shape[1] // 7),
        "years": round(years, 2),
        "surges": len(bursts),
        "surges_a_year": round(len(bursts) / years, 2),
        "by_year": dict(sorted(alarms.items())),
        "spring_2020": {
            city.types[one.kind]: {
                "began": _day(one.began),
                "told": _day(one.told),
                "ended": _day(one.ended),
                "seen": one.seen,
                "usual": round(one.expected, 1),
            }
            for one in spring
        },
        "entered": dict(Counter(entered(city, one) or "neither" for one in bursts)),
        "threefold": sum(one.seen >= 3 * one.expected for one in bursts),
        "newcomers": [city.types[one.kind] for one in found if one.what == "newcomer"],
        "vanished": [city.types[one.kind] for one in found if one.what == "vanished"],
        "false_a_year_where_nothing_happens": round(sum(nothing) / REDRAWN / years, 3),
        "seconds": round(seconds, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
