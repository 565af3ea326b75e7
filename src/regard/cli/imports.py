"""`regard import`: files into the store, with a report of what came and what did not."""

import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from regard.cli.builds import build_facts, facts_lag
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
    found: "Source | None" = None,
) -> None:
    """Import files into a workspace, print the report, and build the facts where wanted.

    found: the source, where it has a say in how its parcels go with what the store holds.
    """
    with progress(translate(N_("Importing"), language)) as told:
        report = _run(folder, _parcels(files, parse, told), found)
        told("", len(files), len(files))
    _conclude(folder, language, report, build)


def fetch(
    folder: Path,
    language: str,
    found: "Source",
    url: str,
    source: str,
    *,
    build: bool,
    again: bool = False,
    options: Mapping[str, tuple[str, ...]] | None = None,
) -> None:
    """Read a running system into a workspace from where the last reading ended, or all of it."""
    from regard.ingest.source import Account
    from regard.store.store import open_store

    live = found.live
    if live is None:
        raise RegardError(f"{found.key} is read from files. Leave --url out and name them.")
    try:
        host = urlsplit(url).netloc
    except ValueError:
        host = ""
    name = source or host
    if not host:
        raise BadValue("--url", url, "an address such as https://support.example.com")
    seen = open_store(folder).head().watermarks.get(name)
    since = datetime.fromisoformat(seen) if seen and not again else None
    account = Account(url.rstrip("/"), _secrets(found), since, name, options or {})
    with progress(translate(N_("Importing"), language)) as told:
        report = _run(folder, _counted(live.pull(account), told), found)
        told("", 1, 1)
    _conclude(folder, language, report, build)


def commands() -> dict[str, str]:
    """Every kind of import by the name of its command, with its sentence."""
    from regard.ingest.source import sources

    said = {"tabular FILE... --map NAME": (tabular.__doc__ or "").strip()}
    for one in sources().values():
        ways = [f"{one.takes}..."] if one.parse else []
        ways += ["--url URL"] if one.live else []
        wanted = [f"--{name} TEXT" for name in one.options]
        said[" ".join([one.key, " or ".join(ways), *wanted])] = one.says
    return said


def _run(
    folder: Path, parcels: "Iterable[Parcel]", found: "Source | None" = None
) -> "QualityReport":
    from regard.cli.erased import finish_interrupted
    from regard.ingest.run import run_import
    from regard.store.store import open_store

    finish_interrupted(folder)
    store = open_store(folder)
    if found and found.settle:
        parcels = found.settle(tuple(parcels), store)
    return run_import(parcels, store, folder)


def _conclude(folder: Path, language: str, report: "QualityReport", build: bool) -> None:
    from regard.cli.reported import write_report

    write_report(report, language)
    if build and (report.new or report.changed or facts_lag(folder)):
        build_facts(folder, language)


def _secrets(found: "Source") -> dict[str, str]:
    """The first group of secrets that the environment holds whole."""
    assert found.live is not None
    named = found.live.secrets
    ways = found.live.enough or (tuple(named),)
    for way in ways:
        secrets = {name: os.environ.get(named[name][0], "") for name in way}
        if all(secrets.values()):
            return secrets
    # Of several ways the one begun is meant, else the first.
    begun = [way for way in ways if any(os.environ.get(named[name][0]) for name in way)]
    way = (begun or ways)[0]
    variable, says = next(named[name] for name in way if not os.environ.get(named[name][0]))
    others = [" and ".join(named[name][0] for name in one) for one in ways if one is not way]
    instead = f", or instead {' or '.join(others)}" if others else ""
    raise RegardError(f"{variable} is not set ({says}) Set it{instead} in the environment.")


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

    def run(
        files: Annotated[
            list[Path] | None,
            typer.Argument(metavar=f"{found.takes}...", help="What to read, plain or gzipped."),
        ] = None,
        url: Annotated[
            str, typer.Option(metavar="URL", help="A running system to read instead.")
        ] = "",
        again: Annotated[
            bool, typer.Option("--again", help="Read all of the system, not only what is new.")
        ] = False,
        source: Annotated[
            str, typer.Option(metavar="NAME", help="The name the rows carry; else its own.")
        ] = "",
        no_build: NoBuildOption = False,
        workspace: WorkspaceOption = None,
        **said: list[str] | None,
    ) -> None:
        folder, settings = workspace_of(workspace)
        options = {name: tuple(texts or ()) for name, texts in said.items()}
        language, build, parse = settings.language, not no_build, found.parse
        if bool(files) == bool(url):
            raise RegardError(f"Name what {key} should read: {_ways(found)}.")
        if url:
            fetch(folder, language, found, url, source, build=build, again=again, options=options)
            return
        if parse is None:
            raise RegardError(f"{key} reads a running system, no files: {_ways(found)}.")
        named: dict[str, Any] = options | ({"source": source} if source else {})
        read = partial(parse, **named)
        take(folder, language, files or [], read, build=build, found=found)

    made.command(key, help=found.says)(_with_options(run, found.options))
    return get_command(made)


def _ways(found: "Source") -> str:
    files = f"either {found.takes}... or --url" if found.live else f"{found.takes}..."
    return files if found.parse else "give --url"


def _with_options(run: Callable[..., None], options: Mapping[str, str]) -> Callable[..., None]:
    """The function with a keyword for each option in place of its last, which takes them all."""
    signature = inspect.signature(run)
    kept = list(signature.parameters.values())[:-1]
    for name, says in options.items():
        kind = Annotated[list[str] | None, typer.Option(f"--{name}", metavar="TEXT", help=says)]
        kept.append(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        )
    run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    return run
