"""`regard init`: a new workspace."""

from pathlib import Path
from typing import Annotated

import typer

from regard.cli.console import say
from regard.core.i18n import N_, translate
from regard.core.settings import Settings, settings_of
from regard.store.workspace import init_workspace


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the workspace.")],
    zone: Annotated[
        str, typer.Option(help="IANA time zone whose days and months are meant.")
    ] = "UTC",
    language: Annotated[str, typer.Option(help="The language of commands and mails.")] = "en",
    name: Annotated[str | None, typer.Option(help="The company; else the folder's name.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217, of sums.")] = "EUR",
) -> None:
    """Make a workspace: a folder with a regard.toml and a calendars.toml to edit."""
    place = folder.expanduser().resolve()
    said = {"name": name or place.name or Settings().name, "zone": zone, "language": language}
    settings = settings_of(said | {"currency": currency}, "the command line")
    for path in init_workspace(place, settings):
        say(translate(N_("Made {path}"), language, path=path))
    say(
        translate(
            N_("Next: edit opening hours in {path}, then `regard import --help`."),
            language,
            path=place / "calendars.toml",
        )
    )
