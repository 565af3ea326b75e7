"""How long a full build takes by DuckDB and by Spark, as the company grows.

    python benchmarks/engines.py [FOLDER] [--tickets 300,3000,20000] [--months 12]
        [--engine 'local[2]']

Companies of each size are made in FOLDER (kept there, if named). Each is built in full by either
engine, in a process of its own that starts as `regard build` does; the engines take turns, so that
what else the machine does falls on both. Spark's time holds its start. Prints a table and one line
of JSON, and fails where the engines differ in how many rows they made of any fact.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.rows import DEMO
from regard.store.store import open_store
from regard.store.workspace import SETTINGS, init_workspace

ROWS = re.compile(r"^(\w+): ([\d,]+) rows", re.MULTILINE)
MEGA = 1 << 20
KILO = 1 << 10
STEP_SECONDS = 0.5


@dataclass(frozen=True)
class Took:
    """A full build. seconds by the wall; cpu and peak: of the process that builds and of the Java
    that it starts, which with `local` is all of Spark: seconds, and the sum of the most bytes that
    each held."""

    tickets: int
    messages: int
    engine: str
    seconds: float
    cpu: float
    peak: int
    rows: dict[str, int]


def made(folder: Path, tickets: int, months: int) -> tuple[Path, int]:
    """The workspace of a company, made unless it is there, and how many messages it has."""
    home = folder / f"{tickets}-{months}"
    if not (home / SETTINGS).exists():
        init_workspace(home, Settings(name="Company", zone="Europe/Warsaw"), CALENDARS_TOML)
        rows = company(tickets=tickets, months=months)
        open_store(home).upsert(rows, covers={DEMO: tuple(rows)})
    with open_store(home).snapshot() as snapshot:
        return home, snapshot.rows_of("message")


def took(home: Path, tickets: int, messages: int, engine: str) -> Took:
    """One full build by an engine, in a process of its own."""
    words = ["build", "--full", "--engine", engine, "--workspace", str(home)]
    begun = perf_counter()
    with TemporaryDirectory() as draft:
        told = Path(draft) / "told"
        with told.open("wb") as out:
            run = subprocess.Popen([sys.executable, "-m", "regard.cli", *words], stdout=out)
            used: dict[int, tuple[float, int]] = {}
            while run.poll() is None:
                for pid in (run.pid, *_started_by(run.pid)):
                    used[pid] = max(used.get(pid, (0.0, 0)), _used(pid))
                sleep(STEP_SECONDS)
        seconds = perf_counter() - begun
        if run.returncode:
            raise SystemExit(f"the build by {engine} ended with {run.returncode}")
        found = ROWS.findall(told.read_text(encoding="utf-8"))
    rows = {name: int(count.replace(",", "")) for name, count in found}
    cpu, peak = (sum(column) for column in zip(*used.values(), strict=True))
    return Took(tickets, messages, engine, seconds, cpu, int(peak), rows)


def _started_by(pid: int) -> list[int]:
    """The processes that one has started and that live."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _used(pid: int) -> tuple[float, int]:
    """CPU seconds and most bytes of a process so far; nothing of one that has just ended."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        held = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0, 0
    ticks = int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK"), int(held[1]) * KILO if held else 0


def lines(done: Sequence[Took]) -> list[str]:
    """The table: a row for each build, with its ratios to DuckDB's of the same company."""
    said = [
        "| tickets | messages | rows of facts | engine | seconds | CPU seconds | peak MB "
        "| seconds to DuckDB | CPU to DuckDB | CPU to the size before |",
        "|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for one in done:
        beside = next(o for o in done if o.tickets == one.tickets)
        before = [o for o in done if o.engine == one.engine and o.tickets < one.tickets]
        grown = f"{one.cpu / before[-1].cpu:.1f}" if before else "–"
        said.append(
            f"| {one.tickets:,} | {one.messages:,} | {sum(one.rows.values()):,} | {one.engine} "
            f"| {one.seconds:.1f} | {one.cpu:.1f} | {one.peak // MEGA:,} "
            f"| {one.seconds / beside.seconds:.1f} | {one.cpu / beside.cpu:.1f} | {grown} |"
        )
    return said


def main() -> None:
    """Build by both, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--tickets", default="300,3000,20000")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--engine", default="local[2]")
    told = parser.parse_args()
    with TemporaryDirectory() as draft:
        folder = told.folder or Path(draft)
        done: list[Took] = []
        for tickets in sorted(map(int, told.tickets.split(","))):
            home, messages = made(folder, tickets, told.months)
            pair = [took(home, tickets, messages, one) for one in ("duckdb", told.engine)]
            assert pair[0].rows == pair[1].rows, tickets
            done += pair
            sys.stderr.write("\n".join(lines(pair)[2:]) + "\n")
    sys.stdout.write("\n".join([*lines(done), json.dumps([asdict(one) for one in done])]) + "\n")


if __name__ == "__main__":
    main()
