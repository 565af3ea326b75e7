"""How many kills, full disks and crowds the store bears: counts of what was found after each.

    python benchmarks/crashes.py [--kills 200] [--seed 1] [--crowd 60] [--facts all|few]

Kills an import with its build at random instants (kill -9), looks at the store after each, runs the
day again and holds it against one that nobody disturbed; a third of the runs that should mend are
killed as well. Then two importers and four readers work for `--crowd` seconds on one store. Prints
a table and one line of JSON; exit code 1 where anything was lost, doubled, torn or left unmended.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from regard.store.store import open_store  # noqa: E402
from store import crashes, days, processes  # noqa: E402

SAID = {
    "kills": "kills",
    "before": "the version before stood",
    "imported": "the import stood, its build did not",
    "built": "import and build stood",
    "too_late": "runs that ended before their kill",
    "unopened": "the store did not open",
    "torn": "a version that never was",
    "unmended": "a second run differed from an undisturbed one",
    "papers_lost": "rejects or reports lost or doubled",
    "drafts_left": "drafts left behind",
}
WRITERS, READERS = 2, 4


def killed(kills: int, seed: int, facts: str) -> crashes.Counts:
    """The campaign of kills."""

    def told(counts: crashes.Counts) -> None:
        done = counts.kills + counts.too_late
        sys.stderr.write(f"\r{done} of {kills}, lost: {counts.lost}")

    with TemporaryDirectory() as place, days.Forks() as forks:
        found = crashes.campaign(forks, Path(place), kills, seed, facts, told)
    sys.stderr.write("\n")
    return found


def crowd(seconds: float) -> dict[str, Any]:
    """Two importers and four readers at one store: imports taken, looks, and what was torn."""
    script = str(Path(processes.__file__))
    with TemporaryDirectory() as place:
        open_store(Path(place)).upsert(processes.batch(0))

        def started(*said: object) -> "subprocess.Popen[str]":
            words = [sys.executable, script, *map(str, said)]
            return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

        readers = [started("read", place, seconds) for _ in range(READERS)]
        until, batches = monotonic() + seconds, [1000 * (one + 1) for one in range(WRITERS)]
        failed, writers = 0, [started("write", place, first, 5) for first in batches]
        while writers:
            for one, writer in enumerate(writers):
                failed += bool(writer.wait())
                batches[one] += 6
            on = monotonic() < until
            writers = [started("write", place, first, 5) for first in batches] if on else []
        told = [
            json.loads(reader.communicate()[0] or '{"versions": [], "torn": [1]}')
            for reader in readers
        ]
        head = open_store(Path(place)).head()
        with open_store(Path(place)).snapshot() as snapshot:
            tickets = snapshot.rows_of("ticket")
    runs = sum((last - 1000 * (one + 1)) // 6 for one, last in enumerate(batches))
    return {
        "seconds": seconds,
        "imports": head.imports,
        "imports_expected": 1 + 5 * runs,
        "tickets": tickets,
        "tickets_expected": processes.BATCH * (1 + 6 * runs),
        "versions_seen": sum(len(each["versions"]) for each in told),
        "torn": sum(len(each["torn"]) for each in told),
        "failed": failed,
    }


def main() -> int:
    """Run both, print, and give 1 where anything was lost."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--kills", type=int, default=200)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--crowd", type=float, default=60)
    reader.add_argument("--facts", choices=("all", "few"), default="all")
    said = reader.parse_args()
    began = monotonic()
    counts = killed(said.kills, said.seed, said.facts)
    for name, words in SAID.items():
        sys.stdout.write(f"{words:<48}{counts.told()[name]:>8}\n")
    for line in counts.wrong:
        sys.stdout.write(f"  {line}\n")
    lost = counts.lost
    report: dict[str, Any] = {"benchmark": "crashes", "seed": said.seed, "facts": said.facts}
    report["kills"] = counts.told()
    if said.crowd:
        found = crowd(said.crowd)
        for name, value in found.items():
            sys.stdout.write(f"crowd: {name.replace('_', ' '):<41}{value:>8}\n")
        lost += found["torn"] + found["failed"]
        lost += abs(found["imports"] - found["imports_expected"])
        lost += abs(found["tickets"] - found["tickets_expected"])
        report["crowd"] = found
    report |= {"seconds": round(monotonic() - began), "lost": lost}
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
