"""Options that several commands take, and what they come to."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from regard.core.errors import RegardError, UnknownName
from regard.core.i18n import languages
from regard.core.settings import Settings
from regard.store.workspace import read_settings, workspace_folder


class Form(StrEnum):
    """How an answer is written."""

    table = "table"
    json = "json"
    csv = "csv"


WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="The workspace; else REGARD_WORKSPACE, else the current folder.",
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(metavar="CODE", help=f"One of {', '.join(languages())}; else the workspace's."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="INSTANT",
        help="Seen from that instant, as 2026-03-01T09:00:00Z; else each source's last event.",
    ),
]
FormOption = Annotated[Form, typer.Option("--format", "-f", help="How the answer is written.")]
NoBuildOption = Annotated[
    bool, typer.Option("--no-build", help="Leave the facts as they are; `regard build` later.")
]


def folder_of(option: Path | None) -> Path:
    """The folder of the workspace meant, whether there is one or not."""
    return workspace_folder(option, os.environ)


def workspace_of(option: Path | None) -> tuple[Path, Settings]:
    """The workspace meant and its settings; an error where the folder is none."""
    folder = folder_of(option)
    return folder, read_settings(folder)


def language_of(said: str | None, option: Path | None) -> str:
    """The language said, else the workspace's, else English."""
    if said:
        if said not in languages():
            raise UnknownName("language", said, languages())
        return said
    try:
        return read_settings(folder_of(option)).language
    except RegardError:
        return "en"
