"""How often intervals hold the truth: every shape, and differences, in simulated worlds.

    python benchmarks/coverage.py [--worlds N] [--only TEXT] [--seed N]

Each line: of so many worlds of known truth, the share in which the 95 % interval held it, and in
which the truth lay below and above. Asserted is 93 to 97 % where a world has at least 100 rows and
30 clusters, give or take two Monte-Carlo errors; smaller and stranger worlds are reported. A
difference of nothing must be called "up" or "down" as seldom as it says, in its far tails too.
Prints a table, then one line of JSON. Exit code 1 where an asserted line misses.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter

import coverage_counts
import coverage_gaps
import coverage_rows
import coverage_tails
import coverage_times
import numpy as np
from coverage_rows import Case
from coverage_tails import Tail

LOW, HIGH = 0.93, 0.97
WORLDS = 2_000
SEED = 20261130


@dataclass(frozen=True)
class Line:
    """What came of a case. covered, below, above: shares; error: Monte Carlo's of covered."""

    shape: str
    world: str
    worlds: int
    covered: float
    below: float
    above: float
    error: float
    width: float
    asserted: bool
    holds: bool
    seconds: float


def measured(case: Case, worlds: int, seed: int) -> Line:
    """The coverage of a case in so many worlds."""
    began = perf_counter()
    random = np.random.default_rng([seed, *f"{case.shape} {case.world}".encode()])
    found = case.sample(random, max(20, int(worlds * case.cost)))
    n = len(found.low)
    below, above = found.low > case.truth + 1e-9, found.high < case.truth - 1e-9
    covered = float(1 - np.mean(below | above)) if n else 0.0
    error = float(np.sqrt(max(covered * (1 - covered), 1 / max(n, 1)) / max(n, 1)))
    return Line(
        case.shape,
        case.world,
        n,
        covered,
        float(np.mean(below)) if n else 0.0,
        float(np.mean(above)) if n else 0.0,
        error,
        float(np.median(found.high - found.low)) if n else 0.0,
        case.asserted,
        LOW - 2 * error <= covered <= HIGH + 2 * error,
        round(perf_counter() - began, 2),
    )


def chosen(only: str) -> Iterator[Case]:
    """The cases whose shape or world has the text in its name."""
    for cases in (
        coverage_rows.cases,
        coverage_times.cases,
        coverage_counts.cases,
        coverage_gaps.cases,
    ):
        yield from (case for case in cases() if only in f"{case.shape}: {case.world}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether every asserted line holds."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--worlds", type=int, default=WORLDS)
    asked.add_argument("--only", default="", help="a text in the name of the shape or world")
    asked.add_argument("--seed", type=int, default=SEED)
    said = asked.parse_args(arguments)
    _write(f"{'shape':26} {'world':50} worlds  covered   below   above    width")
    lines = []
    for case in chosen(said.only):
        lines.append(measured(case, said.worlds, said.seed))
        _print(lines[-1])
    levels = "".join(f"{f'p < {level}':>9}" for level in coverage_tails.LEVELS)
    _write(f"\n{'of nothing, called':26} {'world':50}  pairs {levels}")
    tails = []
    for tail in coverage_tails.tails(said.worlds, said.seed, said.only):
        tails.append(tail)
        _print_tail(tail)
    missed = [f"{one.shape}: {one.world}" for one in lines if one.asserted and not one.holds]
    missed += [f"{one.shape}: {one.world}" for one in tails if one.asserted and not one.holds]
    told = {
        "asserted": sum(one.asserted for one in lines),
        "missed": missed,
        "lines": [asdict(one) for one in lines],
        "tails": [asdict(one) for one in tails],
    }
    _write(json.dumps(told))
    return 1 if missed else 0


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _print(line: Line) -> None:
    shares = "".join(f"{100 * each:7.1f}%" for each in (line.covered, line.below, line.above))
    mark = "" if not line.asserted else "ok" if line.holds else "MISSED"
    told = f"{line.shape:26} {line.world:50} {line.worlds:6} {shares} {line.width:9.4g}  {mark}"
    _write(told)


def _print_tail(tail: Tail) -> None:
    shares = "".join(f"{100 * each:8.2f}%" for each in tail.shares)
    mark = "" if not tail.asserted else "ok" if tail.holds else "MISSED"
    told = f"{tail.shape:26} {tail.world:50} {tail.pairs:6} {shares}  {tail.way}  {mark}"
    _write(told)


if __name__ == "__main__":
    sys.exit(main())
