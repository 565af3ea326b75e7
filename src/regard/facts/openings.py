"""The opening hours of a workspace, with the history of what was known when.

`calendars.toml` says what holds now. Each build keeps a copy of the text it met, named by the
instant, so that an edit made today is known from today on: values finished before keep the hours
that were known when their clock stopped (DESIGN §4).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from regard.core.calendar import Calendar, CalendarVersion
from regard.core.calendar_file import parse
from regard.core.errors import RegardError

FILE = "calendars.toml"
KNOWN = "known-calendars"
STAMP = "%Y%m%dT%H%M%S%fZ"


def calendars_of(workspace: Path) -> tuple[Calendar, ...]:
    """The calendars as recorded, each text after the first known from its instant on."""
    texts = _recorded(workspace)
    now = _now(workspace)
    if now is not None and (not texts or texts[-1][1] != now):
        texts = [*texts, (datetime.max.replace(tzinfo=UTC), now)] if texts else [(None, now)]
    book: dict[str, list[CalendarVersion]] = {}
    for place, (known_from, text) in enumerate(texts):
        for calendar in parse(_read(text)):
            versions = book.setdefault(calendar.id, [])
            for version in calendar.versions:
                late = place > 0 and versions and version.recorded_at is None
                told = replace(version, recorded_at=known_from) if late else version
                if _same(versions, told):
                    continue
                versions.append(told)
    return tuple(Calendar(name, tuple(versions)) for name, versions in sorted(book.items()))


def record(workspace: Path, now: datetime) -> None:
    """Keep the present text of the file, if it is new, as known from `now` on."""
    text = _now(workspace)
    texts = _recorded(workspace)
    if text is None or (texts and texts[-1][1] == text):
        return
    parse(_read(text))
    folder = workspace / KNOWN
    folder.mkdir(exist_ok=True)
    draft = folder / "draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(folder / f"{now.astimezone(UTC):{STAMP}}.toml")


def restate(workspace: Path) -> None:
    """Forget what was known before: the present text holds since ever."""
    for path in sorted((workspace / KNOWN).glob("*.toml")):
        path.unlink()


def fingerprint(workspace: Path) -> str:
    """A short mark of the calendars as recorded: it changes when open time may."""
    said = "\n".join(repr(calendar) for calendar in calendars_of(workspace))
    return sha256(said.encode()).hexdigest()[:16]


def _recorded(workspace: Path) -> list[tuple[datetime | None, str]]:
    found = sorted((workspace / KNOWN).glob("*.toml"))
    return [
        (datetime.strptime(path.stem, STAMP).replace(tzinfo=UTC), path.read_text(encoding="utf-8"))
        for path in found
    ]


def _now(workspace: Path) -> str | None:
    path = workspace / FILE
    return path.read_text(encoding="utf-8") if path.exists() else None


def _same(versions: list[CalendarVersion], told: CalendarVersion) -> bool:
    bare = [replace(version, recorded_at=None) for version in versions]
    newest = [one for one in bare if one.valid_from == told.valid_from]
    return bool(newest) and newest[-1] == replace(told, recorded_at=None)


def _read(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegardError(f"{FILE} cannot be read: {error}. Mend that line.") from error
