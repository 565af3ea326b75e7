"""Several hands: what a page asks is asked side by side, by threads with a reader of their own.

An engine spreads a question over its cores, but a tile's questions are too small to gain from it:
two tiles at a time, on a core each, take little over half as long as one after the other.
"""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from regard.facts.reader import Reader, open_reader

MOST = 4
"""So many at most: each has an engine, and what that keeps of the files it has read."""

T = TypeVar("T")
R = TypeVar("R")
_here = threading.local()


def each(does: Callable[[T], R], of: Iterable[T]) -> list[R]:
    """What is done with each, in order, as many at a time as there are hands.

    Whoever asks a reader in `does` asks `own_reader` of it. The first error is raised.
    """
    if _is_hand() or _many() == 1:
        # A hand that waited for others of the same few could wait for ever.
        return [does(one) for one in of]
    return list(_hands().map(does, of))


def own_reader(reader: Reader) -> Reader:
    """What this thread may ask: a hand has a reader of its own of the same version."""
    if not _is_hand():
        return reader
    kept: Reader | None = getattr(_here, "reader", None)
    if kept is None or (kept.workspace, kept.version) != (reader.workspace, reader.version):
        if kept is not None:
            kept.close()
        kept = _here.reader = open_reader(reader.workspace, reader.version, threads=1)
    return kept


def _is_hand() -> bool:
    return bool(getattr(_here, "hand", False))


def _become_hand() -> None:
    _here.hand = True


def _many() -> int:
    return min(MOST, os.cpu_count() or 1)


@cache
def _hands() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_many(), thread_name_prefix="hand", initializer=_become_hand)
