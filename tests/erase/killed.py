"""Erasures in processes that are killed at a step of their own choice.

python killed.py            read what to do, a line of JSON each, and fork a process for it
"""

import os
from pathlib import Path

from deltalake import DeltaTable

from regard.cli import main
from regard.facts import build as building
from regard.facts.fact import can_be
from store import days, processes

FACT = "status_span_fact"
"""The one fact that is built, where all would take long."""
LASTING = ((Path, "unlink"), (DeltaTable, "create_checkpoint"))
"""What an erasure does besides what imports do, that lasts."""


def do(place: str, fault: str, *words: str) -> None:
    """Run one command line over a workspace; fault: as for `store.processes`."""
    vars(processes)["LASTING"] = (*processes.LASTING, *LASTING)
    vars(building)["can_be"] = lambda one, tables: one.name == FACT and can_be(one, tables)
    steps = processes.faulty(fault)
    try:
        main([*words, "--workspace", place])
    except SystemExit as ended:
        if ended.code:
            raise RuntimeError(f"{words} ended with {ended.code}") from ended
    if fault == "count:0":
        os.write(1, f"\nsteps {steps()}\n".encode())


if __name__ == "__main__":
    days.serve(do)
