"""Finding declarations: every module of a package that holds a list of a given name."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

from regard.core.errors import RegardError


def declared(package: str, name: str) -> Iterator[Any]:
    """Every entry of every list called `name` in the modules below `package`, by module name."""
    root = import_module(package)
    found = walk_packages(root.__path__, prefix=f"{package}.")
    for path in sorted(module.name for module in found):
        yield from getattr(import_module(path), name, ())


def by_key(entries: Iterator[Any], key: Callable[[Any], str]) -> dict[str, Any]:
    """The entries under their keys; the same key twice is a fault of the declaration."""
    book: dict[str, Any] = {}
    for entry in entries:
        name = key(entry)
        if name in book:
            raise RegardError(f"'{name}' is declared twice. Rename one of the two.")
        book[name] = entry
    return book
