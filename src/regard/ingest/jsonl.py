"""JSON Lines: one object a line; nested objects are flattened as `outer.inner`."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.ingest.batch import Batch
from regard.ingest.gathering import Gathering
from regard.ingest.parcel import Reject
from regard.ingest.streams import BadFile, Checked

ODD = re.compile("[\0\ud800-\udfff]")
"""Characters that no table holds: NUL, and halves of a character that came without the other."""
NOT_JSON = N_("the line is not a JSON object")


def read(path: Path, encoding: str = "utf-8") -> Iterator[Batch]:
    """Batches of the file's objects, values as text; lines that are no object become rejects."""
    held = Gathering(path)
    good = 0
    with Checked(path, encoding) as stream:
        text = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline="\n")
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            row = _parse(line)
            if row is None:
                _refuse_array(path, number, line)
                short = line.rstrip("\r\n")
                held.rejects.append(Reject(number, NOT_JSON, "", short, {"": short}))
            else:
                held.add(number, row)
                good += 1
            if held.full:
                yield held.give()
    if not good:
        raise BadFile(path, "no line of it is a JSON object", "Write one object a line")
    if held.rows or held.rejects:
        yield held.give()


def flatten(found: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The object's values as text by name; null is left out, lists stay JSON.

    Nesting too deep to be read is a RecursionError.
    """
    flat: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{name}."))
        elif isinstance(value, str):
            flat[whole(prefix + name)] = whole(value)
        elif value is not None:
            flat[whole(prefix + name)] = whole(json.dumps(value, ensure_ascii=False))
    return flat


def whole(text: str) -> str:
    """The text without characters that no table holds."""
    return ODD.sub("\ufffd", text) if ODD.search(text) else text


def _parse(line: str) -> dict[str, str] | None:
    try:
        found = json.loads(line)
        return flatten(found) if isinstance(found, dict) else None
    except (ValueError, RecursionError):
        return None


def _refuse_array(path: Path, number: int, line: str) -> None:
    if number == 1 and line.lstrip().startswith("["):
        raise BadFile(path, "it is one JSON array", "Write one object a line (JSON Lines)")
