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
from time import perf_counter

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.rows import DEMO
from regard.store.store import open_store
from regard.store.workspace import SETTINGS, init_workspace

ROWS = re.compile(r"^(\w+): ([\d,]+) rows", re.MULTILINE)
MEGA = 1 << 20
KILO = 1 << 10


@dataclass(frozen=True)
class Took:
    """A full build. seconds by the wall; cpu of the process that builds and, with a Spark that is
    `local`, of its Java; peak: the most memory of one of these at a time, in bytes."""

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
            _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        seconds = perf_counter() - begun
        if run.returncode:
            raise SystemExit(f"the build by {engine} ended with {run.returncode}")
        found = ROWS.findall(told.read_text(encoding="utf-8"))
    rows = {name: int(count.replace(",", "")) for name, count in found}
    cpu = used.ru_utime + used.ru_stime
    return Took(tickets, messages, engine, seconds, cpu, used.ru_maxrss * KILO, rows)


def lines(done: Sequence[Took]) -> list[str]:
    """The table: a row for each build, with its ratio to DuckDB's of the same company."""
    said = [
        "| tickets | messages | rows of facts | engine | seconds | CPU seconds | peak MB "
        "| to DuckDB | to the size before |",
        "|---:|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    for one in done:
        beside = next(o for o in done if o.tickets == one.tickets)
        before = [o for o in done if o.engine == one.engine and o.tickets < one.tickets]
        grown = f"{one.seconds / before[-1].seconds:.1f}" if before else "–"
        said.append(
            f"| {one.tickets:,} | {one.messages:,} | {sum(one.rows.values()):,} | {one.engine} "
            f"| {one.seconds:.1f} | {one.cpu:.1f} | {one.peak // MEGA:,} "
            f"| {one.seconds / beside.seconds:.1f} | {grown} |"
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
