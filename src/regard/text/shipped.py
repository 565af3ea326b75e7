"""Heads that come with the product: learnt from the demo's texts by `tools/heads.py`."""

from functools import cache
from pathlib import Path

from regard.text.head import Head, parse_head

FOLDER = Path(__file__).resolve().parent / "heads"


def shipped_path(kind: str, version: str) -> Path:
    """Where the shipped head of a kind and version lies."""
    return FOLDER / f"{kind}-{version}.npz"


@cache
def shipped_head(kind: str, version: str) -> Head:
    """The shipped head of a kind and version."""
    path = shipped_path(kind, version)
    return parse_head(path.read_bytes(), str(path))
