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
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="ENGINE",
            help="What computes them: duckdb, or a Spark (spark://HOST:PORT or local[CORES]).",
        ),
    ] = "duckdb",
    workspace: WorkspaceOption = None,
) -> None:
    """Bring the facts up to the newest import; only what changed is computed again."""
    folder, settings = workspace_of(workspace)
    build_facts(
        folder, settings.language, full=full, restate_calendars=restate_calendars, engine=engine
    )


def build_facts(
    folder: Path,
    language: str,
    *,
    full: bool = False,
    restate_calendars: bool = False,
    engine: str = "duckdb",
) -> None:
    """Build the facts of a workspace, with a bar, and say what was done.

    Words that today's readers have not read are read before.
    """
    from regard.cli.erased import finish_interrupted
    from regard.facts import build as building
    from regard.ingest import readings
    from regard.store.store import open_store

    finish_interrupted(folder)
    before = open_store(folder).head().version
    readings.refresh(open_store(folder), folder)
    with progress(translate(N_("Building"), language)) as told:
        built = building.build(
            folder, full=full, restate_calendars=restate_calendars, progress=told, engine=engine
        )
    if not built.facts:
        remark(translate(N_("The facts are up to date."), language))
        return
    for name, rows in built.facts.items():
        say(translate(N_("{fact}: {count} rows"), language, fact=name, count=f"{rows:,}"))
    say(translate(N_("Store version {version}"), language, version=built.version))
    if restate_calendars:
        say_bridge(folder, before, built.version, language)


def facts_lag(folder: Path) -> bool:
    """Whether the store took something after the facts were built: also readings or covers only."""
    from regard.store.store import open_store

    head = open_store(folder).head()
    return head.facts_of != head.imports


def say_bridge(folder: Path, before: int, after: int, language: str) -> None:
    """Say which finished values a restatement of opening hours changed."""
    from regard.facts.bridge import bridge
    from regard.report.format import say_duration
    from regard.store.store import open_store

    found = bridge(open_store(folder), before, after)
    if not found:
        say(translate(N_("No finished value changed."), language))
    text = N_("{fact}.{column}: {rows} values changed, in all from {before} to {after}")
    for one in found:
        told = {
            "fact": one.fact,
            "column": one.column,
            "rows": f"{one.rows:,}",
            "before": say_duration(one.before, language),
            "after": say_duration(one.after, language),
        }
        say(translate(text, language, **told))
