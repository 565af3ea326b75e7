"""The opening hours of a workspace, with the history of what was known when.

`calendars.toml` says what holds now. Each build keeps a copy of the text it met, named by the
instant, so that an edit made today is known from today on: values finished before keep the hours
that were known when their clock stopped (DESIGN §4).

Sources may bring opening hours too, as rows of the table `calendar` under names of their own
(`SOURCE/ID`); one that calendars.toml names as well holds as it is written there.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from regard.core.calendar import Calendar, CalendarVersion
from regard.core.calendar_file import parse
from regard.core.errors import RegardError
from regard.core.schema import Row
from regard.store.snapshot import Snapshot

FILE = "calendars.toml"
KNOWN = "known-calendars"
STAMP = "%Y%m%dT%H%M%S%fZ"
EVER = datetime.min.replace(tzinfo=UTC)


def calendars_of(workspace: Path) -> tuple[Calendar, ...]:
    """The calendars as recorded, each text after the first known from its instant on."""
    texts = _recorded(workspace)
    now = _now(workspace)
    if now is not None and (not texts or texts[-1][1] != now):
        texts = [*texts, (datetime.max.replace(tzinfo=UTC), now)] if texts else [(None, now)]
    book: dict[str, list[CalendarVersion]] = {}
    for known_from, text in texts:
        for calendar in parse(_read(text)):
            versions = book.setdefault(calendar.id, [])
            told = _told(versions, calendar.versions) if versions else calendar.versions
            for version in told:
                late = versions and version.recorded_at is None
                if not _same(versions, version):
                    versions.append(replace(version, recorded_at=known_from) if late else version)
    return tuple(Calendar(name, tuple(versions)) for name, versions in sorted(book.items()))


def hours_of(workspace: Path, snapshot: Snapshot) -> tuple[Calendar, ...]:
    """The opening hours of a workspace and those its sources brought, as of a store version."""
    written = calendars_of(workspace)
    named = {calendar.id for calendar in written}
    brought = [one for one in _brought(snapshot) if one.id not in named]
    return (*written, *brought)


def _brought(snapshot: Snapshot) -> tuple[Calendar, ...]:
    if "calendar" not in snapshot.manifest.tables:
        return ()
    rows = snapshot.table("calendar").to_pyarrow().to_pylist()
    book: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["calendar_id"], row["version"] or 0)):
        book.setdefault(row["calendar_id"], []).append(_version_of(row))
    return parse({"calendar": {name: {"version": told} for name, told in book.items()}})


def _version_of(row: Row) -> Mapping[str, Any]:
    """A stored version in the words of calendars.toml."""
    own = {name: row[name] for name in ("valid_from", "recorded_at", "zone")}
    return json.loads(row["rules"] or "{}") | own


def _told(
    known: Sequence[CalendarVersion], written: Sequence[CalendarVersion]
) -> Iterator[CalendarVersion]:
    """What a later text says, also of days from which other hours were to hold before."""
    yield from written
    days = {version.valid_from for version in written}
    dropped = {version.valid_from for version in known if version.valid_from} - days
    for day in sorted(day for day in dropped if day):
        before = [v for v in written if v.valid_from is None or v.valid_from < day]
        if before:
            holds = max(before, key=lambda v: (v.valid_from or date.min, v.recorded_at or EVER))
            yield replace(holds, valid_from=day, recorded_at=None)


def record(workspace: Path, now: datetime) -> None:
    """Keep the present text of the file, if it is new, as known from `now` on.

    Where the clock went back meanwhile, it counts as known just after the text before it.
    """
    text = _now(workspace)
    texts = _recorded(workspace)
    if text is None or (texts and texts[-1][1] == text):
        return
    parse(_read(text))
    before = texts[-1][0] if texts else None
    if before is not None and now <= before:
        now = before + timedelta(microseconds=1)
    folder = workspace / KNOWN
    folder.mkdir(exist_ok=True)
    draft = folder / "draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(folder / f"{now.astimezone(UTC):{STAMP}}.toml")


def restate(workspace: Path) -> None:
    """Forget what was known before: the present text holds since ever."""
    for path in sorted((workspace / KNOWN).glob("*.toml")):
        path.unlink()


def fingerprint(calendars: Sequence[Calendar]) -> str:
    """A short mark of opening hours: it changes when open time may."""
    # The order of a set differs from process to process.
    said = "\n".join(
        f"{calendar.id} {replace(version, closed=frozenset())!r} {sorted(version.closed)}"
        for calendar in calendars
        for version in calendar.versions
    )
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
