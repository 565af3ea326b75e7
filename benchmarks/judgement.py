"""How well judgement judges: planted truths found, false failures, false changes, false warnings.

    python benchmarks/judgement.py [FOLDER] [--seeds 101-120] [--only planted|healthy] [--jobs 2]
        [--tickets 48000] [--assert]

Companies of known truth are made in FOLDER (kept there, if named). Each is judged as its people
would: every month's guards, what changed in every month, and a year of warnings. Prints tables
and one line of JSON. With --assert it fails where a bound of the project does not hold: seed-001
found in 19 of 20, at most one false failure per 24 healthy months, a false-discovery rate of at
most 10 % in what changed. Thresholds were fixed on seeds 1 to 10; the default seeds were not
looked at before.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from companies import REPORTED, TICKETS, make
from planted import LOOKS, Hit, Seen, begins

from regard.facts.reader import open_reader
from regard.insight.changes import changes_at, ranked
from regard.insight.desk import Desk, desk, long_desk
from regard.insight.guard import guards_at
from regard.insight.signal import Signal
from regard.insight.watch import Watched, warnings
from regard.metrics.query import Query
from regard.stats.proportion import wilson
from regard.stats.rate import count

FIRST, UNTIL = date(2024, 6, 1), date(2026, 6, 1)
MONTHS = [date(2025, month, 1) for month in range(7, 13)] + [
    date(2026, month, 1) for month in range(1, 7)
]
"""The first days of the eleven months judged, and of the one after: a year behind each."""
SEED = "seed001"
NAMES = {False: "planted", True: "healthy"}
TRUE = {
    "2026-01-01": ("revenue_retention",),
    "2026-02-01": ("revenue_retention",),
    "2025-07-01": ("loyal_customers",),
    "2025-08-01": ("loyal_customers",),
}
"""What truly changes in every company, by month: prices rise in January 2026 and then no more, and
nobody can be loyal before the company has been there for a year."""


@dataclass(frozen=True)
class Judged:
    """What was said of one company. Months by their first day, in ISO form."""

    seed: int
    healthy: bool
    failures: Mapping[str, list[str]]
    changes: Mapping[str, list[str]]
    warnings: list[str]
    plants: Mapping[str, tuple[bool, int | None, str]] = field(default_factory=dict)
    cpu: float = 0.0


def judge(folder: Path, tickets: int, what: tuple[int, bool]) -> Judged:
    """Make one company and judge it: a healthy one in every month, a planted one in its last."""
    seed, healthy = what
    made = make(folder, seed, healthy=healthy, tickets=tickets)
    start = process_time()
    with open_reader(made.folder) as reader:
        at = long_desk(reader, FIRST, UNTIL) if healthy else desk(reader)
        months = list(pairwise(MONTHS))
        failures = {f"{since}": _failures(at, since, until) for since, until in months[-1:]}
        changed = {}
        if healthy:
            failures = {f"{since}": _failures(at, since, until) for since, until in months}
            changed = {f"{since}": _changes(at, since, until) for since, until in months}
        warned = warnings(Watched(reader, MONTHS[0], MONTHS[-1]))
        hits = {
            one.name: _hit(LOOKS[one.name](one, Seen(reader, warned)), begins(one))
            for one in made.plants
            if one.name in LOOKS
        }
    if not healthy:
        # A failure of the telephone, in the last full month.
        told = [one for one in failures[f"{MONTHS[-2]}"] if one.startswith(("handle", "calls"))]
        hits[SEED] = (bool(told), None, "; ".join(told))
    cpu = process_time() - start
    return Judged(seed, healthy, failures, changed, [_line(one) for one in warned], hits, cpu)


def _failures(at: Desk, since: date, until: date) -> list[str]:
    found = guards_at(at, Query("", since=since, until=until))
    return [
        f"{one.metric.key} at the price of {', '.join(one.paid)}" for one in found if one.failure
    ]


def _changes(at: Desk, since: date, until: date) -> list[str]:
    return [_line(one) for one in ranked([changes_at(at, since, until)])]


def _hit(hit: Hit, first_day: date) -> tuple[bool, int | None, str]:
    return hit.found, (hit.told - first_day).days if hit.told else None, hit.by


def _line(one: Signal) -> str:
    where = " ".join(f"{name}={value}" for name, value in one.where)
    return f"{one.told or one.since} {one.kind} {one.metric} {where} p={one.chance:.2g}".strip()


def report(found: Sequence[Judged]) -> tuple[dict[str, object], list[str]]:
    """The figures as plain values, and the bounds that do not hold, in words."""
    planted = [one for one in found if not one.healthy]
    healthy = [one for one in found if one.healthy]
    plants = {}
    for name in (SEED, *LOOKS):
        hits = [one.plants[name] for one in planted if name in one.plants]
        share = wilson(sum(hit[0] for hit in hits), len(hits)) if hits else None
        delays = sorted(hit[1] for hit in hits if hit[1] is not None)
        plants[name] = {
            "found": sum(hit[0] for hit in hits),
            "of": len(hits),
            "interval": [share.low, share.high] if share else None,
            "median_delay_days": delays[len(delays) // 2] if delays else None,
            "by": dict(Counter(hit[2] for hit in hits if hit[0]).most_common(3)),
        }
    months = sum(len(one.failures) for one in healthy)
    false_failures = sum(
        any("revenue_retention" not in line or month not in TRUE for line in told)
        for one in healthy
        for month, told in one.failures.items()
    )
    lists = [
        [line for line in told if not any(word in line for word in TRUE.get(month, ()))]
        for one in healthy
        for month, told in one.changes.items()
    ]
    false_lists = sum(bool(told) for told in lists)
    years = len(healthy) * len(MONTHS[:-1]) / 12
    warned = sum(len(one.warnings) for one in healthy)
    kinds = Counter(line.split()[1] for one in healthy for line in one.warnings)
    figures: dict[str, object] = {
        "plants": plants,
        "healthy_months": months,
        "false_failures": _rate(false_failures, months / 24),
        "lists": len(lists),
        "false_discovery_rate": _share(false_lists, len(lists)),
        "warnings_per_year": _rate(warned, years),
        "warnings_by_kind": dict(kinds),
        "cpu_seconds": round(sum(one.cpu for one in found), 1),
    }
    return figures, _broken(plants[SEED], false_failures, months, false_lists, len(lists))


def _rate(events: int, exposure: float) -> list[float | None]:
    said = count(events)
    values = (said.value, said.low, said.high)
    return [None if v is None or not exposure else round(v / exposure, 3) for v in values]


def _share(some: int, of: int) -> list[float | None]:
    said = wilson(some, of) if of else None
    return [said.value, said.low, said.high] if said else []


def _broken(
    seed: Mapping[str, object], failures: int, months: int, lists: int, of: int
) -> list[str]:
    told = []
    found, size = int(str(seed["found"])), int(str(seed["of"]))
    if size and found < 0.95 * size:
        told.append(f"seed-001 was found in {found} of {size}, not in 19 of 20")
    if months and failures * 24 > months:
        told.append(f"{failures} false failures in {months} healthy months, more than 1 in 24")
    if of and lists > 0.10 * of:
        told.append(f"{lists} of {of} lists of healthy months are not empty, more than 10 %")
    return told


def _seeds(text: str) -> list[int]:
    found: list[int] = []
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def main() -> int:
    """Judge, print, and say whether the bounds hold."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("folder", nargs="?", type=Path)
    words.add_argument("--seeds", default=f"{REPORTED[0]}-{REPORTED[-1]}")
    words.add_argument("--tickets", type=int, default=TICKETS)
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--only", choices=("planted", "healthy"))
    words.add_argument("--assert", dest="asserted", action="store_true")
    said = words.parse_args()
    with TemporaryDirectory() as temporary:
        folder = said.folder or Path(temporary)
        kinds = [kind for kind in (False, True) if said.only in (None, NAMES[kind])]
        tasks = [(seed, healthy) for seed in _seeds(said.seeds) for healthy in kinds]
        with ProcessPoolExecutor(said.jobs) as pool:
            found = []
            for one in pool.map(partial(judge, folder, said.tickets), tasks):
                found.append(one)
                sys.stderr.write(f"{json.dumps(asdict(one))}\n")
    figures, broken = report(found)
    sys.stdout.write(f"{json.dumps(figures)}\n")
    for line in broken:
        sys.stdout.write(f"does not hold: {line}\n")
    return 1 if said.asserted and broken else 0


if __name__ == "__main__":
    sys.exit(main())
