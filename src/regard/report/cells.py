"""A fact's rows as cells of a table: instants on the reader's clock, seconds as durations."""

from datetime import date, datetime

from regard.core.i18n import N_, translate
from regard.facts.fact import fact
from regard.metrics.metric import metric
from regard.report.dates import say_day, say_instant
from regard.report.format import isolate, say_duration, say_number

EMPTY = "–"


def say_cell(name: str, value: object, zone: str, language: str) -> str:
    """One value as words; what is missing is a dash, never nought."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return translate(N_("yes") if value else N_("no"), language)
    if isinstance(value, datetime):
        return say_instant(value, zone, language)
    if isinstance(value, date):
        return say_day(value, language)
    if isinstance(value, int | float):
        if name.endswith("_seconds"):
            return say_duration(value, language)
        return isolate(say_number(value, language), language)
    return translate(str(value), language) if name == "reason" else str(value)


def say_column(name: str, metric_key: str) -> dict[str, str]:
    """A column's name and, where the fact knows it, what it holds."""
    known = {column.name: column.says for column in fact(metric(metric_key).fact).columns}
    return {"name": name.replace("_", " "), "says": known.get(name, "")}
