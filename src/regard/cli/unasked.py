"""`regard unasked`: who was not asked, by team, person, channel, kind and outcome."""

from typing import TYPE_CHECKING

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
from regard.cli.questions import SinceOption, UntilOption
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.insight.unasked import Chosen, Unasked

HEADS = (
    N_("Part"),
    N_("Could be asked"),
    N_("Left out by chance"),
    N_("Not asked for a reason"),
    N_("Asked"),
    N_("Answered"),
    N_("Share asked"),
    N_("Others"),
    N_("Without a reason"),
    N_("Response rate"),
    N_("Others"),
)


def unasked(
    since: SinceOption = None,
    until: UntilOption = None,
    form: FormOption = Form.table,
    language: LanguageOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Say who could be asked, who was, who answered, and what those who were not could hide.

    A share marked with ! differs from that of all others beyond chance, all that were looked at
    minded. Without days: the last full month.
    """
    folder, _ = workspace_of(workspace)
    spoken = language_of(language, workspace)
    from regard.facts.reader import open_reader
    from regard.insight import unasked as asking

    reader = open_reader(folder)
    found = asking.unasked(reader, *days_meant(reader, since, until))
    if form is not Form.table:
        write_json(found.to_json())
    else:
        _show(found, spoken)


def _show(found: "Unasked", spoken: str) -> None:
    from regard.report.sentences import say_sentence

    heads = [translate(text, spoken) for text in HEADS]
    shown = table(*heads, numbers=tuple(heads[1:]))
    for part in (found.whole, *found.parts):
        shown.add_row(*_line(part, spoken))
    answers().print(shown)
    for one in found.sentences:
        say(say_sentence(one, spoken))


def _line(part: "Chosen", spoken: str) -> tuple[str, ...]:
    from regard.insight.sentence import Piece
    from regard.report.format import say_count
    from regard.report.sentences import say_filling

    everybody = translate(N_("Everybody"), spoken)
    name = say_filling(Piece(part.split, part.value), spoken) if part.split else everybody
    steps = ("eligible", "sampled_out", "suppressed", "sent", "answered")
    counts = [say_count(part.steps[one], spoken) if part.steps else "" for one in steps]
    asked = _share(part, "asked_share", spoken)
    out, _ = _share(part, "left_out_without_reason", spoken)
    return (name, *counts, *asked, out, *_share(part, "response_rate", spoken))


def _share(part: "Chosen", key: str, spoken: str) -> tuple[str, str]:
    """A share of a part, marked where it differs, and that of all others."""
    from regard.report.format import say_value

    one = part.rates.get(key)
    if one is None:
        return "", ""
    mark = " !" if one in part.differs else ""
    value, others = one.value.value, one.others.value
    beside = "" if others is None else say_value(others, "share", spoken)
    return say_value(value, "share", spoken) + mark, beside
