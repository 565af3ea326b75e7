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
) -> None:
    """Say what this machine and this workspace lack and how to get it; exit code 1 if anything."""
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


def _store(folder: Path, sources: tuple[str, ...]) -> Iterator[Check]:
    from regard.core.schema import tables
    from regard.store.store import open_store

    store = open_store(folder)
    manifest = store.head()
    if not manifest.imports:
        yield Check("store", OPTIONAL, "empty", "Import something: `regard import --help`.")
        return
    broken = list(_broken(store))
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


def _broken(store: "Store") -> Iterator[Check]:
    """What of the newest version is not there or cannot be read, with the way back."""
    from pyarrow import ArrowException
    from pyarrow.parquet import read_metadata

    from regard.store.deltas import files_of

    head = store.head()
    named = [
        (store.table_path(name), version, IMPORT_AGAIN) for name, version in head.tables.items()
    ] + [(store.fact_path(name), version, BUILD_AGAIN) for name, version in head.facts.items()]
    for path, version, remedy in named:
        try:
            for file in files_of(path, version):
                read_metadata(file)
        except (RegardError, ArrowException, OSError) as error:
            yield Check("store", MISSING, f"{path.name}: {str(error).splitlines()[0]}", remedy)


IMPORT_AGAIN = "Restore the folder `store` from a copy, or import into a new workspace."
BUILD_AGAIN = "Remove that folder of `store/facts` and run `regard build --full`."
