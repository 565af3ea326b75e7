"""What memory a full build takes: left alone, and where the system gives it 2 GB and no more.

    python benchmarks/speed_memory.py --tickets 2,10 [--folder DIR]

Limited: a process that holds more than 2 GB of memory of its own (files that it maps do not count)
is ended, as a container would end it, and the table says so. A limit of the system on addresses
would count what is only reserved. The settings let the engine spill from 1 GB on, which leaves the
rest for what Python, Arrow and the writer of Delta tables hold.
"""

import os
import sys
from functools import partial
from pathlib import Path
from shutil import rmtree
from threading import Thread
from time import sleep

import speed_data
from speed import Stopwatch, Work, run

LIMIT = 2 * 1024**3
ENGINE = "1 GB"


def build_within(limit: int, memory: str, home: Path, watch: Stopwatch) -> None:
    """A full build whose process and engine may hold so much; 0 and empty: no limit."""
    from regard.facts.build import build
    from regard.store.workspace import SETTINGS

    other = speed_data.twin(home, home.with_name(f"{home.name}-memory"))
    said = (other / SETTINGS).read_text(encoding="utf-8")
    told = said.replace(f'memory = "{speed_data.MEMORY}"', f'memory = "{memory}"')
    (other / SETTINGS).write_text(told, encoding="utf-8")
    if limit:
        Thread(target=_watch, args=(limit,), daemon=True).start()
    with watch.running():
        done = build(other, full=True)
    watch.rows = done.facts["ticket_fact"]
    rmtree(other)


def _watch(limit: int) -> None:
    """End this process as soon as it holds more memory of its own than the limit, in bytes."""
    while True:
        told = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        held = 1024 * int(next(line for line in told if line.startswith("RssAnon")).split()[1])
        if held > limit:
            sys.stderr.write(f"MemoryError: it held {held / 1e9:.1f} GB\n")
            sys.stderr.flush()
            os._exit(1)
        sleep(0.01)


WORKS = (
    Work("no limit", "full build", partial(build_within, 0, ""), patient=True),
    Work("2 GB and engine 1 GB", "it spills", partial(build_within, LIMIT, ENGINE), patient=True),
    Work("2 GB and engine free", "the process alone", partial(build_within, LIMIT, "")),
)


def main(words: list[str]) -> int:
    """Make the data, build, print a table and a JSON line."""
    return run(words, __doc__, "Memory", __file__, WORKS, speed_data.workspace_of, "no limit")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
