"""`regard demo`: a company of our own making, loaded, built and served."""

from pathlib import Path
from typing import Annotated

import typer

from regard.cli.builds import build_facts
from regard.cli.console import progress, say
from regard.cli.options import WorkspaceOption
from regard.cli.site import PORT, PortOption, serve_site
from regard.core.i18n import N_, translate
from regard.core.settings import Settings
from regard.store.workspace import SETTINGS, init_workspace, read_settings

FOLDER = Path("demo-workspace")


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load and build only.")] = False,
    port: PortOption = PORT,
    workspace: WorkspaceOption = None,
) -> None:
    """Load sample data that Regard makes itself, build, and serve a board on 127.0.0.1."""
    folder = (workspace or FOLDER).expanduser().resolve()
    language = load_demo(folder)
    build_facts(folder, language)
    if no_serve:
        said = N_("The demo is in {folder}. See it with `regard serve --workspace {folder}`.")
        say(translate(said, language, folder=folder))
        return
    serve_site(folder, "127.0.0.1", port)


def load_demo(folder: Path) -> str:
    """Make the demo's workspace where there is none and load its data once; its language."""
    from regard.demo.calendars import CALENDARS_TOML
    from regard.demo.company import company
    from regard.demo.rows import DEMO
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
        rows = company()
        told("", 1, 2)
        store.upsert(rows, covers={DEMO: tuple(rows)})
        told("", 2, 2)
    return language
