"""What a source is: one file that says its name and how what it gives becomes parcels."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from regard.core.registry import by_key, declared
from regard.ingest.parcel import Parcel


class Parse(Protocol):
    """From one file or folder to its parcel; what is not what it should be raises BadFile.

    source: the name the rows carry; left out, the one that the source gives itself.
    """

    def __call__(self, path: Path, /, source: str = ...) -> Parcel:
        """Read and judge all of it; write nothing."""


@dataclass(frozen=True)
class Account:
    """A running system to read from.

    url: where it answers. secrets: what it asks for, by the names that `Live.secrets` declares.
    since: the last event that the store has seen of it; None: read everything. source: the name
    the rows carry.
    """

    url: str
    secrets: Mapping[str, str]
    since: datetime | None
    source: str


@dataclass(frozen=True)
class Live:
    """How a running system is read: `regard import KEY --url URL`.

    pull: parcels of what changed since `Account.since`, whole tickets each, so that reading again
    changes nothing. secrets: by name, the environment's variable it is taken from and a sentence
    (marked for translation); never a word of the command line.
    """

    pull: Callable[[Account], Iterator[Parcel]]
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A system that is imported without a mapping.

    key: as in `regard import KEY FILE...`. says: one sentence, marked for translation. parse: from
    one path to its parcel. takes: what a path is, FILE or DIR. live: how the running system is
    read, where that is possible.
    """

    key: str
    says: str
    parse: Parse
    takes: str = "FILE"
    live: Live | None = None


@cache
def sources() -> dict[str, Source]:
    """Every source by key: the lists called SOURCES in the modules of `ingest/sources`."""
    return by_key(declared("regard.ingest.sources", "SOURCES"), lambda one: one.key)
