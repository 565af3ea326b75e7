"""`regard goals`: every goal of the workspace, and how it stands."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

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
from regard.cli.questions import SinceOption, UntilOption
from regard.core.errors import BadValue, RegardError
from regard.core.i18n import N_, translate
from regard.core.period import parse_day

if TYPE_CHECKING:
    from regard.facts.reader import Reader
    from regard.insight.aim import Aim

HEADS = (N_("Metric"), N_("Part"), N_("Goal"), N_("Value"), N_("State"), N_("Way gone"))


def goals(
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Hold the goals of goals.toml to the data: met, missed, or not to be told yet.

    Without days: the last full month.
    """
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import goals as aiming

    reader = open_reader(folder)
    days = days_meant(reader, since, until)
    found = aiming.goals(reader, *days)
    if form is not Form.table:
        write_json(
            {"from": str(days[0]), "to": str(days[1])} | {"goals": [one.to_json() for one in found]}
        )
        return
    if not found:
        say(translate(N_("No goals hold in these days. Write some into goals.toml."), spoken))
        return
    _show(found, spoken)


def days_meant(reader: "Reader", since: str | None, until: str | None) -> tuple[date, date]:
    """The days said; without any the last full month with data."""
    from regard.report.boards.stretch import data_end, months_before, presets

    first, after = parse_day("from", since), parse_day("to", until)
    end = data_end(reader.watermarks, reader.settings.zone)
    if end is None:
        raise RegardError("There are no data yet. Import something: `regard import --help`.")
    last = presets(end)[0]
    assert last.until is not None
    after = after or last.until
    first = first or months_before(after - timedelta(days=1), 0)
    if first >= after:
        raise BadValue("The end of the period", after, f"after its start, {first}")
    return first, after


def _show(found: "tuple[Aim, ...]", spoken: str) -> None:
    from regard.insight.aim import STATES
    from regard.report.format import say_estimate, say_interval, say_value
    from regard.report.sentences import say_filling, say_sentence

    heads = [translate(text, spoken) for text in HEADS]
    shown = table(*heads, numbers=(heads[2], heads[3], heads[5]))
    for one in found:
        unit = one.metric.unit
        value = say_estimate(one.value, unit, spoken)
        limits = say_interval(one.value, unit, spoken)
        way = one.progress.value
        shown.add_row(
            translate(one.metric.label, spoken),
            say_filling(one.part, spoken) if one.goal.where else "",
            say_value(one.goal.target, unit, spoken),
            f"{value} ({limits})" if limits else value,
            translate(STATES[one.state], spoken),
            "" if way is None else say_value(way, "share", spoken),
        )
    answers().print(shown)
    for one in found:
        say(" ".join(say_sentence(each, spoken) for each in one.sentences))
