"""JSON Lines: one object a line; nested objects are flattened as `outer.inner`."""

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.ingest.batch import ROWS, Batch, pack
from regard.ingest.parcel import Reject
from regard.ingest.streams import BadFile, Checked

NOT_JSON = N_("the line is not a JSON object")


def read(path: Path, encoding: str = "utf-8") -> Iterator[Batch]:
    """Batches of the file's objects, values as text; lines that are no object become rejects."""
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    rejects: list[Reject] = []
    good = 0
    with Checked(path, encoding) as stream:
        text = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline="\n")
        for number, line in enumerate(text, start=1):
            if not line.strip():
                continue
            found = _parse(line)
            if found is None:
                _refuse_array(path, number, line)
                short = line.rstrip("\r\n")
                rejects.append(Reject(number, NOT_JSON, "", short, {"": short}))
            else:
                rows.append(flatten(found))
                lines.append(number)
                good += 1
            if len(rows) + len(rejects) >= ROWS:
                yield pack(rows, lines, rejects)
                rows, lines, rejects = [], [], []
    if not good:
        raise BadFile(path, "no line of it is a JSON object", "Write one object a line")
    if rows or rejects:
        yield pack(rows, lines, rejects)


def flatten(found: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The object's values as text by name; null is left out, lists stay JSON."""
    flat: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{name}."))
        elif isinstance(value, str):
            flat[prefix + name] = value
        elif value is not None:
            flat[prefix + name] = json.dumps(value, ensure_ascii=False)
    return flat


def _parse(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse_array(path: Path, number: int, line: str) -> None:
    if number == 1 and line.lstrip().startswith("["):
        raise BadFile(path, "it is one JSON array", "Write one object a line (JSON Lines)")
