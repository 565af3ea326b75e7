"""An answer as a table for people, as JSON for programs, as CSV for sheets."""

import csv
import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from regard.cli.console import answers, remark, say, table
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.insight.ask import Result

HEADS = (N_("Value"), N_("Interval"), N_("Cases"), N_("Coverage"))
COVERED = ("done", "open", "unknown", "unripe", "provisional")


def write_json(said: Any) -> None:
    """Plain values as JSON on stdout: sorted keys, so that the same answer is the same bytes."""
    typer.echo(json.dumps(said, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False))


def write_csv(result: "Result") -> None:
    """One line a part: ways to split, value and bounds as plain numbers, n, note, coverage."""
    from regard.report.files import harmless

    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    by = list(dict.fromkeys(name for part in result.parts for name in part.by))
    numbers = ["value", "low", "high", "n", "note"]
    lines.writerow([*by, *numbers, *COVERED, "excluded"])
    for part in result.parts:
        said = ["" if part.by.get(name) is None else harmless(str(part.by[name])) for name in by]
        found = [getattr(part.estimate, name) for name in numbers]
        cover = [part.coverage.get(name, 0) for name in COVERED]
        lines.writerow([*said, *found, *cover, sum(part.coverage.get("excluded", {}).values())])
    typer.echo(text.getvalue(), nl=False)


def write_table(result: "Result", language: str, zone: str) -> None:
    """The metric's name, a line a part with interval, n and coverage, and the age of the data."""
    from regard.report.parts import say_parts

    said = say_parts(result, language)
    heads = [translate(text, language) for text in HEADS]
    shown = table(*said.heads, *heads, numbers=(heads[0], heads[2]))
    for line in said.lines:
        shown.add_row(*line.labels, line.value, line.interval, line.cases, "; ".join(line.coverage))
    say(translate(result.metric.label, language))
    answers().print(shown)
    if result.reason:
        say(result.why(language))
    write_age(result, language, zone, say)


def write_age(
    result: "Result", language: str, zone: str, line: Callable[[str], None] = remark
) -> None:
    """What instant the answer is as of, its store version, and sources that end earlier."""
    from regard.report.dates import say_instant

    if result.as_of is None:
        return
    instant = say_instant(result.as_of, zone, language)
    said = N_("As of {instant} ({zone}), store version {version}")
    line(translate(said, language, instant=instant, zone=zone, version=result.store_version))
    for source, end in sorted(result.ends.items()):
        if end < result.as_of:
            said = N_("{source} ends earlier: {instant}")
            instant = say_instant(end, zone, language)
            line(translate(said, language, source=source, instant=instant))
