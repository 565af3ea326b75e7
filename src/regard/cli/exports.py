"""`regard export`: every row of a fact as a file."""

from pathlib import Path
from typing import Annotated

import typer

from regard.cli.console import progress, remark, say
from regard.cli.options import AsOfOption, WorkspaceOption, workspace_of
from regard.core.i18n import N_, translate
from regard.core.period import parse_instant


def export(
    fact: Annotated[str, typer.Argument(metavar="FACT", help="As docs/facts.md names them.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="A .parquet, .csv or .xlsx file.")
    ],
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write all rows of a fact to a file, with ages and states as of an instant.

    In CSV a text that a spreadsheet would take for a formula (it starts with = + - @, a tab or a
    carriage return) gets an apostrophe before it.
    """
    folder, settings = workspace_of(workspace)
    from regard.facts.reader import open_reader
    from regard.insight.listing import exported
    from regard.report.files import write_rows, writer_of

    writer_of(out)
    listing = exported(open_reader(folder), fact, parse_instant("--as-of", as_of))
    with progress(translate(N_("Writing {file}"), settings.language, file=out.name)) as told:
        written = write_rows(
            out, listing.rows.schema, listing.rows, lambda done: told("", done, listing.total)
        )
    said = N_("{count} rows in {path}")
    say(translate(said, settings.language, count=f"{written.rows:,}", path=written.path))
    if written.cut:
        said = N_("{count} texts were cut to what a cell holds; Parquet and CSV keep them whole.")
        remark(translate(said, settings.language, count=written.cut), style="yellow")
