"""What a source is: one file that says its name and how its files become a parcel."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from regard.core.registry import by_key, declared
from regard.ingest.parcel import Parcel


@dataclass(frozen=True)
class Source:
    """A kind of file that is imported without a mapping.

    key: as in `regard import KEY FILE...`. says: one sentence, marked for translation. parse:
    from one file to its parcel; a file that is not what it should be raises BadFile.
    """

    key: str
    says: str
    parse: Callable[[Path], Parcel]


@cache
def sources() -> dict[str, Source]:
    """Every source by key: the lists called SOURCES in the modules of `ingest/sources`."""
    return by_key(declared("regard.ingest.sources", "SOURCES"), lambda one: one.key)
