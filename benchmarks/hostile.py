"""What hostile files do to every importer: counts by format and outcome, time and memory.

    python benchmarks/hostile.py [--count 100000] [--seed 0] [--jobs 2]

Samples of every source and shipped mapping are spoilt, the same way for the same seed, and read.
Each file must give rows, rows put aside, or a clear error; anything else is printed as a defect
with the sample and the seed that show it again, and ends the command with 1. Prints a table, then
one line of JSON. Memory is the growth of the process's peak during one reading.
"""

import argparse
import json
import os
import sys
import traceback
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path[0] = str(Path(__file__).resolve().parent.parent / "tests")

from hostile.trials import Sample, judge, mend, samples, spoil  # noqa: E402
from memory import held_from_now, peak  # noqa: E402

KINDS = ("rows", "quarantined", "nothing", "refused", "defect")


@dataclass(frozen=True)
class Trial:
    """One reading. change: what was done. seconds, bytes: what it took."""

    sample: str
    seed: int
    change: str
    kind: str
    seconds: float
    bytes: int
    said: str = ""


NONE = Trial("", 0, "", "", 0.0, 0)


@dataclass
class Share:
    """What the trials of one process came to."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    slowest: Trial = NONE
    largest: Trial = NONE
    defects: list[Trial] = field(default_factory=list)


def main() -> None:
    """Read the command line, try, and say."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    asked = words.parse_args()
    shares = [range(one, asked.count, asked.jobs) for one in range(asked.jobs)]
    with ProcessPoolExecutor(asked.jobs) as pool:
        found = list(pool.map(partial(tried, asked.seed), shares))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        for name, told in one.counts.items():
            counts[name] += told
    slowest = max((one.slowest for one in found), key=lambda one: one.seconds)
    largest = max((one.largest for one in found), key=lambda one: one.bytes)
    defects = [each for one in found for each in one.defects]
    say(counts, slowest, largest, defects)
    sys.exit(1 if defects else 0)


def tried(seed: int, numbers: range) -> Share:
    """The trials of these numbers, which say by themselves what each of them is."""
    share = Share()
    all_ = samples()
    with TemporaryDirectory() as folder:
        for number in numbers:
            sample = all_[number % len(all_)]
            done = attempt(sample, seed + number // len(all_), Path(folder))
            share.counts.setdefault(sample.format, Counter())[done.kind] += 1
            share.slowest = max(share.slowest, done, key=lambda one: one.seconds)
            share.largest = max(share.largest, done, key=lambda one: one.bytes)
            share.defects += [done] if done.kind == "defect" else []
    return share


def attempt(sample: Sample, seed: int, folder: Path) -> Trial:
    """Spoil, read and mend a sample."""
    change, path = spoil(sample, seed, folder)
    before, start = held_from_now(), perf_counter()
    try:
        kind, said = judge(sample, change, path).kind, ""
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        kind, said = "defect", said[:300]
    seconds, grown = perf_counter() - start, peak() - before
    mend(sample, seed, folder)
    return Trial(sample.name, seed, change, kind, seconds, grown, said)


def say(
    counts: dict[str, Counter[str]], slowest: Trial, largest: Trial, defects: list[Trial]
) -> None:
    """The table, and the line of JSON."""
    write = sys.stdout.write
    write(f"{'format':<18}" + "".join(f"{kind:>13}" for kind in KINDS) + "\n")
    total: Counter[str] = Counter()
    for format_, found in sorted(counts.items()):
        total += found
        write(f"{format_:<18}" + "".join(f"{found[kind]:>13,}" for kind in KINDS) + "\n")
    write(f"{'all':<18}" + "".join(f"{total[kind]:>13,}" for kind in KINDS) + "\n")
    for name, one in (("slowest", slowest), ("largest", largest)):
        write(f"{name}: {one.sample} {one.seed} ({one.change}) {one.seconds:.3f} s, ")
        write(f"{one.bytes / 1e6:.1f} MB\n")
    for one in defects:
        write(f"defect: {one.sample} {one.seed} ({one.change}) {one.said}\n")
    told = {
        "counts": {name: dict(found) for name, found in sorted(counts.items())},
        "slowest": asdict(slowest),
        "largest": asdict(largest),
        "defects": [asdict(one) for one in defects],
    }
    write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
