"""`regard trend`, `regard limits` and `regard types`: courses, their limits, kinds of matter."""

from typing import TYPE_CHECKING, Annotated

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
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.insight.kinds import Kinds
    from regard.insight.trends import Trend

limits = typer.Typer(no_args_is_help=True, help="Control limits that stand until let go of.")

HEADS = (N_("Days"), N_("Value"), N_("Expected"), N_("Limits"), N_("Judgement"))
TYPE_HEADS = (N_("Type"), N_("Share"), N_("Tickets"), N_("Weeks"), N_("Standing"))
BEYOND = N_("beyond its limits")
WITHIN = N_("within")
FROM = N_("Limits from {points} points of {base}; they stand until `regard limits thaw`.")
PROVISIONAL = N_("Limits from {points} points of {base}; `regard limits freeze` makes them stand.")
DRIFTS = N_("Slowly leaving its course since about {began}, told on {told}.")
KEPT = N_("Limits of {metric} stand, from {points} points of {base}.")
TOO_FEW = N_("Fewer than 20 points: no limits can be kept yet.")
GONE = N_("Limits let go of: {count}.")
NO_TYPES = N_("No ticket of these days has a type.")


def trend(
    key: KeyArgument,
    since: SinceOption = None,
    until: UntilOption = None,
    where: WhereOption = None,
    zone: ZoneOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show a metric day by day (or week by week) with what was expected of it and its limits.

    Weekdays, seasons and holidays are minded; what may not be judged yet is not. Without days: the
    last full month.
    """
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import trends
    from regard.metrics.query import Query

    with open_reader(folder) as reader:
        days = days_meant(reader, since, until)
        said = {"from": f"{days[0]}", "to": f"{days[1]}", "where": where or [], "zone": zone}
        found = trends.trend(Query.parse(key, said), reader)
    if form is not Form.table:
        write_json(found.to_json())
    else:
        _write_trend(found, spoken)


def freeze(
    key: KeyArgument,
    since: SinceOption = None,
    until: UntilOption = None,
    where: WhereOption = None,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Compute a metric's limits from some days (else the first ninety) and keep them."""
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import trends
    from regard.insight.sentence import Named, Sentence, Stretch
    from regard.metrics.query import Query
    from regard.report.sentences import say_sentence

    with open_reader(folder) as reader:
        query = Query.parse(key, {"from": since, "to": until, "where": where or []})
        made = trends.freeze(query, reader)
    if made is None:
        say(translate(TOO_FEW, spoken))
        return
    base = Stretch(made.since, made.until)
    kept = Sentence(KEPT, {"metric": Named(key), "points": made.points, "base": base})
    say(say_sentence(kept, spoken))


def thaw(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="A metric; else all.")] = None,
    where: WhereOption = None,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Let go of the limits kept for a metric, or of all."""
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.insight.frozen import thaw as let_go
    from regard.metrics.metric import metric
    from regard.metrics.query import Query

    query = None
    if key is not None:
        query = Query.parse(metric(key).key, {"where": where or []})
    say(translate(GONE, spoken, count=let_go(folder, query)))


def types(
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List the types of tickets: shares, their weeks, and what is new, rising, surging or gone.

    Without days: the last full month.
    """
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import kinds

    with open_reader(folder) as reader:
        found = kinds.types(reader, *days_meant(reader, since, until))
    if form is not Form.table:
        write_json(found.to_json())
    else:
        _write_types(found, spoken)


limits.command("freeze")(freeze)
limits.command("thaw")(thaw)


def _write_trend(found: "Trend", spoken: str) -> None:
    from regard.insight.lacking import say_why
    from regard.insight.sentence import Sentence, Stretch
    from regard.report.dates import say_stretch
    from regard.report.format import say_value
    from regard.report.sentences import say_sentence

    say(translate(found.metric.label, spoken))
    if found.reason:
        say(say_why(found.reason, found.lacking, spoken))
        return
    unit = found.metric.unit
    heads = [translate(text, spoken) for text in HEADS]
    shown = table(*heads, numbers=tuple(heads[1:3]))
    for one in found.points:
        band = [
            say_value(limit, unit, spoken) for limit in (one.low, one.high) if limit is not None
        ]
        judged = translate(BEYOND if one.beyond else WITHIN, spoken) if one.judged else ""
        # Not over, not ripe, or nothing there: a gap, and never nought.
        value = "–" if one.value is None else say_value(one.value, unit, spoken)
        expected = "" if one.expected is None else say_value(one.expected, unit, spoken)
        shown.add_row(
            say_stretch(one.since, one.until, spoken), value, expected, " – ".join(band), judged
        )
    answers().print(shown)
    say(translate(found.why, spoken, n=found.usual))
    if found.limits is not None:
        base = Stretch(found.limits.since, found.limits.until)
        text = PROVISIONAL if found.provisional else FROM
        say(say_sentence(Sentence(text, {"points": found.limits.points, "base": base}), spoken))
    for began, told, _ in found.drifts:
        say(say_sentence(Sentence(DRIFTS, {"began": began, "told": told}), spoken))


def _write_types(found: "Kinds", spoken: str) -> None:
    from regard.insight.kinds import STANDINGS
    from regard.report.format import say_count, say_share

    if not found.kinds:
        say(translate(NO_TYPES, spoken))
        return
    heads = [translate(text, spoken) for text in TYPE_HEADS]
    shown = table(*heads, numbers=tuple(heads[1:3]))
    for one in found.kinds:
        share = "" if one.share.value is None else say_share(one.share.value, spoken)
        weeks = " ".join(str(count) for count in one.weekly)
        standing = translate(STANDINGS[one.standing.what if one.standing else ""], spoken)
        shown.add_row(one.type, share, say_count(one.tickets, spoken), weeks, standing)
    answers().print(shown)
