"""The quality report of an import as tables."""

from typing import TYPE_CHECKING

from regard.cli.console import answers, say, table
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.ingest.quality import QualityReport

SHOWN = 3
LONGEST = 60


def write_report(report: "QualityReport", language: str) -> None:
    """What an import did, on stdout: rows by table, rows put aside, and what looked odd."""
    said = N_("Import {number}: {read} rows read, {kept} kept, {aside} put aside")
    aside = report.read - report.kept
    counts = {"read": f"{report.read:,}", "kept": f"{report.kept:,}", "aside": f"{aside:,}"}
    say(translate(said, language, number=report.number, **counts))
    _write_tables(report, language)
    _write_aside(report, language)
    _write_findings(report, language)
    if report.quarantined:
        said = N_("Look at what was put aside with `regard quarantine show {number}`.")
        say(translate(said, language, number=report.number))


def shorten(text: str) -> str:
    """A value as an example: on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def _write_tables(report: "QualityReport", language: str) -> None:
    heads = [
        translate(text, language) for text in (N_("Table"), N_("New"), N_("Changed"), N_("Same"))
    ]
    shown = table(*heads, numbers=tuple(heads[1:]))
    for name, loaded in report.tables.items():
        shown.add_row(name, f"{loaded.new:,}", f"{loaded.changed:,}", f"{loaded.same:,}")
    if report.tables:
        answers().print(shown)


def _write_aside(report: "QualityReport", language: str) -> None:
    from regard.ingest.quality import LABELS

    if not report.quarantined:
        return
    heads = [
        translate(text, language)
        for text in (N_("Put aside"), N_("Column"), N_("Rows"), N_("Line"), N_("Value"), N_("Why"))
    ]
    shown = table(*heads, numbers=(heads[2], heads[3]))
    for group in report.quarantined:
        label = translate(LABELS.get(group.kind, group.kind), language)
        first = (label, group.column, f"{group.count:,}")
        for place, (line, value, reason) in enumerate(group.examples[:SHOWN]):
            lead = ("", "", "") if place else first
            shown.add_row(*lead, str(line), shorten(value), translate(reason, language))
    answers().print(shown)


def _write_findings(report: "QualityReport", language: str) -> None:
    from regard.ingest.quality import LABELS

    heads = [
        translate(text, language)
        for text in (N_("Noticed"), N_("Where"), N_("Rows"), N_("Example"))
    ]
    shown = table(*heads, numbers=(heads[2],))
    for found in report.findings:
        label = translate(LABELS.get(found.kind, found.kind), language)
        example = shorten(translate(found.example, language))
        shown.add_row(label, found.where, f"{found.count:,}", example)
    unknown = translate(LABELS["missing_clock"], language)
    for where, count in report.missing_clocks.items():
        shown.add_row(unknown, where, f"{count:,}", "")
    if shown.row_count:
        answers().print(shown)
