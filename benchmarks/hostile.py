"""What hostile files do to every importer: counts by format and outcome, time and memory.

    python benchmarks/hostile.py [--count 100000] [--seed 0]

Samples of every source and shipped mapping are spoilt, the same way for the same seed, and read.
Each file must give rows, rows put aside, or a clear error; anything else is printed as a defect
with the sample and the seed that show it again, and ends the command with 1. Prints a table, then
one line of JSON. Memory is the growth of the process's peak during one reading.
"""

import argparse
import json
import sys
import traceback
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

sys.path[0] = str(Path(__file__).resolve().parent.parent / "tests")

from hostile.trials import Sample, judge, mend, samples, spoil  # noqa: E402

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


def main() -> None:
    """Read the command line, try, and say."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--count", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=0)
    asked = words.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    slowest = largest = Trial("", 0, "", "", 0.0, 0)
    defects: list[Trial] = []
    all_ = samples()
    with TemporaryDirectory() as folder:
        for number in range(asked.count):
            sample = all_[number % len(all_)]
            done = attempt(sample, asked.seed + number // len(all_), Path(folder))
            counts[sample.format][done.kind] += 1
            slowest = max(slowest, done, key=lambda one: one.seconds)
            largest = max(largest, done, key=lambda one: one.bytes)
            defects += [done] if done.kind == "defect" else []
    say(counts, slowest, largest, defects)
    sys.exit(1 if defects else 0)


def attempt(sample: Sample, seed: int, folder: Path) -> Trial:
    """Spoil, read and mend a sample."""
    change, path = spoil(sample, seed, folder)
    before, start = _forget_peak(), perf_counter()
    try:
        kind, said = judge(sample, change, path).kind, ""
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        kind, said = "defect", said[:300]
    seconds, grown = perf_counter() - start, _memory("VmHWM") - before
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


def _forget_peak() -> int:
    """Let the system measure the peak anew: the memory now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    text = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in text.splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
