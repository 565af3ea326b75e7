"""`regard customers`: who is one person over several sources, and joins that are undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.builds import build_facts
from regard.cli.console import answers, say, table
from regard.cli.options import NoBuildOption, WorkspaceOption, workspace_of
from regard.core.errors import UnknownName
from regard.core.i18n import N_, translate
from regard.core.settings import Settings

if TYPE_CHECKING:
    from regard.store.snapshot import Snapshot

group = typer.Typer(
    help="Customers over all sources: who is one person, and what they went through."
)
NamesArgument = Annotated[
    list[str], typer.Argument(metavar="CUSTOMER...", help="Customers, as `source/id`.")
]
NameArgument = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="A customer, as `source/id`.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="How many to list at most.")]
HEADS = (
    N_("Source"),
    N_("Customers"),
    N_("With an address"),
    N_("Joined"),
    N_("Rows"),
    N_("Of a known customer"),
)


@group.callback(invoke_without_command=True)
def covered(context: typer.Context, workspace: WorkspaceOption = None) -> None:
    """Say how many customers of each source are known, and joined with others by an address."""
    if context.invoked_subcommand:
        context.obj = workspace
        return
    from regard.facts.customers import coverage

    with _opened(workspace) as (_, settings, snapshot):
        found = coverage(snapshot, settings.apart)
    language = settings.language
    if not found:
        say(translate(N_("No source here knows its customers."), language))
        return
    heads = [translate(text, language) for text in HEADS]
    shown = table(*heads, numbers=tuple(heads[1:]))
    for one in found:
        numbers = (one.customers, one.addressed, one.joined, one.rows, one.identified)
        shown.add_row(one.source, *(f"{number:,}" for number in numbers))
    answers().print(shown)
    if settings.apart:
        known = ", ".join(settings.apart)
        say(translate(N_("Joined with nobody by regard.toml: {names}"), language, names=known))


@group.command("joined")
def joined(
    context: typer.Context, limit: LimitOption = 50, workspace: WorkspaceOption = None
) -> None:
    """List who is a customer more than once, and by what they were joined."""
    from regard.facts.customers import people

    with _opened(workspace or context.obj) as (_, settings, snapshot):
        found = people(snapshot, settings.apart, limit)
    language = settings.language
    if not found:
        say(translate(N_("No two customers share an address."), language))
        return
    shown = table(*(translate(text, language) for text in (N_("Customers"), N_("Joined by"))))
    for one in found:
        shown.add_row(", ".join(one.customers), ", ".join(one.kinds))
    answers().print(shown)


@group.command("show")
def show(context: typer.Context, customer: NameArgument, workspace: WorkspaceOption = None) -> None:
    """Show everything one person did or met, over all channels, in order of time (UTC)."""
    from regard.facts.customers import timeline

    with _opened(workspace or context.obj) as (_, settings, snapshot):
        steps = timeline(snapshot, customer, settings.apart)
    heads = (N_("When"), N_("What"), N_("Source"), N_("Id"))
    shown = table(*(translate(text, settings.language) for text in heads))
    for step in steps:
        shown.add_row(f"{step.at:%Y-%m-%d %H:%M:%S}", step.table, step.source, step.id)
    answers().print(shown)


@group.command("part")
def part(
    context: typer.Context,
    customers: NamesArgument,
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Undo joins: these customers are one person with nobody. Written to regard.toml."""

    def listed(now: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*now, *customers)))

    _change(workspace or context.obj, customers, listed, not no_build)


@group.command("join")
def join(
    context: typer.Context,
    customers: NamesArgument,
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Take back `part`: these customers are joined by their addresses again."""

    def listed(now: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in now if name not in customers)

    _change(workspace or context.obj, customers, listed, not no_build)


@contextmanager
def _opened(option: Path | None) -> "Iterator[tuple[Path, Settings, Snapshot]]":
    """The newest events of a workspace: (folder, settings, snapshot)."""
    from regard.store.store import open_store

    folder, settings = workspace_of(option)
    with open_store(folder).snapshot() as snapshot:
        yield folder, settings, snapshot


def _change(
    option: Path | None,
    customers: list[str],
    listed: Callable[[tuple[str, ...]], tuple[str, ...]],
    build: bool,
) -> None:
    from regard.facts.customers import known_customers, some_customers
    from regard.store.store import open_store
    from regard.store.workspace import change_lists

    with _opened(option) as (folder, settings, snapshot):
        known = known_customers(snapshot, customers) | {*settings.apart}
        for one in customers:
            if one not in known:
                raise UnknownName("customer", one, some_customers(snapshot))
    apart = listed(settings.apart)
    change_lists(folder, {"apart": apart})
    names = ", ".join(apart) or "–"
    said = N_("Joined with nobody by regard.toml: {names}")
    say(translate(said, settings.language, names=names))
    if build and apart != settings.apart and open_store(folder).head().version:
        build_facts(folder, settings.language)
