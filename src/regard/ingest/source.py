"""What a source is: one file that says its name and how what it gives becomes parcels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from regard.core.registry import by_key, declared
from regard.ingest.parcel import Parcel

if TYPE_CHECKING:
    from regard.store.store import Store


class Parse(Protocol):
    """From one file or folder to its parcel; what is not what it should be raises BadFile.

    source: the name the rows carry; left out, the one that the source gives itself. What
    `Source.options` declares comes as further keywords, each a tuple of the texts said.
    """

    def __call__(self, path: Path, /, source: str = ...) -> Parcel:
        """Read and judge all of it; write nothing."""


@dataclass(frozen=True)
class Account:
    """A running system to read from.

    url: where it answers. secrets: what it asks for, by the names that `Live.secrets` declares.
    since: the last event that the store has seen of it; None: read everything. source: the name
    the rows carry. options: the texts said, by the names that `Source.options` declares.
    """

    url: str
    secrets: Mapping[str, str]
    since: datetime | None
    source: str
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Live:
    """How a running system is read: `regard import KEY --url URL`.

    pull: parcels of what changed since `Account.since`, whole tickets each, so that reading again
    changes nothing. secrets: by name, the environment's variable it is taken from and a sentence
    (marked for translation); never a word of the command line. enough: groups of secrets of which
    one whole group is enough, the first that is there; left out, all are needed.
    """

    pull: Callable[[Account], Iterator[Parcel]]
    secrets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    enough: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Source:
    """A system that is imported without a mapping.

    key: as in `regard import KEY FILE...`. says: one sentence, marked for translation. parse: from
    one path to its parcel; None where only a running system is read. fills: every event table of
    which it may hold rows; which of them one import fills, its parcels say. takes: what a path is,
    FILE or DIR. live: how the running system is read, where that is possible. options: what must be
    said besides, as `--NAME TEXT` any number of times: name and sentence, marked for translation.
    settle: all parcels of one import, made to agree with what the store holds of their source.
    """

    key: str
    says: str
    parse: Parse | None
    fills: tuple[str, ...]
    takes: str = "FILE"
    live: Live | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    settle: "Callable[[Sequence[Parcel], Store], Sequence[Parcel]] | None" = None


@cache
def sources() -> dict[str, Source]:
    """Every source by key: the lists called SOURCES in the modules of `ingest/sources`."""
    return by_key(declared("regard.ingest.sources", "SOURCES"), lambda one: one.key)
