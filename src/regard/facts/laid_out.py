"""The SQL of facts, laid out once and kept on disk: a small build takes less time than that.

A file is good for one state of the code, of the libraries that lay out, and of what the fact is
given. Whatever cannot be read or written is laid out anew.
"""

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

CODE = Path(__file__).parents[1]
PARTS = ("facts", "core", "store")
LIBRARIES = ("ibis-framework", "sqlglot", "duckdb")
FOLDER = "sql"
"""Its name in a workspace's `cache`."""


def laid_out(cache_folder: Path, key: tuple[str, ...], lay_out: Callable[[], str]) -> str:
    """The SQL that `lay_out` gives, from `cache_folder` where it was kept there under `key`.

    key: all that the SQL depends on besides code and libraries.
    """
    mark = _mark()
    file = cache_folder / FOLDER / f"{mark}-{_sum(repr(key))}.sql"
    found = _read(file)
    if found is None:
        found = lay_out()
        _keep(file, mark, found)
    return found


def _read(file: Path) -> str | None:
    """What a file holds, unless it is gone, cut or altered."""
    try:
        # As bytes: a text that is read has other ends of lines than were written.
        told, _, sql = file.read_bytes().decode("utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return sql if told == f"-- {_sum(sql)}" else None


def _keep(file: Path, mark: str, sql: str) -> None:
    """Keep the SQL, and take away that of other code; a disk that will not have it is no matter."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.iterdir():
            if not old.name.startswith(mark):
                old.unlink(missing_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}.draft")
        draft.write_bytes(f"-- {_sum(sql)}\n{sql}".encode())
        draft.replace(file)
    except OSError:
        return


@cache
def _mark() -> str:
    files = sorted(file for part in PARTS for file in (CODE / part).rglob("*.py"))
    code = b"".join(file.read_bytes() for file in files)
    libraries = " ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return sha256(code + libraries.encode()).hexdigest()[:16]


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
