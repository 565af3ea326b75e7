"""Recorded answers of a system's API: a folder of JSON, each answer unwrapped or put aside.

A recording may be the answer itself, or the answer as `body` beside its request and status, as
text in that body (JSON, or gzip as base64), one answer a line, or several answers by request, as
in {"GET /tickets": {…}}. None of it is trusted.
"""

import base64
import binascii
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regard.core.i18n import N_
from regard.ingest.jsonl import ODD
from regard.ingest.parcel import Reject
from regard.ingest.streams import CHUNK, BadFile, Checked

ENDINGS = (".json", ".jsonl", ".ndjson")
LARGEST = 256 << 20
"""The largest answer that is read, in bytes: a page of an API is far smaller."""
DEEPEST = 100
LONGEST_ID = 200
LARGEST_WHOLE = 1 << 53
FIRST, LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
"""Instants before and after are none: they stand for what never happened."""
MARKS = b'\n\r,:"[]{} '
"""Bytes of which JSON has one every few characters, except within a text."""
WRAPPING = frozenset(
    {"status", "status_code", "request", "recorded_at", "headers", "url", "method"}
)
REFUSAL = frozenset(
    {"error", "errors", "message", "description", "details", "code", "title", "status"}
)
REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) /\S*$")
NOT_JSON = N_("it is not JSON")
TOO_DEEP = N_("it is nested too deeply")
TOO_LARGE = N_("it is too large for one answer")
NO_OBJECT = N_("it is neither an object nor a list of objects")
AN_ERROR = N_("the system answered with an error")


@dataclass(frozen=True)
class Answer:
    """One answer. file: its name within the folder. line: where it begins, from 1.

    request: as recorded, as in "GET /api/v2/tickets"; empty where it was not. body: what the
    system said, an object or a list, without NUL and broken characters.
    """

    file: str
    line: int
    request: str
    body: Any

    def objects(self, name: str) -> list[dict[str, Any]]:
        """The objects under a name of the body (a list, or one alone); else none."""
        found = self.body.get(name) if isinstance(self.body, dict) else None
        listed = found if isinstance(found, list) else [found]
        return [one for one in listed if isinstance(one, dict)]


def read_answers(folder: Path) -> Iterator[Answer | Reject]:
    """Every answer in the folder (or the one file), by name; what is none becomes a reject.

    Reads *.json, *.jsonl and *.ndjson, plain or gzip, in all folders below. A folder without any
    is a BadFile.
    """
    if not folder.is_dir():
        yield from _read_file(folder, folder.name)
        return
    found = sorted(path for path in folder.rglob("*") if _is_answer(path))
    if not found:
        raise BadFile(folder, "there is no .json or .jsonl file in it", "Name another folder")
    for path in found:
        yield from _read_file(path, path.relative_to(folder).as_posix())


def refuse(answer: Answer, reason: str, one: Any, column: str = "", kind: str = "") -> Reject:
    """The reject of one object of an answer. reason: marked for translation."""
    raw = {"file": answer.file, "object": json.dumps(one, ensure_ascii=False)}
    value = one.get(column, "") if column and isinstance(one, dict) else ""
    said = f"{answer.file} {value}".strip()[:200]
    return Reject(answer.line, reason, column, said, raw, kind or "broken_row")


def id_of(value: Any) -> str | None:
    """An id as text, from a whole number or a text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_ID:
        return value.strip()
    return None


def instant_of(value: Any) -> datetime | None:
    """An instant in UTC from ISO 8601 text; None for anything else. No zone means UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Systems write the epoch, or year 1, for what never happened.
    return found if FIRST <= found < LAST else None


def text_of(value: Any) -> str | None:
    """A text that says something; None for anything else."""
    return value if isinstance(value, str) and value.strip() else None


def object_of(value: Any) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """A list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def whole_of(value: Any) -> int | None:
    """A whole number that a table can hold, also written as text; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit():
        value = int(value[:20])
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST_WHOLE:
        return value
    return None


def _is_answer(path: Path) -> bool:
    return path.is_file() and path.name.removesuffix(".gz").endswith(ENDINGS)


def _read_file(path: Path, name: str) -> Iterator[Answer | Reject]:
    if path.name.removesuffix(".gz").endswith(ENDINGS[1:]):
        yield from _read_lines(path, name)
        return
    try:
        text = _read_text(path)
    except BadFile as bad:
        if not path.exists():
            raise
        yield _put_aside(name, 1, bad.why, "")
        return
    if text is None:
        yield _put_aside(name, 1, TOO_LARGE, "")
        return
    lines = text.split("\n")
    # An export that calls one object a line `.json` is common; a broken object is not that.
    if len(lines) > 1 and all(map(_is_object, lines[:2])):
        yield from _read_lines(path, name)
        return
    yield from _read_one(name, 1, text)


def _read_lines(path: Path, name: str) -> Iterator[Answer | Reject]:
    try:
        with Checked(path) as stream:
            file = io.TextIOWrapper(io.BufferedReader(stream), "utf-8", newline="\n")
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield from _read_one(name, number, line)
    except BadFile as bad:
        if not path.exists():
            raise
        yield _put_aside(name, 1, bad.why, "")


def _read_text(path: Path) -> str | None:
    """The file's text; None where it is larger than any answer."""
    parts, held = [], 0
    with Checked(path, marks=MARKS) as stream:
        while chunk := stream.read(CHUNK):
            held += len(chunk)
            if held > LARGEST:
                return None
            parts.append(chunk)
    return b"".join(parts).decode("utf-8")


def _is_object(line: str) -> bool:
    return line.startswith("{") and line.rstrip().endswith("}")


def _read_one(name: str, line: int, text: str) -> Iterator[Answer | Reject]:
    try:
        found = _parse(text)
    except RecursionError:
        yield _put_aside(name, line, TOO_DEEP, text)
        return
    except ValueError as error:
        yield _put_aside(name, line, NOT_JSON, text, str(error))
        return
    yield from _unwrap(name, line, found)


def _unwrap(name: str, line: int, found: Any) -> Iterator[Answer | Reject]:
    if isinstance(found, dict) and found and all(REQUEST.match(key) for key in found):
        for request, body in found.items():
            yield _judge(name, line, request, None, body)
        return
    if not (isinstance(found, dict) and "body" in found and WRAPPING & found.keys()):
        yield _judge(name, line, "", None, found)
        return
    request = found.get("request")
    request = request if isinstance(request, str) else ""
    body = found["body"]
    try:
        body = _parse(_text_of(body)) if isinstance(body, str) else body
    except (ValueError, RecursionError, EOFError, OSError, zlib.error) as error:
        yield _put_aside(name, line, NOT_JSON, str(body), str(error))
        return
    yield _judge(name, line, request, found.get("status") or found.get("status_code"), body)


def _judge(name: str, line: int, request: str, status: Any, body: Any) -> Answer | Reject:
    if not isinstance(body, dict | list):
        return _put_aside(name, line, NO_OBJECT, json.dumps(body), str(body)[:200])
    failed = isinstance(status, int) and status >= 400
    if failed or (isinstance(body, dict) and _is_refusal(body)):
        return _put_aside(name, line, AN_ERROR, json.dumps(body), json.dumps(body)[:200])
    return Answer(name, line, request, body)


def _is_refusal(body: Mapping[str, Any]) -> bool:
    return bool({"error", "errors", "code"} & body.keys()) and body.keys() <= REFUSAL


def _put_aside(name: str, line: int, reason: str, text: str, value: str = "") -> Reject:
    raw = {"file": name, "text": ODD.sub("\ufffd", text[:2000])}
    return Reject(line, reason, "", ODD.sub("\ufffd", f"{name} {value}".strip()), raw, "not_answer")


def _text_of(body: str) -> str:
    """The text of a body that was recorded as text: as it is, or gzip as base64."""
    if not body.startswith("H4sI"):
        return body
    try:
        packed = base64.b64decode(body, validate=True)
    except binascii.Error:
        return body
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise ValueError(TOO_LARGE)
    return text.decode("utf-8")


def _parse(text: str) -> Any:
    """JSON as parsed, its texts without odd characters; too deep is a RecursionError."""
    found = json.loads(text, parse_constant=_refuse_constant)
    _check_depth(found)
    return _mend(found)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _check_depth(found: Any) -> None:
    level = [found]
    for _depth in range(DEEPEST):
        level = [
            part
            for one in level
            if isinstance(one, dict | list)
            for part in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise RecursionError


def _mend(found: Any) -> Any:
    if isinstance(found, str):
        return ODD.sub("\ufffd", found) if ODD.search(found) else found
    if isinstance(found, dict):
        return {_mend(name): _mend(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_mend(value) for value in found]
    return found
