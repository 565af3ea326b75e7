"""`regard doctor`: what this machine and this workspace lack, and how to get it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from regard.cli.console import answers, table
from regard.cli.options import WorkspaceOption, folder_of
from regard.core.errors import RegardError
from regard.core.i18n import LOCALE, languages

if TYPE_CHECKING:
    from regard.store.manifest import Manifest
    from regard.store.store import Store

OLDEST = (3, 11)
ROOM_BYTES = 1 << 30
FINE, MISSING, OPTIONAL = "ok", "missing", "optional"
COLOURS = {FINE: "green", MISSING: "bold red", OPTIONAL: "yellow"}


@dataclass(frozen=True)
class Check:
    """One thing looked at. verdict: ok, missing, or optional (lacking, but not needed to run)."""

    what: str
    verdict: str
    found: str
    remedy: str = ""


def doctor(
    workspace: WorkspaceOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Count what only the tests need as missing.")
    ] = False,
    back: Annotated[
        int | None,
        typer.Option(
            "--back", metavar="VERSION", help="Let the store stand as at an earlier version."
        ),
    ] = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="Go on without the store's files that are damaged.")
    ] = False,
) -> None:
    """Say what this machine and this workspace lack and how to get it; exit code 1 if anything.

    A damaged file of the store is named with the way back, which --back or --mend then goes.
    """
    if back is not None or mend:
        _mend(folder_of(workspace), back)
        return
    checks = [*machine_checks(), *workspace_checks(folder_of(workspace))]
    shown = table("Check", "Verdict", "Found", "Remedy")
    for check in checks:
        verdict = Text(check.verdict, style=COLOURS[check.verdict])
        shown.add_row(check.what, verdict, check.found, check.remedy)
    answers().print(shown)
    bad = {MISSING, OPTIONAL} if strict else {MISSING}
    if any(check.verdict in bad for check in checks):
        raise typer.Exit(1)


def machine_checks() -> Iterator[Check]:
    """Python, packages, compiled languages, room on the disk, browser and fonts."""
    yield _python()
    yield _packages()
    yield _catalogues()
    yield _room()
    yield _program("chromium", "the browser tests")
    yield _fonts()


def workspace_checks(folder: Path) -> Iterator[Check]:
    """Settings, opening hours, goals, and every file that the newest manifest names."""
    from regard.store.workspace import SETTINGS, read_settings

    if not (folder / SETTINGS).exists():
        yield Check(
            "workspace", OPTIONAL, f"{folder} is none", f"Make one with `regard init {folder}`."
        )
        return
    try:
        settings = read_settings(folder)
    except RegardError as error:
        yield Check("workspace", MISSING, SETTINGS, str(error))
        return
    yield Check("workspace", FINE, f"{settings.name}, {settings.zone}, {settings.language}")
    yield _calendars(folder)
    yield from _goals(folder)
    yield from _erasure(folder)
    yield from _store(folder, settings.sources)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST:
        return Check("Python", FINE, found)
    return Check("Python", MISSING, found, "Install Python 3.11 or newer and run `make setup`.")


def _packages() -> Check:
    lacks = []
    needed = metadata.requires("regard") or []
    for line in needed:
        if "extra ==" in line:
            continue
        name = _name_of(line)
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            lacks.append(f"{name} is not installed")
        else:
            if not _fits(line, version):
                lacks.append(f"{name} {version} where {line} is needed")
    if lacks:
        return Check("packages", MISSING, "; ".join(lacks), "Run `make setup`.")
    return Check("packages", FINE, f"{len(needed)} declared, all there")


def _name_of(line: str) -> str:
    from packaging.requirements import Requirement

    return Requirement(line).name


def _fits(line: str, version: str) -> bool:
    from packaging.requirements import Requirement

    return Requirement(line).specifier.contains(version, prereleases=True)


def _catalogues() -> Check:
    spoken = [language for language in languages() if language != "en"]
    lacks = [
        language
        for language in spoken
        if not (LOCALE / language / "LC_MESSAGES" / "django.mo").exists()
    ]
    if lacks:
        return Check("languages", MISSING, f"not compiled: {', '.join(lacks)}", "Run `make setup`.")
    return Check("languages", FINE, ", ".join(["en", *spoken]))


def _room() -> Check:
    free = shutil.disk_usage(Path.cwd()).free
    found = f"{free / ROOM_BYTES:.1f} GiB free"
    if free < ROOM_BYTES:
        return Check("disk", MISSING, found, "Make room: a build needs about 1 GiB.")
    return Check("disk", FINE, found)


def _program(name: str, purpose: str) -> Check:
    found = shutil.which(name)
    if found:
        return Check(name, FINE, found)
    return Check(name, OPTIONAL, f"not there; only {purpose} need it", "Run `make system`.")


def _fonts() -> Check:
    lister = shutil.which("fc-list")
    told = ""
    if lister:
        asked = subprocess.run([lister, ":lang=ar", "family"], capture_output=True, check=False)
        told = asked.stdout.decode(errors="replace")
    if told.strip():
        return Check("fonts", FINE, "Arabic can be drawn")
    return Check(
        "fonts", OPTIONAL, "none for Arabic; pictures of pages would lack it", "Run `make system`."
    )


def _calendars(folder: Path) -> Check:
    from regard.facts.openings import calendars_of

    try:
        found = calendars_of(folder)
    except RegardError as error:
        return Check("opening hours", MISSING, "calendars.toml", str(error))
    if not found:
        return Check(
            "opening hours",
            OPTIONAL,
            "calendars.toml names none",
            "Without them nothing is counted in opening hours.",
        )
    return Check("opening hours", FINE, ", ".join(calendar.id for calendar in found))


def _goals(folder: Path) -> Iterator[Check]:
    """Whether the goals can be, where there are any: nobody needs a goals.toml."""
    from regard.core.goal_file import FILE
    from regard.insight.goals import check_written

    try:
        found = check_written(folder)
    except RegardError as error:
        yield Check("goals", MISSING, FILE, str(error))
        return
    if found:
        yield Check("goals", FINE, ", ".join(dict.fromkeys(goal.metric for goal in found)))


def _erasure(folder: Path) -> Iterator[Check]:
    """Whether an erasure was interrupted: then something of a customer is still on the disk; and
    whether it is known who was erased."""
    from regard.ingest.erased import read_book, turn_of
    from regard.ingest.erasing import pending
    from regard.store.lock import is_held

    try:
        read_book(folder)
        begun = pending(folder) is not None
    except RegardError as error:
        yield Check("erasure", MISSING, "cannot be read", str(error))
        return
    if begun and not is_held(turn_of(folder)):
        yield Check("erasure", MISSING, "was interrupted", "Run `regard erase`, which finishes it.")


def _store(folder: Path, sources: tuple[str, ...]) -> Iterator[Check]:
    from regard.core.schema import tables
    from regard.store.store import open_store

    store = open_store(folder)
    try:
        manifest = store.head()
    except RegardError as error:
        yield Check("store", MISSING, str(error), _way_back(store))
        return
    if not manifest.imports:
        yield Check("store", OPTIONAL, "empty", "Import something: `regard import --help`.")
        return
    broken = list(_broken(store, manifest))
    if broken:
        yield from broken
        return
    with store.snapshot() as snapshot:
        rows = sum(snapshot.rows_of(name) for name in tables() if name in manifest.tables)
    yield Check("store", FINE, f"version {manifest.version}, {rows:,} rows")
    silent = [source for source in sources if source not in manifest.covers]
    if silent:
        yield Check("sources", OPTIONAL, f"no data from {', '.join(silent)}", "Import from them.")
    if manifest.facts_of != manifest.imports:
        yield Check("facts", OPTIONAL, "older than the last import", "Run `regard build`.")


def _broken(store: "Store", manifest: "Manifest") -> Iterator[Check]:
    """What of the newest version is not there or cannot be read, with the way back."""
    from regard.store.mending import TABLE, damage_of

    damages = damage_of(store, manifest)
    way = _way_back(store) if any(one.kind == TABLE for one in damages) else ""
    for one in damages:
        remedy = way if one.kind == TABLE else BUILD_AGAIN
        yield Check("store", MISSING, f"{one.name}: {one.what}", remedy)


def _way_back(store: "Store") -> str:
    """What to do where event tables or the newest manifest are damaged."""
    from regard.store.mending import last_whole

    whole = last_whole(store)
    first = RESTORE if whole is None else GO_BACK.format(version=whole)
    try:
        store.head()
    except RegardError:
        return f"{first}."
    return f"{first}; or {GO_ON}."


def _mend(folder: Path, back: int | None) -> None:
    from regard.cli.console import say
    from regard.store.mending import go_back, leave_out
    from regard.store.store import open_store

    store = open_store(folder)
    if back is not None:
        after = go_back(store, back)
        say(f"The store stands as at version {back}, now as version {after.version}.")
        say(f"Import again what came after version {back}, then run `regard build`.")
        return
    after, count = leave_out(store)
    if not count:
        say("No file of an event table is damaged; nothing was changed.")
        return
    say(f"Version {after.version} goes on without damaged files: {count}. Their rows are lost.")
    say("Import again all that its sources had sent, then run `regard build`.")


RESTORE = "Restore the folder `store` from a copy"
GO_BACK = (
    "Version {version} is whole: run `regard doctor --back {version}` and import again what came "
    "after it"
)
GO_ON = (
    "run `regard doctor --mend`, which goes on without the file, and import again all that its "
    "source had sent"
)
BUILD_AGAIN = "Run `regard build --full`."
