"""JSON documents that hold lists of records: answers of interfaces, one after another in a file."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.ingest.batch import Batch
from regard.ingest.gathering import Gathering
from regard.ingest.jsonl import flatten, whole
from regard.ingest.parcel import Reject
from regard.ingest.streams import BadFile, Checked

NO_RECORD = N_("the entry is not a JSON object")
TOO_DEEP = N_("it is nested too deeply")
LARGEST = 1 << 30
"""A document is held whole while it is read."""


def read(path: Path, name: str, encoding: str = "utf-8") -> Iterator[Batch]:
    """Batches of the records, flattened as `outer.inner`; a record's line is its place, from 1.

    A document is an object with a list of them under `name`, a list of them, or one of them.
    """
    held = Gathering(path)
    for place, found in enumerate(_records(path, name, encoding), start=1):
        try:
            row = flatten(found) if isinstance(found, dict) else None
            short = "" if row is not None else whole(json.dumps(found, ensure_ascii=False))
        except RecursionError:
            row, short = None, TOO_DEEP
        if row is None:
            held.rejects.append(Reject(place, NO_RECORD, "", short, {"": short}))
        else:
            held.add(place, row)
        if held.full:
            yield held.give()
    if held.rows or held.rejects:
        yield held.give()


def _records(path: Path, name: str, encoding: str) -> Iterator[Any]:
    for document in _documents(path, encoding):
        if isinstance(document, list):
            yield from document
        elif isinstance(document, dict) and isinstance(document.get(name), list):
            yield from document[name]
        elif isinstance(document, dict):
            # An answer about one alone; one that has no list because there is nothing is empty.
            yield from [document] if document else []
        else:
            raise BadFile(path, "it holds JSON, but no objects", "Export it again")


def _documents(path: Path, encoding: str) -> Iterator[Any]:
    # Lines of JSON may be long: what must come now and then is any sign of its grammar.
    with Checked(path, encoding, marks=b"\n\r,:{}[]") as stream:
        text = io.BufferedReader(stream).read(LARGEST + 1).decode("utf-8")
    if len(text) > LARGEST:
        raise BadFile(path, f"it is larger than {LARGEST >> 20} MiB", "Split it")
    decoder, at = json.JSONDecoder(), _skip(text, 0)
    while at < len(text):
        try:
            found, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            line = text.count("\n", 0, at) + 1
            raise BadFile(path, f"what begins on line {line} is not JSON") from None
        yield found
        at = _skip(text, at)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at
