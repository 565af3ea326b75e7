"""`regard build`: facts from what was imported."""

from pathlib import Path
from typing import Annotated

import typer

from regard.cli.console import progress, remark, say
from regard.cli.options import WorkspaceOption, workspace_of
from regard.core.i18n import N_, translate


def build(
    full: Annotated[bool, typer.Option("--full", help="Compute every row again.")] = False,
    restate_calendars: Annotated[
        bool,
        typer.Option(
            "--restate-calendars", help="Let corrected opening hours alter finished values."
        ),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Bring the facts up to the newest import; only what changed is computed again."""
    folder, settings = workspace_of(workspace)
    build_facts(folder, settings.language, full=full, restate_calendars=restate_calendars)


def build_facts(
    folder: Path, language: str, *, full: bool = False, restate_calendars: bool = False
) -> None:
    """Build the facts of a workspace, with a bar, and say what was done."""
    from regard.facts import build as building

    with progress(translate(N_("Building"), language)) as told:
        built = building.build(
            folder, full=full, restate_calendars=restate_calendars, progress=told
        )
    if not built.facts:
        remark(translate(N_("The facts are up to date."), language))
        return
    for name, rows in built.facts.items():
        say(translate(N_("{fact}: {count} rows"), language, fact=name, count=f"{rows:,}"))
    say(translate(N_("Store version {version}"), language, version=built.version))
