"""`regard compare`, `regard guard`, `regard warnings` and `regard changes`: judgement in words."""

import shlex
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from regard.cli.aims import days_meant
from regard.cli.answered import write_json
from regard.cli.console import answers, say, table
from regard.cli.options import (
    Form,
    FormOption,
    LanguageOption,
    WorkspaceOption,
    language_of,
    workspace_of,
)
from regard.cli.questions import KeyArgument, SinceOption, UntilOption, WhereOption, ZoneOption
from regard.core.errors import BadValue
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.facts.reader import Reader
    from regard.insight.compare import Comparison
    from regard.insight.sides import Sides
    from regard.insight.signal import Signal
    from regard.metrics.query import Query

AgainstOption = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help="before, year, days as 2026-01-01..2026-02-01, goal, benchmark; with --by: others.",
    ),
]
StretchOption = Annotated[
    str,
    typer.Option("--against", metavar="DAYS", help="before, year or 2026-01-01..2026-02-01."),
]
QUIET = N_("Nothing stands out in {stretch}, all that was looked at minded.")
UNCHANGED = N_("Nothing changed beyond chance in {stretch}, all that was looked at minded.")
UNGUARDED = N_("No metric with counter-metrics has data for {stretch}.")


def compare(
    key: KeyArgument,
    since: SinceOption = None,
    until: UntilOption = None,
    against: AgainstOption = "before",
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Each part of one way to split, as team.")
    ] = "",
    where: WhereOption = None,
    zone: ZoneOption = None,
    quantile: Annotated[
        float, typer.Option(help="Of a time: 0.5 is its median, 0.9 what nine in ten wait.")
    ] = 0.5,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Hold a value against another: the days before, a year ago, others, a goal, a benchmark.

    Both sides are judged over equally many days, all of them ripe. Without days: the last full
    month.
    """
    _refuse_csv(form)
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight.desk import desk
    from regard.insight.sides import Sides
    from regard.insight.versus import versus
    from regard.metrics.query import Query

    said = {"by": by, "where": where or [], "zone": zone, "quantile": quantile}
    query = Query.parse(key, said)
    with open_reader(folder) as reader:
        query = _within_days(query, reader, since, until)
        told = versus(desk(reader), query, against)
    if form is Form.json:
        write_json(told.to_json())
    elif isinstance(told, Sides):
        _write_sides(told, spoken)
    else:
        _write_comparison(told, spoken)


def _write_comparison(told: "Comparison", spoken: str) -> None:
    from regard.report.judged import show_comparison

    shown = show_comparison(told, spoken)
    say(shown.headline)
    lines = table("", "", heads=False)
    for line in shown.lines:
        lines.add_row(line.name, line.text)
    if shown.lines:
        answers().print(lines)
    for note in shown.notes:
        say(note)


def _write_sides(told: "Sides", spoken: str) -> None:
    from regard.report.judged import show_sides

    shown = show_sides(told, spoken)
    say(shown.title)
    made = table(*shown.heads, numbers=tuple(shown.heads[place] for place in shown.numbers))
    for row in shown.rows:
        made.add_row(*row)
    answers().print(made)
    say(shown.note)


def guard(
    key: Annotated[
        str | None,
        typer.Argument(metavar="[KEY]", help="A metric; without one all that have guards."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    against: StretchOption = "before",
    where: WhereOption = None,
    zone: ZoneOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say whether an improvement was paid for: each counter-metric within its margin, or not.

    Without a metric: the verdicts of all, failures first. Without days: the last full month.
    """
    _refuse_csv(form)
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight.guard import guard as guarding
    from regard.insight.guard import guarded, guards
    from regard.metrics.query import Query

    query = Query.parse(key or guarded()[0].key, {"where": where or [], "zone": zone})
    with open_reader(folder) as reader:
        query = _within_days(query, reader, since, until)
        found = (guarding(query, reader, against),) if key else guards(query, reader, against)
    if form is Form.json:
        write_json(found[0].to_json() if key else {"guards": [one.to_json() for one in found]})
        return
    from regard.report.judged import say_failures, show_guards

    shown = show_guards(found, spoken)
    if not shown:
        say(translate(UNGUARDED, spoken, stretch=_stretch(query, spoken)))
    elif not key:
        say(f"{_stretch(query, spoken)}: {say_failures(shown, spoken)}")
    for one in shown:
        say(one.verdict)
        if key or one.failure:
            for line in one.lines:
                say(f"  {line}")


def warnings(
    since: SinceOption = None,
    until: UntilOption = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Say what is looked for instead of looking.")
    ] = False,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what stands out: surges, slow burns, new matters, who is not asked, goals missed.

    All questions asked are minded, so that on average at most one warning in twenty is false.
    Without days: the last full month.
    """
    _refuse_csv(form)
    spoken = language_of(language, workspace)
    if listing:
        _list_watches(form, spoken)
        return
    folder, _ = workspace_of(workspace)
    from regard.facts.reader import open_reader
    from regard.insight.watch import Watched
    from regard.insight.watch import warnings as warned

    with open_reader(folder) as reader:
        days = days_meant(reader, since, until)
        found = warned(Watched(reader, *days))
    _write_signals(found, "warnings", QUIET, days, form, spoken)


def changes(
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say what changed, the most weighty first, all that was looked at minded.

    Without days: the last full month.
    """
    _refuse_csv(form)
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight.changes import changes as changed

    with open_reader(folder) as reader:
        days = days_meant(reader, since, until)
        found = changed(reader, *days)
    _write_signals(found, "changes", UNCHANGED, days, form, spoken)


def _list_watches(form: Form, spoken: str) -> None:
    from regard.insight.watch import watches

    if form is Form.json:
        write_json([{"name": one.name, "says": one.says} for one in watches().values()])
        return
    shown = table(translate(N_("Watch"), spoken), translate(N_("What it looks for"), spoken))
    for one in watches().values():
        shown.add_row(one.name, translate(one.says, spoken))
    answers().print(shown)


def _write_signals(
    found: "Iterable[Signal]",
    name: str,
    silence: str,
    days: tuple[date, date],
    form: Form,
    spoken: str,
) -> None:
    from regard.report.dates import say_stretch
    from regard.report.judged import show_signal

    told = tuple(found)
    if form is Form.json:
        ends: dict[str, Any] = {"from": str(days[0]), "to": str(days[1])}
        write_json(ends | {name: [_signal_json(one) for one in told]})
        return
    if not told:
        say(translate(silence, spoken, stretch=say_stretch(*days, spoken)))
    for place, one in enumerate(told):
        shown = show_signal(one, spoken)
        if place:
            say("")
        say(translate(N_("{kind}: {says}"), spoken, kind=shown.kind, says=shown.text))
        say(f"  {shown.why}")
        since = N_("Since {day}; p-value {chance}.")
        say("  " + translate(since, spoken, day=shown.began, chance=shown.chance))
        say(f"  {translate(N_('Evidence'), spoken)}: {command_of(one.evidence)}")
        if one.then is not None:
            say(f"  {translate(N_('Ask next'), spoken)}: {command_of(one.then)}")


def _signal_json(one: "Signal") -> dict[str, Any]:
    ask = {"evidence": command_of(one.evidence), "then": command_of(one.then) if one.then else None}
    return one.to_json() | {"commands": ask}


def command_of(query: "Query") -> str:
    """The command line that asks a query."""
    said = query.to_json()
    words = ["regard", "ask", query.metric]
    for name, option in (("from", "--from"), ("to", "--to"), ("by", "--by"), ("zone", "--zone")):
        if said[name]:
            words += [option, str(said[name])]
    for pair in said["where"]:
        words += ["--where", pair]
    if query.quantile != 0.5:
        words += ["--quantile", f"{query.quantile:g}"]
    return shlex.join(words)


def _within_days(query: "Query", reader: "Reader", since: str | None, until: str | None) -> "Query":
    first, after = days_meant(reader, since, until)
    return replace(query, since=first, until=after)


def _stretch(query: "Query", spoken: str) -> str:
    from regard.report.dates import say_stretch

    assert query.since is not None
    assert query.until is not None
    return say_stretch(query.since, query.until, spoken)


def _refuse_csv(form: Form) -> None:
    if form is Form.csv:
        raise BadValue("The form", form.value, "one of those here: table, json")
