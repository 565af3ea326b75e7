"""`regard metrics`, `regard explain` and `regard ask`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from regard.cli.answered import write_age, write_csv, write_json, write_table
from regard.cli.compared import write_beside
from regard.cli.console import answers, say, table
from regard.cli.explained import write_explanation
from regard.cli.options import (
    AsOfOption,
    Form,
    FormOption,
    LanguageOption,
    WorkspaceOption,
    folder_of,
    language_of,
    workspace_of,
)
from regard.core.errors import RegardError
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.metrics.metric import Metric

EXAMPLE_ROWS = 12

KeyArgument = Annotated[
    str, typer.Argument(metavar="KEY", help="A metric, as `regard metrics` names them.")
]
SinceOption = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="The first day counted.")
]
UntilOption = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help="The first day not counted.")
]
ByOption = Annotated[
    str, typer.Option("--by", metavar="NAMES", help="Ways to split, as in team,month.")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="NAME=VALUE", help="Keep only these; may be repeated."),
]
ZoneOption = Annotated[
    str | None, typer.Option(help="IANA zone of the days; else the workspace's.")
]


def metrics(
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List every metric: its key, its name, what it is measured in, and whether data is here."""
    from regard.insight.lacking import lacking_here
    from regard.metrics.metric import catalogue
    from regard.report.words import UNITS

    spoken = language_of(language, workspace)
    found = sorted(catalogue().values(), key=lambda one: (one.theme, one.key))
    here = lacking_here(folder_of(workspace))
    if form is not Form.table:
        write_json([_facts_of(one, spoken, here) for one in found])
        return
    heads = [translate(text, spoken) for text in (N_("Metric"), N_("Name"), N_("Unit"))]
    shown = table(*heads, *([] if here is None else [translate(N_("Data here"), spoken)]))
    for one in found:
        unit = translate(UNITS.get(one.unit, one.unit), spoken)
        told = [] if here is None else [_data_here(here[one.key], spoken)]
        shown.add_row(one.key, translate(one.label, spoken), unit, *told)
    answers().print(shown)


def _data_here(lacking: tuple[str, ...], language: str) -> str:
    """Whether a metric has what it needs; else the tables that it lacks."""
    from regard.insight.lacking import name_tables

    if not lacking:
        return translate(N_("yes"), language)
    return translate(N_("no {tables}"), language, tables=name_tables(lacking))


def explain(
    key: KeyArgument,
    product: Annotated[
        str | None,
        typer.Option("--as", metavar="PRODUCT", help="Beside how it counts, as zendesk does."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    by: ByOption = "",
    where: WhereOption = None,
    as_of: AsOfOption = None,
    zone: ZoneOption = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS", help="Compare with: before, year, or days as 2026-01-01..2026-02-01."
        ),
    ] = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say how a metric is counted: its halves, clock, exclusions, guards, source and example.

    With --from and --to: why its value differs from the stretch before (or --against): every row
    accounted for, composition or service, which segments moved, other definitions. With --as:
    what another product would show for the same question, why, and for whom.
    """
    spoken = language_of(language, workspace)
    said = {"from": since, "to": until, "by": by, "where": where or [], "as_of": as_of}
    said["zone"] = zone
    if product is not None:
        folder, _ = workspace_of(workspace)
        write_beside(key, product, said, folder, form, spoken)
    elif since or until:
        folder, _ = workspace_of(workspace)
        write_explanation(key, said, against, folder, form, spoken)
    elif form is not Form.table or against or any(said.values()):
        raise RegardError(
            "A definition needs no question. Say with --from and --to which days to explain, or "
            "with --as beside which product."
        )
    else:
        _define(key, spoken)


def _define(key: str, spoken: str) -> None:
    from regard.metrics.metric import metric
    from regard.report.definition import define

    one = metric(key)
    said = define(one, spoken)
    say(f"{translate(one.label, spoken)} ({said.key}, v{said.version})")
    say(said.says)
    say(said.raises)
    lines = table("", "", heads=False)
    for line in said.lines:
        lines.add_row(line.name, line.text)
    lines.add_row(translate(N_("Defined by"), spoken), said.cited)
    for line in said.beside:
        lines.add_row(translate(N_("See also"), spoken), f"{line.name}: {line.text}")
    answers().print(lines)
    say(translate(N_("Worked example: {value}"), spoken, value=said.worked.value))
    rows = table(*said.worked.columns)
    for row in said.worked.rows[:EXAMPLE_ROWS]:
        rows.add_row(*row)
    answers().print(rows)
    if len(said.worked.rows) > EXAMPLE_ROWS:
        more = f"{len(said.worked.rows) - EXAMPLE_ROWS:,}"
        say(translate(N_("… and {count} rows more"), spoken, count=more))
    if said.worked.note:
        say(said.worked.note)


def ask(
    key: KeyArgument,
    since: SinceOption = None,
    until: UntilOption = None,
    by: ByOption = "",
    where: WhereOption = None,
    as_of: AsOfOption = None,
    zone: ZoneOption = None,
    quantile: Annotated[
        float, typer.Option(help="Of a time: 0.5 is its median, 0.9 what nine in ten wait.")
    ] = 0.5,
    form: FormOption = Form.table,
    sql: Annotated[bool, typer.Option("--sql", help="Show the query instead.")] = False,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask for a metric: its value with interval, cases, coverage and the age of the data."""
    folder, settings = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import ask as asking
    from regard.metrics.query import Query

    said = {"from": since, "to": until, "by": by, "where": where or [], "as_of": as_of}
    query = Query.parse(key, said | {"zone": zone, "quantile": quantile})
    reader = open_reader(folder)
    result = asking.ask(query, reader)
    if sql:
        typer.echo(asking.sql(query, reader))
    elif form is Form.json:
        write_json(result.to_json())
    elif form is Form.csv:
        write_csv(result)
        write_age(result, spoken, query.zone or settings.zone)
    else:
        write_table(result, spoken, query.zone or settings.zone)


def _facts_of(
    one: "Metric", language: str, here: Mapping[str, tuple[str, ...]] | None
) -> dict[str, object]:
    """A metric as plain values. lacking: tables that nothing fills; null without a workspace."""
    return {
        "key": one.key,
        "theme": one.theme,
        "label": translate(one.label, language),
        "says": translate(one.says, language),
        "unit": one.unit,
        "better": one.better,
        "version": one.version,
        "lacking": None if here is None else list(here[one.key]),
    }
