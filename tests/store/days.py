"""Days of a small company in processes that are killed: each brings rows, rejects and a build.

python days.py serve        read what to do, a line of JSON each, and fork a process for it
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from regard.core.errors import RegardError
from regard.core.schema import table
from regard.core.settings import Settings
from regard.facts import build as building
from regard.facts.fact import can_be, fact, facts
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.run import run_import
from regard.store import deltas
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from store import processes

FEW = ("status_span_fact", "ticket_fact")
"""Facts enough to see a build torn, where all would take long."""
REGARDED, DISK = 2, 3
"""What a process ends with that met a RegardError, or an error of the system's."""


@dataclass(frozen=True)
class Ended:
    """How a process ended: its code (negative: the signal), its seconds, and what it said."""

    code: int
    seconds: float
    said: str


def begin(folder: Path) -> Path:
    """A new workspace."""
    init_workspace(folder, Settings(name="Small", zone="UTC"), "")
    return folder


def day(folder: Path, number: int, few: bool) -> None:
    """Import a day's rows, one of which cannot be taken, and build the facts."""
    if few:
        vars(building)["can_be"] = lambda one, tables: one.name in FEW and can_be(one, tables)
    bad = Reject(1, "No instant.", "when", "yesterday", {"ticket": f"bad of day {number}"})
    covers = ("ticket", "ticket_change")
    rows = processes.batch(number)
    parcel = Parcel("desk", covers, rows, 41, 40, (bad,), origin=Origin(f"day {number}.csv"))
    run_import((parcel,), open_store(folder), folder)
    building.build(folder, now=processes.BEGIN + timedelta(days=number))


def take(folder: Path, number: int, many_files: int) -> None:
    """Import a day's rows alone; more files than `many_files` are folded."""
    vars(deltas)["MANY_FILES"] = many_files
    open_store(folder).upsert(processes.batch(number), {"desk": ("ticket", "ticket_change")})


def state_of(folder: Path) -> str:
    """All that the newest version says, rows of tables and facts, as one mark."""
    with open_store(folder).snapshot() as snapshot:
        head = snapshot.manifest
        said: list[Any] = [head.version, head.imports, head.facts_of]
        said += [dict(head.covers), dict(head.watermarks)]
        for name in sorted(head.tables):
            said.append(_rows(snapshot.table(name), table(name).key))
        for name in sorted(head.facts):
            said.append(_rows(snapshot.fact(name, fact(name).schema), fact(name).key))
    return sha256(pickle.dumps(said)).hexdigest()[:16]


def papers_of(folder: Path) -> list[Any]:
    """What lies beside the store: rejects line by line, and which reports there are."""
    kept = sorted((folder / "quarantine").glob("*.jsonl"))
    reports = sorted(path.name for path in (folder / "imports").glob("*.json"))
    return [[path.name, sorted(path.read_text().splitlines())] for path in kept] + [reports]


def left_behind(folder: Path) -> list[str]:
    """Drafts of manifests that nobody will end."""
    return sorted(path.name for path in (folder / "store" / "manifests").glob("*.draft"))


def _rows(rows: Any, key: Iterable[str]) -> Any:
    found = rows.to_pyarrow().sort_by([(column, "ascending") for column in key])
    return found.to_pylist()


class Forks:
    """A process that has everything loaded and forks one for each thing to do."""

    def __enter__(self) -> "Forks":
        self.server = subprocess.Popen(
            [sys.executable, __file__, "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()

    def run(self, *words: object, after: float | None = None) -> Ended:
        """Do one thing in a process of its own, killed `after` seconds unless it has ended."""
        assert self.server.stdin
        assert self.server.stdout
        told = json.dumps({"words": [str(word) for word in words], "after": after})
        self.server.stdin.write(told + "\n")
        self.server.stdin.flush()
        return Ended(**json.loads(self.server.stdout.readline()))


def serve() -> None:
    """Fork a process for each line that is read, and say how it ended."""
    facts()
    for line in sys.stdin:
        told = json.loads(line)
        with tempfile.TemporaryFile() as said:
            began = time.monotonic()
            child = os.fork()
            if child == 0:
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                os._exit(_done(told["words"]))
            status = _awaited(child, told["after"], began)
            seconds = time.monotonic() - began
            said.seek(0)
            text = said.read().decode(errors="replace")
        code = os.waitstatus_to_exitcode(status)
        sys.stdout.write(json.dumps({"code": code, "seconds": seconds, "said": text}) + "\n")
        sys.stdout.flush()


def _awaited(child: int, after: float | None, began: float) -> int:
    while after is not None:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        if time.monotonic() - began >= after:
            os.kill(child, 9)
            break
        time.sleep(0.001)
    return os.waitpid(child, 0)[1]


def _done(words: list[str]) -> int:
    """What a process that does this ends with."""
    try:
        main(*words)
    except RegardError as error:
        sys.stdout.write(str(error))
        code = REGARDED
    except OSError as error:
        sys.stdout.write(str(error))
        code = DISK
    except BaseException:
        traceback.print_exc()
        code = 1
    else:
        code = 0
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def main(what: str, place: str, number: str, fault: str = "none", more: str = "") -> None:
    """Do one of `day` (more: `few` facts) and `take` (more: how many files are many)."""
    steps = processes.faulty(fault)
    doing: dict[str, Callable[[], None]] = {
        "day": lambda: day(Path(place), int(number), more == "few"),
        "take": lambda: take(Path(place), int(number), int(more or deltas.MANY_FILES)),
    }
    doing[what]()
    if fault == "count:0":
        sys.stdout.write(str(steps()))


if __name__ == "__main__":
    serve()
