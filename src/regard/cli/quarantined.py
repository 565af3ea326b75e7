"""`regard quarantine`: the rows that imports put aside, and trying them again."""

from typing import Annotated

import typer

from regard.cli.builds import build_facts
from regard.cli.console import answers, say, table
from regard.cli.options import NoBuildOption, WorkspaceOption, workspace_of
from regard.cli.reported import shorten, write_report
from regard.core.i18n import N_, translate

MANY = 50

group = typer.Typer(no_args_is_help=True, help="Rows that imports put aside, with the reasons.")
NumberArgument = Annotated[
    int, typer.Argument(metavar="IMPORT", help="The number of the import that put them aside.")
]


@group.command("list")
def list_all(workspace: WorkspaceOption = None) -> None:
    """List the imports that put rows aside."""
    folder, settings = workspace_of(workspace)
    from regard.ingest.quarantine import list_kept

    kept = list_kept(folder)
    if not kept:
        say(translate(N_("The quarantine is empty."), settings.language))
        return
    heads = [translate(text, settings.language) for text in (N_("Import"), N_("Rows"), N_("Files"))]
    shown = table(*heads, numbers=(heads[0], heads[1]))
    for one in kept:
        files = ", ".join(origin.file for origin in one.origins)
        shown.add_row(str(one.number), f"{one.rejects:,}", files)
    answers().print(shown)


@group.command("show")
def show(
    number: NumberArgument,
    limit: Annotated[int, typer.Option(min=1, help="At most so many rows.")] = MANY,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the rows that an import put aside: line, column, value and reason."""
    folder, settings = workspace_of(workspace)
    from regard.ingest import quarantine

    rejects = quarantine.show(folder, number)
    heads = [
        translate(text, settings.language)
        for text in (N_("Line"), N_("Column"), N_("Value"), N_("Why"))
    ]
    shown = table(*heads, numbers=(heads[0],))
    for reject in rejects[:limit]:
        why = translate(reject.reason, settings.language)
        shown.add_row(str(reject.line), reject.column, shorten(reject.value), why)
    answers().print(shown)
    if len(rejects) > limit:
        said = N_("and {count} more; see them with --limit {all}")
        more = f"{len(rejects) - limit:,}"
        say(translate(said, settings.language, count=more, all=len(rejects)))


@group.command("retry")
def retry(
    number: NumberArgument,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map", metavar="NAME|FILE.toml", help="A mended mapping; else the same again."
        ),
    ] = None,
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Read the rows that an import put aside once more, with a mended mapping or the same."""
    folder, settings = workspace_of(workspace)
    from regard.ingest import quarantine
    from regard.ingest.grammar import load_mapping
    from regard.ingest.run import run_import
    from regard.store.store import open_store

    mapping = load_mapping(map_) if map_ else None
    before = quarantine.state_of(folder, number)
    parcels = quarantine.retry(folder, number, mapping)
    report = run_import(parcels, open_store(folder), folder)
    # What is still wrong was kept again, under the number of this import.
    if report.number != number or report.kept == report.read:
        quarantine.discard(folder, number, before)
    write_report(report, settings.language)
    if not no_build and (report.new or report.changed):
        build_facts(folder, settings.language)
