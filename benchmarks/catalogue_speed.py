"""How long the metrics take over the demo: thirty headline ones, and the whole catalogue.

    python benchmarks/catalogue_speed.py [WORKSPACE]

WORKSPACE: a built one; left out, the default demo is made in a folder of its own. Each metric is
asked over the last full month and over all there is: by a reader that was just opened, then again
by one that has opened its files. Answers are never taken from what was answered before. Prints a
table of milliseconds (CPU of all threads, and by the wall), then one line of JSON. The headline
metrics are taken from the boards in turn, so that each board has its share.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from regard.cli.demos import load_demo
from regard.core.period import day_of
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.report.boards.board import Board, boards

HEADLINES = 30
Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Cost:
    """What one question cost, in milliseconds. cold: by a reader that was just opened."""

    metric: str
    days: str
    cold: bool
    cpu: float
    wall: float


def headlines(most: int = HEADLINES) -> tuple[str, ...]:
    """The first metrics of the boards, one of each board in turn."""
    columns = [list(_metrics_of(board)) for board in boards().values()]
    found = dict.fromkeys(key for row in zip_longest(*columns) for key in row if key)
    return tuple(found)[:most]


def _metrics_of(board: Board) -> Iterator[str]:
    for row in zip_longest(*(section.metrics for section in board.sections)):
        yield from (key for key in row if key)


def stretches(reader: Reader) -> Mapping[str, Days]:
    """The days meant: the last full month with data, and all."""
    last = max(reader.watermarks.values())
    first = (day_of(last, reader.settings.zone) + timedelta(days=1)).replace(day=1)
    return {"month": ((first - timedelta(days=1)).replace(day=1), first), "all": (None, None)}


def cost(key: str, name: str, days: Days, reader: Reader, cold: bool) -> Cost:
    """What one question costs; what is published as a whole is asked for as one."""
    since, until = (None, None) if catalogue()[key].anonymous else days
    query = Query(key, since=since, until=until)
    spent, begun = process_time(), perf_counter()
    ask(query, reader)
    wall, spent = perf_counter() - begun, process_time() - spent
    return Cost(key, name, cold, 1000 * spent, 1000 * wall)


def costs(keys: Sequence[str], workspace: Path) -> list[Cost]:
    """What every question costs of a reader that was just opened, then of a warm one."""
    found = []
    with open_reader(workspace) as opened:
        wanted = stretches(opened)
    for name, days in wanted.items():
        with open_reader(workspace) as reader:
            found += [cost(key, name, days, reader, True) for key in keys]
        with open_reader(workspace) as reader:
            _open_files(keys, reader)
            found += [cost(key, name, days, reader, False) for key in keys]
    return found


def _open_files(keys: Sequence[str], reader: Reader) -> None:
    """Ask of a day without data, so that the files are open and nothing is answered yet."""
    for key in keys:
        if not catalogue()[key].anonymous:
            ask(Query(key, since=date(1971, 1, 1), until=date(1971, 1, 2)), reader)


def made(folder: Path) -> Path:
    """The default demo, built in a folder."""
    with redirect_stderr(StringIO()):
        load_demo(folder)
        build(folder)
    return folder


def main(words: list[str]) -> int:
    """Print a table and a line of JSON."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("workspace", type=Path, nargs="?")
    said = options.parse_args(words)
    with TemporaryDirectory() as folder:
        workspace = said.workspace or made(Path(folder) / "demo")
        thirty = costs(headlines(), workspace)
        every = costs(list(catalogue()), workspace)
    _show("headline metrics", thirty)
    _show("the whole catalogue", every)
    whole = {
        "headlines": [asdict(one) for one in thirty],
        "sums": {"headlines": _sums(thirty), "catalogue": _sums(every)},
    }
    sys.stdout.write(json.dumps(whole) + "\n")
    return 0


def _sums(found: Sequence[Cost]) -> dict[str, dict[str, float]]:
    """Seconds in all, by the days and by whether the reader was cold."""
    sums: dict[str, dict[str, float]] = {}
    for one in found:
        held = sums.setdefault(_way(one), {"cpu": 0.0, "wall": 0.0})
        held["cpu"] += one.cpu / 1000
        held["wall"] += one.wall / 1000
    return sums


def _way(one: Cost) -> str:
    return f"{one.days}, {'cold' if one.cold else 'warm'}"


def _show(title: str, found: Sequence[Cost]) -> None:
    """A line a metric: CPU and wall of each way to ask it; then the sums in seconds."""
    ways = list(dict.fromkeys(_way(one) for one in found))
    _line(title, *(f"{way} {kind}" for way in ways for kind in ("cpu", "wall")))
    told = {(one.metric, _way(one)): one for one in found}
    for key in dict.fromkeys(one.metric for one in found):
        row = [told[key, way] for way in ways]
        _line(key, *(f"{ms:.0f} ms" for one in row for ms in (one.cpu, one.wall)))
    sums = _sums(found)
    _line("sum", *(f"{sums[way][kind]:.2f} s" for way in ways for kind in ("cpu", "wall")))


def _line(name: str, *cells: str) -> None:
    sys.stdout.write(f"{name:<42}" + "".join(f"{cell:>18}" for cell in cells) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
