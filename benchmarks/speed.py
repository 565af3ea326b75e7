"""What the speed benchmarks share: each contender in a process of its own, a table, a JSON line.

A benchmark is a list of `Work`. Each piece of work runs in a fresh process, which says how long
its inner part took by the wall, how much CPU all threads spent, the most memory the process ever
held, and how many rows went in. What is made before the inner part (importing a library, opening
a file list) is left out by `Stopwatch`. Nothing asserts a time.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

FOLDER = Path(tempfile.gettempdir()) / "regard-speed"
"""Where data are made and kept, unless another folder is named."""
PATIENCE = 120.0
"""Seconds a rival has for one size; one that needs more is not asked for a larger one."""
LIBRARIES = ("duckdb", "pyarrow", "ibis-framework", "deltalake", "polars", "pandas")


@dataclass
class Stopwatch:
    """The inner part of a piece of work: seconds by the wall and of CPU, and what was counted."""

    wall: float = 0.0
    cpu: float = 0.0
    rows: int = 0
    said: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what is done meanwhile, in addition to what was timed before."""
        spent, begun = process_time(), perf_counter()
        try:
            yield
        finally:
            self.wall += perf_counter() - begun
            self.cpu += process_time() - spent


@dataclass(frozen=True)
class Work:
    """One contender. needs: modules without which it is skipped. patient: never given up.

    run: takes the folder of the size's data, and a stopwatch that it starts itself.
    """

    name: str
    says: str
    run: Callable[[Path, Stopwatch], None]
    needs: tuple[str, ...] = ()
    patient: bool = False


@dataclass(frozen=True)
class Outcome:
    """What one contender took for one size. why: why there is no figure. peak: bytes."""

    size: str
    name: str
    wall: float | None = None
    cpu: float | None = None
    peak: int | None = None
    rows: int = 0
    said: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True)
class Size:
    """A size of the data: its name in the table, and the folder in which it lies."""

    name: str
    folder: Path


def options(doc: str | None) -> argparse.ArgumentParser:
    """What every benchmark may be told; its own words may be added."""
    said = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    said.add_argument("--folder", type=Path, default=FOLDER, help="where data are made and kept")
    said.add_argument("--patience", type=float, default=PATIENCE, help="seconds a rival has")
    said.add_argument("--without", default="", help="contenders to leave out, parted by semicolons")
    said.add_argument("--prepare", action="store_true", help="make the data and measure nothing")
    said.add_argument("--only", help=argparse.SUPPRESS)
    said.add_argument("--size", type=Path, help=argparse.SUPPRESS)
    return said


def tickets_of(text: str) -> list[int]:
    """`0.1,1,2` (millions) as numbers of tickets."""
    return [round(float(part) * 1_000_000) for part in text.split(",") if part.strip()]


def millions(tickets: int) -> str:
    """A number of tickets as the table says it: `0.02 M`."""
    return f"{tickets / 1_000_000:g} M"


def conduct(
    title: str,
    script: str,
    works: Sequence[Work],
    sizes: Sequence[Size],
    said: argparse.Namespace,
    reference: str = "",
) -> int:
    """Run every contender on every size, each in a fresh process; print a table and a JSON line.

    reference: the contender, one of the first, whose time is 1 in the last column. In a process
    started for one contender only that one runs. Gives 1 where one that is never given up failed.
    """
    if said.only:
        return _alone(next(one for one in works if one.name == said.only), said.size)
    here = machine()
    _say(f"{title}\n{here}\n")
    _row("size", "contender", "wall s", "CPU s", "peak MB", "rows/s", "ratio")
    slow: set[str] = set()
    found: list[Outcome] = []
    for size in sizes:
        told: list[Outcome] = []
        for work in works:
            if work.name in said.without.split(";"):
                continue
            if work.name in slow:
                why = "gave up on a smaller size"
                told.append(Outcome(size.name, work.name, why=why))
                _show(told[-1], None)
                continue
            one = _fresh(script, work, size, None if work.patient else said.patience)
            if one.why.startswith("more than"):
                slow.add(work.name)
            told.append(one)
            _show(one, next((each for each in told if each.name == reference), None))
        found += told
    whole = {
        "benchmark": Path(script).stem,
        "machine": here,
        "ratio_to": reference,
        "outcomes": [asdict(one) for one in found],
    }
    _say(json.dumps(whole) + "\n")
    steady = {work.name for work in works if work.patient}
    return int(any(one.wall is None and one.name in steady for one in found))


def run(
    words: list[str],
    doc: str | None,
    title: str,
    script: str,
    works: Sequence[Work],
    made: Callable[[Path, int], Path],
    reference: str = "",
    unit: str = "tickets",
) -> int:
    """A benchmark's command line: make the data of every size, run everybody, print the table.

    made: the folder of the data of so many `unit`, made unless it is there.
    """
    wanted = options(doc)
    wanted.add_argument(f"--{unit}", default="0.1", help="millions, such as 0.1,1,2,10")
    said = wanted.parse_args(words)
    asked = [] if said.only else tickets_of(vars(said)[unit])
    sizes = [Size(millions(many), made(said.folder, many)) for many in asked]
    if said.prepare:
        _say("".join(f"{size.name}: {size.folder}\n" for size in sizes))
        return 0
    return conduct(title, script, works, sizes, said, reference=reference)


def machine() -> str:
    """One line about the machine, what runs on it besides, the libraries and the day."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    load = os.getloadavg()[0]
    found = [f"{name} {number}" for name in LIBRARIES if (number := _version(name))]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_processor()}, {cores} cores, {memory:.0f} GB, "
        f"load {load:.1f} at the start, Python {platform.python_version()}, {', '.join(found)}"
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The least value that at least this share of the values do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * round(1000 * share) // 1000) - 1)]


def _alone(work: Work, folder: Path) -> int:
    """The one contender of this process; its outcome is the last line printed."""
    watch = Stopwatch()
    work.run(folder, watch)
    told = {
        "wall": watch.wall,
        "cpu": watch.cpu,
        "peak": _peak(),
        "rows": watch.rows,
        "said": watch.said,
    }
    _say("\n" + json.dumps(told) + "\n")
    return 0


def _fresh(script: str, work: Work, size: Size, patience: float | None) -> Outcome:
    lacking = [name for name in work.needs if find_spec(name) is None]
    if lacking:
        return Outcome(size.name, work.name, why=f"{', '.join(lacking)} is not installed")
    command = [sys.executable, script, "--only", work.name, "--size", str(size.folder)]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return Outcome(size.name, work.name, why=f"more than {patience:.0f} s")
    if ended.returncode:
        return Outcome(size.name, work.name, why=f"failed: {_last_error(ended)}")
    return Outcome(size.name, work.name, **json.loads(ended.stdout.strip().splitlines()[-1]))


def _last_error(ended: subprocess.CompletedProcess[str]) -> str:
    """The last line of what a process said that names an error."""
    lines = [line for line in ended.stderr.splitlines() if "Error" in line or "Exception" in line]
    return lines[-1][:200] if lines else f"ended with {ended.returncode}"


def _peak() -> int:
    """The most bytes of memory that this process ever held."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in told.splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def _processor() -> str:
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.partition(":")[2].strip() for line in told.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _show(one: Outcome, reference: Outcome | None) -> None:
    if one.wall is None:
        _row(one.size, one.name, one.why)
        return
    rate = f"{one.rows / one.wall:,.0f}" if one.rows and one.wall else ""
    known = reference.wall if reference else None
    ratio = f"{one.wall / known:.2f}" if known else ""
    peak = f"{(one.peak or 0) / 1e6:,.0f}"
    _row(one.size, one.name, f"{one.wall:.2f}", f"{one.cpu or 0:.2f}", peak, rate, ratio)
    for name, value in one.said.items():
        _say(f"{'':<10}    {name}: {value}\n")


def _row(size: str, name: str, *cells: str) -> None:
    _say(f"{size:<10}{name:<32}" + "".join(f"{cell:>14}" for cell in cells) + "\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
