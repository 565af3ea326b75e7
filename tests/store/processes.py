"""What tests run in processes of their own: imports and builds that get killed, readers, writers.

    python processes.py import FOLDER NUMBER FAULT     take a batch; FAULT as below, or `none`
    python processes.py build FOLDER FAULT             build the facts
    python processes.py write FOLDER FIRST COUNT       take COUNT batches, one after the other
    python processes.py read FOLDER SECONDS            look again and again; say what was seen

A fault is `before:N`, `after:N` or `within:N`: the process is killed before or after its N-th step
that lasts, or in the middle of it. Steps are all that changes what others see: commits of Delta
tables (writes, merges, compactions, returns to a version, sweeps), links of manifests, files put in
place of others, and folders taken away. `count:0` kills nothing and counts them.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.table import TableMerger, TableOptimizer

from regard.core.schema import Row, table
from regard.facts.build import build
from regard.store import deltas
from regard.store.store import open_store

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
BATCH = 20
LASTING: tuple[tuple[Any, str], ...] = (
    (deltas, "write_deltalake"),
    (TableMerger, "execute"),
    (TableOptimizer, "compact"),
    (DeltaTable, "restore"),
    (DeltaTable, "repair"),
    (DeltaTable, "delete"),
    (DeltaTable, "vacuum"),
    (os, "link"),
    (Path, "replace"),
    (Path, "rename"),
    (shutil, "rmtree"),
)
"""The functions beneath the product whose calls are steps that last."""


def batch(number: int, tickets: int = BATCH) -> dict[str, pa.Table]:
    """Tickets with one change each: new ones, and all those of the batch before, changed."""
    first = max(0, number - 1) * tickets
    ids = range(first, (number + 1) * tickets)
    created = [_ticket(n, f"as of batch {number}") for n in ids]
    changes = [_change(n, number) for n in ids]
    return {
        "ticket": pa.Table.from_pylist(created, schema=table("ticket").schema),
        "ticket_change": pa.Table.from_pylist(changes, schema=table("ticket_change").schema),
    }


def _ticket(n: int, number: str) -> Row:
    at = BEGIN + timedelta(minutes=n)
    return table("ticket").row(source="desk", ticket_id=f"t{n}", created_at=at, number=number)


def _change(n: int, batch_number: int) -> Row:
    at = BEGIN + timedelta(minutes=n + batch_number)
    return table("ticket_change").row(
        source="desk",
        ticket_id=f"t{n}",
        change_id=f"in batch {batch_number}",
        at=at,
        field="status",
        value="solved",
        actor="ann",
        actor_kind="agent",
    )


def die() -> None:
    """Be killed, now, without a chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)


def faulty(fault: str) -> Callable[[], int]:
    """Have this process killed at a step; what is given tells how many steps there were."""
    moment, _, n = fault.partition(":")
    step = {"done": 0}

    def guarded(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **said: Any) -> Any:
            step["done"] += 1
            here = step["done"] == int(n)
            if here and moment == "before":
                die()
            if here and moment == "within":
                _leave_half(name, args)
                die()
            done = work(*args, **said)
            if here and moment == "after":
                die()
            return done

        return run

    if fault != "none":
        for owner, name in LASTING:
            setattr(owner, name, guarded(name, getattr(owner, name)))
    return lambda: step["done"]


def _leave_half(name: str, args: tuple[Any, ...]) -> None:
    """What is left by one who dies while files are written or taken away: some, and no commit."""
    if name == "write_deltalake":
        folder = Path(args[0].removeprefix("file://")) / "bucket=0"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "part-half.parquet").write_bytes(b"PAR1 half")
    if name == "rmtree":
        there = sorted(path for path in Path(args[0]).rglob("*") if path.is_file())
        for path in there[::2]:
            path.unlink()


def start(*said: object) -> "subprocess.Popen[str]":
    """Start one of the things that the module names, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, said)], stdout=subprocess.PIPE, text=True
    )


def end(*started: "subprocess.Popen[str]") -> list[str]:
    """What processes said, once all of them have ended well."""
    told = [each.communicate(timeout=300)[0] for each in started]
    assert [each.returncode for each in started] == [0] * len(started)
    return told


def read(folder: Path, seconds: float) -> dict[str, Any]:
    """Look at the newest version until time is up: versions seen, and looks that were torn.

    Not torn: every ticket once, and of each batch taken all changes, each with its ticket.
    """
    until = time.monotonic() + seconds
    seen: set[int] = set()
    torn: list[list[int]] = []
    while time.monotonic() < until:
        with open_store(folder).snapshot() as snapshot:
            tickets, changes = snapshot.table("ticket"), snapshot.table("ticket_change")
            orphans = changes.anti_join(tickets, ["source", "ticket_id"]).count()
            counts = tickets.aggregate(n=tickets.count(), ids=tickets.ticket_id.nunique())
            (row,) = counts.to_pyarrow().to_pylist()
            lost = orphans.to_pyarrow().as_py()
            batches = changes.group_by("change_id").aggregate(n=changes.count()).to_pyarrow()
            halves = [
                each
                for each in batches.to_pylist()
                if each["n"] != (BATCH if each["change_id"] == "in batch 0" else 2 * BATCH)
            ]
            seen.add(snapshot.manifest.version)
            missing = snapshot.manifest.imports - batches.num_rows
            if lost or row["n"] != row["ids"] or halves or missing:
                torn.append([snapshot.manifest.version, lost, row["n"], row["ids"], missing])
    return {"versions": sorted(seen), "torn": torn}


def main(what: str, place: str, *said: str) -> None:
    """Do one of the things that the module names."""
    folder = Path(place)
    if what == "import":
        faulty(said[1])
        open_store(folder).upsert(batch(int(said[0])), {"desk": ("ticket", "ticket_change")})
    elif what == "build":
        faulty(said[0])
        build(folder, now=BEGIN)
    elif what == "write":
        for number in range(int(said[0]), int(said[0]) + int(said[1])):
            open_store(folder).upsert(batch(number))
    elif what == "read":
        sys.stdout.write(json.dumps(read(folder, float(said[0]))))


if __name__ == "__main__":
    main(*sys.argv[1:])
