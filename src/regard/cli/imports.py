"""`regard import`: files into the store, with a report of what came and what did not."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from regard.cli.builds import build_facts
from regard.cli.console import progress
from regard.cli.options import NoBuildOption, WorkspaceOption, workspace_of
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.ingest.parcel import Parcel
    from regard.ingest.quality import QualityReport

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
    from regard.cli.reported import write_report
    from regard.ingest.run import run_import
    from regard.store.store import open_store

    with progress(translate(N_("Importing"), language)) as told:
        report: QualityReport = run_import(_parcels(files, parse, told), open_store(folder), folder)
        told("", len(files), len(files))
    write_report(report, language)
    if build and (report.new or report.changed):
        build_facts(folder, language)


def commands() -> dict[str, str]:
    """Every kind of import by the name of its command, with its sentence."""
    from regard.ingest.source import sources

    said = {"tabular FILE... --map NAME": (tabular.__doc__ or "").strip()}
    return said | {f"{one.key} FILE...": one.says for one in sources().values()}


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
        files: FilesArgument, no_build: NoBuildOption = False, workspace: WorkspaceOption = None
    ) -> None:
        folder, settings = workspace_of(workspace)
        take(folder, settings.language, files, found.parse, build=not no_build)

    return get_command(made)
