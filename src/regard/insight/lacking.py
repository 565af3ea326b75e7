"""Why there is no data, in words: which tables nothing fills, and which imports would fill them."""

from collections.abc import Sequence

from regard.core.i18n import N_, translate
from regard.ingest.givers import ways_to_fill

GIVEN = N_("What gives {tables}: {commands}.")
MOST_COMMANDS = 3


def say_why(reason: str, lacking: Sequence[str], language: str) -> str:
    """A reason in a language, and where event tables are lacking, what would give them.

    reason: in English, marked for translation; empty where there is data, and so is the answer.
    """
    if not reason:
        return ""
    said = [translate(reason, language, tables=_named(lacking))]
    for names, commands in _together(lacking).items():
        shown = ", ".join(f"`{one}`" for one in commands)
        said.append(translate(GIVEN, language, tables=_named(names), commands=shown))
    return " ".join(said)


def givers_of(lacking: Sequence[str]) -> dict[str, list[str]]:
    """By lacking table the commands that would fill it, all of them, the best first."""
    return {name: list(commands) for name, commands in ways_to_fill(lacking).items()}


def _together(lacking: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The first commands by the tables that they give: tables of the same commands stand once."""
    held: dict[tuple[str, ...], list[str]] = {}
    for name, commands in ways_to_fill(lacking).items():
        held.setdefault(commands[:MOST_COMMANDS], []).append(name)
    return {tuple(names): commands for commands, names in held.items() if commands}


def _named(tables: Sequence[str]) -> str:
    return ", ".join(tables).replace("|", " / ")
