"""What the disk and the libraries beneath the store complain of, said for people."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from regard.core.errors import RegardError

ROOM = "The disk is full. Make room"
RIGHTS = "This folder may only be read. Let this user write to it"
BEYOND = "The file system fails. Mend it"
SIGNS = {
    ("os error 28)", "No space left", "os error 122)", "quota exceeded"): ROOM,
    ("os error 30)", "Read-only file system", "os error 13)", "Permission denied"): RIGHTS,
    ("os error 1)", "Operation not permitted"): RIGHTS,
}
NUMBERS = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EROFS: RIGHTS,
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
}
LONGEST = 300
FACTS = "facts"
"""The folder of tables that can be made again."""


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Let what keeps a folder from being written be a RegardError that names it and the cause.

    The newest manifest stands as it did: what is not named there was not changed.
    """
    try:
        yield
    except (DeltaError, OSError, duckdb.IOException) as error:
        raise RegardError(
            f"Nothing could be written to {place}: {first_line(error)}. The store is as it was "
            f"before. {_next(error)} and run this again."
        ) from error


def unreadable(path: Path, version: int | None, why: str) -> RegardError:
    """The error of a table that cannot be read, with the way back."""
    facts = path.parent.name == FACTS
    back = (
        "Run `regard build --full`, which makes it anew."
        if facts
        else "Run `regard doctor` to see what is missing and the way back."
    )
    told = "The newest version" if version is None else f"Version {version}"
    return RegardError(f"{told} of table {path.name} cannot be read: {why.rstrip('.')}. {back}")


def first_line(error: BaseException) -> str:
    """The first line of what an error says, at most 300 signs of it, without a full stop."""
    said = str(error).strip().splitlines()
    return (said[0] if said else type(error).__name__)[:LONGEST].rstrip(". ")


def _next(error: BaseException) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in NUMBERS:
        return NUMBERS[number]
    said = str(error)
    for signs, what in SIGNS.items():
        if any(sign in said for sign in signs):
            return what
    return BEYOND
