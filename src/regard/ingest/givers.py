"""What would fill an event table: the imports that ship, and the words to type for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from regard.core.schema import tables
from regard.ingest.grammar import load_mapping, mapping_names
from regard.ingest.mapping import FileMap
from regard.ingest.source import Source, sources

FOUND: Mapping[str, tuple[str, ...]] = {"reading": ("message_text", "words")}
"""Tables that no import holds: what is found in the words of others when these are imported."""
ANY_SHEET, PRODUCT, OUR_TABLES = range(3)


@dataclass(frozen=True)
class Giver:
    """An import that ships.

    command: what to type. fills: the event tables that it can fill. rank: a sheet that anybody
    can write comes first, then products, then a folder of our own tables.
    """

    command: str
    fills: frozenset[str]
    rank: int


@cache
def givers() -> tuple[Giver, ...]:
    """Every import for data of one's own, the best first: mappings of published data are not."""
    mapped = [load_mapping(name) for name in mapping_names()]
    found = [_mapped(one) for one in mapped if one.layout != "published"]
    found += [_native(one) for one in sources().values()]
    return tuple(sorted(found, key=lambda one: (one.rank, -len(one.fills), one.command)))


def commands_for(name: str) -> tuple[str, ...]:
    """The commands that would fill an event table, the best first; of `one|other`, either.

    An import that fills both of `one|other` comes before those that fill one of them. A folder of
    our own tables holds anything: it is named only where nothing else would do.
    """
    either = {table for each in name.split("|") for table in FOUND.get(each, (each,))}
    able = [one for one in givers() if either & one.fills]
    able.sort(key=lambda one: (one.rank, -len(either & one.fills)))
    others = [one for one in able if one.rank != OUR_TABLES]
    return tuple(one.command for one in others or able)


def ways_to_fill(lacking: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By table that nothing fills (`one|other`: either): the commands that would."""
    return {name: commands_for(name) for name in lacking}


def _mapped(one: FileMap) -> Giver:
    rank = ANY_SHEET if one.layout == "own" else PRODUCT
    command = f"regard import tabular FILE --map {one.name}"
    return Giver(command, frozenset(one.tables()), rank)


def _native(one: Source) -> Giver:
    rank = OUR_TABLES if set(one.fills) == set(tables()) else PRODUCT
    words = [one.key, one.takes if one.parse else "--url URL"]
    words += [f"--{name} TEXT" for name in one.options]
    return Giver(f"regard import {' '.join(words)}", frozenset(one.fills), rank)
