"""Why there is no data, in words: which tables nothing fills, and which imports would fill them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from regard.core.errors import RegardError
from regard.core.i18n import N_, translate
from regard.facts.reader import newest_built
from regard.ingest.givers import ways_to_fill
from regard.metrics.metric import catalogue
from regard.metrics.plan import unfilled
from regard.store.store import open_store
from regard.store.workspace import SETTINGS

GIVEN = N_("What gives {tables}: {commands}.")
MOST_COMMANDS = 3


def say_why(reason: str, lacking: Sequence[str], language: str) -> str:
    """A reason in a language, and where event tables are lacking, what would give them.

    reason: in English, marked for translation; empty where there is data, and so is the answer.
    """
    if not reason:
        return ""
    said = [translate(reason, language, tables=name_tables(lacking))]
    for names, commands in _together(lacking).items():
        shown = ", ".join(f"`{one}`" for one in commands)
        said.append(translate(GIVEN, language, tables=name_tables(names), commands=shown))
    return " ".join(said)


def givers_of(lacking: Sequence[str]) -> dict[str, list[str]]:
    """By lacking table the commands that would fill it, all of them, the best first."""
    return {name: list(commands) for name, commands in ways_to_fill(lacking).items()}


def lacking_here(workspace: Path) -> dict[str, tuple[str, ...]] | None:
    """By metric, the event tables that nothing in a workspace fills; None where nothing is built.

    Nothing is counted and no engine is started: only what the imports said they cover is read.
    """
    if not (workspace / SETTINGS).exists():
        return None
    try:
        covers = newest_built(open_store(workspace)).covers
    except RegardError:
        return None
    filled: Collection[str] = {name for names in covers.values() for name in names}
    return {key: unfilled(one, filled) for key, one in catalogue().items()}


def _together(lacking: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The first commands by the tables that they give: tables of the same commands stand once."""
    held: dict[tuple[str, ...], list[str]] = {}
    for name, commands in ways_to_fill(lacking).items():
        held.setdefault(commands[:MOST_COMMANDS], []).append(name)
    return {tuple(names): commands for commands, names in held.items() if commands}


def name_tables(tables: Sequence[str]) -> str:
    """Event tables by name, in a row; of `one|other` both."""
    return ", ".join(tables).replace("|", " / ")
