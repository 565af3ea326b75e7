"""`regard bots`: agents that look like machines, and a person's word on whether they are."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.builds import build_facts
from regard.cli.console import answers, say, table
from regard.cli.options import NoBuildOption, WorkspaceOption, workspace_of
from regard.core.errors import RegardError, UnknownName
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.facts.suspects import Suspect

group = typer.Typer(help="Agents that look like machines; a person says whether they are.")
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of agents.")]

ROUND = N_(
    "{quick} of {answers} answers came within {seconds} seconds, at {hours} of the 24 hours of the "
    "day"
)
SAME = N_(
    "{same} of {messages} messages are the same words, numbers aside, as in {tickets} or more "
    "tickets (wordings: {wordings})"
)


@group.callback(invoke_without_command=True)
def suspected(context: typer.Context, workspace: WorkspaceOption = None) -> None:
    """List agents that look like machines, with the evidence. Nothing is changed by that."""
    if context.invoked_subcommand:
        context.obj = workspace
        return
    folder, settings = workspace_of(workspace)
    from regard.facts.suspects import find_suspects
    from regard.store.store import open_store

    language = settings.language
    with open_store(folder).snapshot() as snapshot:
        found = find_suspects(snapshot, settings)
    if settings.bots:
        known = ", ".join(settings.bots)
        say(translate(N_("Machines by regard.toml: {ids}"), language, ids=known))
    if not found:
        say(translate(N_("Nobody else looks like a machine."), language))
        return
    heads = [translate(text, language) for text in (N_("Agent"), N_("Source"), N_("Evidence"))]
    shown = table(*heads)
    for one in found:
        shown.add_row(one.agent, one.source, "; ".join(evidence(one, language)))
    answers().print(shown)
    say(
        translate(
            N_("Say what they are: `regard bots confirm ID...` or `regard bots reject ID...`."),
            language,
        )
    )


@group.command("confirm")
def confirm(
    context: typer.Context,
    ids: IdsArgument,
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that these agents are machines: written to regard.toml, and the facts built anew."""
    folder = workspace or context.obj
    _say_what_they_are(folder, ids, "bots", "people", N_("Machines now: {ids}"), not no_build)


@group.command("reject")
def reject(
    context: typer.Context,
    ids: IdsArgument,
    no_build: NoBuildOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say that these agents are people: they are not suggested again."""
    folder = workspace or context.obj
    _say_what_they_are(folder, ids, "people", "bots", N_("People now: {ids}"), not no_build)


def evidence(suspect: "Suspect", language: str) -> list[str]:
    """What speaks for a machine, a sentence each."""
    from regard.facts.suspects import QUICK_SECONDS, SAME_TICKETS

    said = []
    if suspect.always_there:
        told = {"quick": f"{suspect.quick:,}", "answers": f"{suspect.answers:,}"}
        more = {"seconds": QUICK_SECONDS, "hours": suspect.hours}
        said.append(translate(ROUND, language, **told, **more))
    if suspect.repeats:
        told = {"same": f"{suspect.same:,}", "messages": f"{suspect.messages:,}"}
        more = {"wordings": suspect.wordings, "tickets": SAME_TICKETS}
        said.append(translate(SAME, language, **told, **more))
    return said


def _say_what_they_are(
    option: Path | None, ids: Iterable[str], into: str, out_of: str, said: str, build: bool
) -> None:
    folder, settings = workspace_of(option)
    from regard.facts.suspects import known_agents
    from regard.store.store import open_store
    from regard.store.workspace import change_lists

    with open_store(folder).snapshot() as snapshot:
        known = known_agents(snapshot) | {*settings.bots, *settings.people}
    if not known:
        raise RegardError("No agents are known yet. Import something first.")
    wanted = list(dict.fromkeys(ids))
    for one in wanted:
        if one not in known:
            raise UnknownName("agent", one, known)
    lists = {"bots": settings.bots, "people": settings.people}
    change_lists(
        folder,
        {
            into: (*lists[into], *(one for one in wanted if one not in lists[into])),
            out_of: tuple(one for one in lists[out_of] if one not in wanted),
        },
    )
    say(translate(said, settings.language, ids=", ".join(wanted)))
    machines_changed = into == "bots" or {*wanted} & {*settings.bots}
    if build and machines_changed and open_store(folder).head().version:
        build_facts(folder, settings.language)
