"""`regard demo`: a company of our own making, loaded, built and served, or written as files."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.builds import build_facts
from regard.cli.console import answers, progress, say, table
from regard.cli.options import WorkspaceOption
from regard.cli.site import PORT, PortOption, serve_site
from regard.core.errors import RegardError
from regard.core.i18n import N_, translate
from regard.core.settings import Settings
from regard.store.workspace import SETTINGS, init_workspace, read_settings

if TYPE_CHECKING:
    from regard.demo.files import Recipe

FOLDER = Path("demo-workspace")

group = typer.Typer(help="A company of our own making, to try Regard on.")


@group.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load and build only.")] = False,
    port: PortOption = PORT,
    workspace: WorkspaceOption = None,
) -> None:
    """Load sample data that Regard makes itself, build, and serve a board on 127.0.0.1."""
    if context.invoked_subcommand:
        return
    folder = (workspace or FOLDER).expanduser().resolve()
    language = load_demo(folder)
    build_facts(folder, language)
    if no_serve:
        said = N_("The demo is in {folder}. See it with `regard serve --workspace {folder}`.")
        say(translate(said, language, folder=folder))
        return
    serve_site(folder, "127.0.0.1", port)


@group.command("data")
def write_data(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder to make.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another company.")] = 7,
    tickets: Annotated[int, typer.Option(min=1, help="How many tickets.")] = 3000,
    months: Annotated[int, typer.Option(min=1, help="How many months.")] = 12,
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The first day that is not in it."
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME,NAME|all", help="Plants to leave out."),
    ] = None,
    list_plants: Annotated[
        bool, typer.Option("--list-plants", help="Say what is planted, and stop.")
    ] = False,
) -> None:
    """Write the company as Parquet files, with truth.json, which says what was planted in it."""
    from regard.demo.files import Recipe, names_of, write_company
    from regard.demo.plants import UNTIL

    last = until.date() if until else UNTIL
    recipe = Recipe(seed, tickets, months, last, names_of(without or ()))
    if list_plants:
        _list_plants(recipe)
        return
    if out is None:
        raise RegardError("Name the folder to make with --out DIR.")
    with progress("Making sample data") as told:
        write_company(out.expanduser(), recipe, lambda done, of: told("", done, of))
    say(f"The company is in {out}. Take it in with `regard import events {out}`.")


def _list_plants(recipe: "Recipe") -> None:
    from regard.demo.plants import planted

    shown = table("Name", "From", "Until", "What")
    for one in planted(recipe.months, recipe.until, recipe.without):
        shown.add_row(one.name, f"{one.first_day}", f"{one.last_day}", one.says)
    answers().print(shown)


def load_demo(folder: Path) -> str:
    """Make the demo's workspace where there is none and load its data once; its language."""
    from regard.core.schema import IMPORT_NUMBER
    from regard.demo.calendars import CALENDARS_TOML
    from regard.demo.company import company
    from regard.demo.rows import DEMO
    from regard.ingest.parcel import Parcel
    from regard.ingest.run import run_import
    from regard.store.store import open_store

    if not (folder / SETTINGS).exists():
        settings = Settings(name="Regard Demo", zone="Europe/Warsaw", sources=(DEMO,))
        init_workspace(folder, settings, CALENDARS_TOML)
    language = read_settings(folder).language
    store = open_store(folder)
    if store.head().imports:
        return language
    with progress(translate(N_("Making sample data"), language)) as told:
        told("", 0, 2)
        made = company()
        told("", 1, 2)
        rows = {name: found.drop_columns([IMPORT_NUMBER.name]) for name, found in made.items()}
        count = sum(found.num_rows for found in rows.values())
        run_import([Parcel(DEMO, tuple(rows), rows, count, count)], store, folder)
        told("", 2, 2)
    return language
