"""How the command line speaks: answers on stdout, everything else on stderr."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

PATIENCE_SECONDS = 2.0
EVERY_SECONDS = 10.0
PIPED_WIDTH = 500

Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and out of how much (0: not known)."""


class _Answers(Console):
    def on_broken_pipe(self) -> None:
        """Whoever read the answer has gone (`| head`): the work goes on to its end, unheard."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def answers() -> Console:
    """Where answers go; wide enough for a table where nobody watches."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return _Answers(width=width, highlight=False, markup=False, emoji=False)


def remarks() -> Console:
    """Where progress, warnings and errors go."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    """A line of the answer."""
    answers().print(text, soft_wrap=True)


def remark(text: str, style: str = "") -> None:
    """A line beside the answer."""
    remarks().print(Text(text, style=style), soft_wrap=True)


def complain(text: str) -> None:
    """An error: what was wrong and what to do next."""
    remark(text, style="bold red")


def table(*columns: str, numbers: tuple[str, ...] = (), heads: bool = True) -> Table:
    """An empty table; the columns named in `numbers` stand flush at their end."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=heads)
    for name in columns:
        made.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    return made


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """A bar on a terminal; elsewhere a line now and then, once more than two seconds passed."""
    if remarks().is_terminal:
        with _bar(what) as told:
            yield told
    else:
        yield _lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    parts = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*parts, console=remarks(), transient=True) as bars:
        task = bars.add_task(what, total=None)

        def told(step: str, done: int, total: int) -> None:
            bars.update(task, description=f"{what} {step}".strip(), completed=done)
            bars.update(task, total=total or None)

        yield told


def _lines(what: str) -> Told:
    last = time.monotonic() + PATIENCE_SECONDS - EVERY_SECONDS

    def told(step: str, done: int, total: int) -> None:
        nonlocal last
        if done < total and time.monotonic() - last >= EVERY_SECONDS:
            last = time.monotonic()
            remark(f"{what} {step}".strip() + (f": {done:,}/{total:,}" if total else f": {done:,}"))

    return told
