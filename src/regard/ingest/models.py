"""What a workspace's readers have learnt: heads in its folder `models`, each with a version."""

import json
import os
import re
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from regard.core.errors import RegardError, UnknownName
from regard.core.i18n import languages as spoken
from regard.ingest.lessons import TEACHERS, lessons_of
from regard.store.workspace import NotAWorkspace, read_settings
from regard.text.head import Head, head_bytes, head_reader, parse_head
from regard.text.language import language_reader
from regard.text.learning import Told, learn
from regard.text.lessons import prepare
from regard.text.reading import MATTERS, TextReader, text_readers

if TYPE_CHECKING:
    from regard.store.store import Store

FOLDER = "models"
FIRST, LAST = 101, 999
"""Versions that a workspace makes; those below are of readers that the product ships."""
NAMED = re.compile(r"(\w+)-(\d{3})\.(npz|json)")
LANGUAGE = "language"


def readers_of(workspace: Path) -> tuple[TextReader, ...]:
    """The readers of a workspace, by kind: those it taught, else the shipped ones.

    Where its languages are others than before, their reader has a new version from now on.
    """
    found = dict(text_readers()) | {LANGUAGE: _languages(workspace)}
    for kind in TEACHERS:
        version = newest_version(workspace, kind)
        if version:
            path = _path(workspace, kind, version)
            subjects = found[kind].subjects if kind in found else MATTERS
            found[kind] = head_reader(kind, version, partial(_head, path), subjects)
    return tuple(found[kind] for kind in sorted(found))


def train(
    kind: str, store: "Store", workspace: Path, told: Told = lambda *_: None
) -> tuple[Head, str, bool]:
    """Teach a kind of reading from what the workspace holds: the head, its version, whether new.

    Where the lessons are those of the newest head, that stays, and nothing is learnt. Raises
    UnknownName for a kind that cannot be learnt, TooFewLessons for too few of them.
    """
    if kind not in TEACHERS:
        raise UnknownName("kind of reading that can be learnt", kind, TEACHERS)
    with store.snapshot() as snapshot:
        lessons = prepare(lessons_of(kind, snapshot))
    version = newest_version(workspace, kind)
    if version:
        before = read_head(workspace, kind, version)
        if before.about.get("digest") == lessons.digest:
            return before, version, False
    head = learn(kind, lessons, told)
    made = _next(kind, version)
    _write(_path(workspace, kind, made), head_bytes(head))
    return head, made, True


def newest_version(workspace: Path, kind: str) -> str:
    """The newest version of a kind that the workspace made; empty where it made none."""
    return max(_versions(workspace, kind), default="")


def read_head(workspace: Path, kind: str, version: str) -> Head:
    """The head of a kind and version in a workspace."""
    return _head(_path(workspace, kind, version))


@lru_cache(maxsize=8)
def _head(path: Path) -> Head:
    return parse_head(path.read_bytes(), str(path))


def _languages(workspace: Path) -> TextReader:
    try:
        wanted = sorted(read_settings(workspace).languages)
    except NotAWorkspace:
        wanted = sorted(spoken())
    version = newest_version(workspace, LANGUAGE)
    shipped = text_readers()[LANGUAGE]
    known = sorted(spoken())
    if version:
        known = json.loads(_path(workspace, LANGUAGE, version).read_text("utf-8"))["languages"]
    if wanted == known:
        return language_reader(tuple(wanted), version) if version else shipped
    made = _next(LANGUAGE, version)
    told = json.dumps({"languages": wanted}) + "\n"
    _write(_path(workspace, LANGUAGE, made), told.encode("utf-8"))
    return language_reader(tuple(wanted), made)


def _versions(workspace: Path, kind: str) -> list[str]:
    hits = [NAMED.fullmatch(path.name) for path in (workspace / FOLDER).glob(f"{kind}-*")]
    return [hit.group(2) for hit in hits if hit and hit.group(1) == kind]


def _next(kind: str, version: str) -> str:
    number = int(version) + 1 if version else FIRST
    if number > LAST:
        raise RegardError(f"There are too many versions of {kind}. Remove the oldest in {FOLDER}/.")
    return f"{number:03d}"


def _path(workspace: Path, kind: str, version: str) -> Path:
    ending = "json" if kind == LANGUAGE else "npz"
    return workspace / FOLDER / f"{kind}-{version}.{ending}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_bytes(content)
    draft.replace(path)
