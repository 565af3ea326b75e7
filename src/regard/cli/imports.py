"""`regard import`: files into the store, with a report of what came and what did not."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from regard.cli.builds import build_facts
from regard.cli.console import progress
from regard.cli.options import NoBuildOption, WorkspaceOption, workspace_of
from regard.core.errors import BadValue, RegardError
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.ingest.parcel import Parcel
    from regard.ingest.quality import QualityReport
    from regard.ingest.source import Source

FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="The files, plain or gzipped.")
]


class SourceGroup(TyperGroup):
    """The commands here and one for each declared source; these are looked up when needed."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands."""
        from regard.ingest.source import sources

        return [*super().list_commands(ctx), *sources()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, if there is one."""
        from regard.ingest.source import sources

        known = super().get_command(ctx, cmd_name)
        if known is not None or cmd_name not in sources():
            return known
        return _command_of(cmd_name)


group = typer.Typer(
    cls=SourceGroup, no_args_is_help=True, help="Import files; what is odd is put aside and said."
)


@group.callback()
def _start() -> None:
    pass


@group.command("tabular")
def tabular(
    files: FilesArgument,
    map_: Annotated[
        str,
        typer.Option(
            "--map", metavar="NAME|FILE.toml", help="A mapping: docs/sources.md, or your own."
        ),
    ],
    source: Annotated[
        str, typer.Option(metavar="NAME", help="The name the rows carry; else the mapping's.")
    ] = "",
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Import CSV, TSV, JSONL, Parquet or XES by a mapping that says which column is what."""
    folder, settings = workspace_of(workspace)
    from regard.ingest.grammar import load_mapping
    from regard.ingest.tabular import parse

    mapping = load_mapping(map_)

    def read(file: Path) -> "Parcel":
        return parse(file, mapping, source)

    take(folder, settings.language, files, read, build=not no_build)


def take(
    folder: Path,
    language: str,
    files: list[Path],
    parse: "Callable[[Path], Parcel]",
    *,
    build: bool,
) -> None:
    """Import files into a workspace, print the report, and build the facts where wanted."""
    with progress(translate(N_("Importing"), language)) as told:
        report = _run(folder, _parcels(files, parse, told))
        told("", len(files), len(files))
    _conclude(folder, language, report, build)


def fetch(
    folder: Path, language: str, found: "Source", url: str, source: str, *, build: bool
) -> None:
    """Read a running system into a workspace from where the last reading ended."""
    from regard.ingest.source import Account
    from regard.store.store import open_store

    live = found.live
    if live is None:
        raise RegardError(f"{found.key} is read from files. Leave --url out and name them.")
    name = source or urlsplit(url).netloc
    if not name:
        raise BadValue("--url", url, "an address such as https://support.example.com")
    seen = open_store(folder).head().watermarks.get(name)
    since = datetime.fromisoformat(seen) if seen else None
    account = Account(url.rstrip("/"), _secrets(found), since, name)
    with progress(translate(N_("Importing"), language)) as told:
        report = _run(folder, _counted(live.pull(account), told))
        told("", 1, 1)
    _conclude(folder, language, report, build)


def commands() -> dict[str, str]:
    """Every kind of import by the name of its command, with its sentence."""
    from regard.ingest.source import sources

    said = {"tabular FILE... --map NAME": (tabular.__doc__ or "").strip()}
    return said | {
        f"{one.key} {one.takes}..." + (" or --url URL" if one.live else ""): one.says
        for one in sources().values()
    }


def _run(folder: Path, parcels: "Iterator[Parcel]") -> "QualityReport":
    from regard.ingest.run import run_import
    from regard.store.store import open_store

    return run_import(parcels, open_store(folder), folder)


def _conclude(folder: Path, language: str, report: "QualityReport", build: bool) -> None:
    from regard.cli.reported import write_report

    write_report(report, language)
    if build and (report.new or report.changed):
        build_facts(folder, language)


def _secrets(found: "Source") -> dict[str, str]:
    assert found.live is not None
    secrets = {}
    for name, (variable, says) in found.live.secrets.items():
        if not os.environ.get(variable):
            raise RegardError(f"{variable} is not set ({says}) Set it in the environment.")
        secrets[name] = os.environ[variable]
    return secrets


def _counted(
    parcels: "Iterator[Parcel]", told: Callable[[str, int, int], None]
) -> "Iterator[Parcel]":
    for place, parcel in enumerate(parcels):
        told(parcel.source, place, place + 1)
        yield parcel


def _parcels(
    files: list[Path], parse: "Callable[[Path], Parcel]", told: Callable[[str, int, int], None]
) -> "Iterator[Parcel]":
    for place, file in enumerate(files):
        told(file.name, place, len(files))
        yield parse(file)


def _command_of(key: str) -> Any:
    from typer.main import get_command

    from regard.ingest.source import sources

    found = sources()[key]
    made = typer.Typer(add_completion=False)

    @made.command(key, help=found.says)
    def run(
        files: Annotated[
            list[Path] | None,
            typer.Argument(metavar=f"{found.takes}...", help="What to read, plain or gzipped."),
        ] = None,
        url: Annotated[
            str, typer.Option(metavar="URL", help="A running system to read instead.")
        ] = "",
        source: Annotated[
            str, typer.Option(metavar="NAME", help="The name the rows carry; else its own.")
        ] = "",
        no_build: NoBuildOption = False,
        workspace: WorkspaceOption = None,
    ) -> None:
        folder, settings = workspace_of(workspace)
        if bool(files) == bool(url):
            raise RegardError(f"Name what {key} should read: either {found.takes}... or --url.")
        if url:
            fetch(folder, settings.language, found, url, source, build=not no_build)
            return
        named = {"source": source} if source else {}
        take(
            folder,
            settings.language,
            files or [],
            lambda file: found.parse(file, **named),
            build=not no_build,
        )

    return get_command(made)
