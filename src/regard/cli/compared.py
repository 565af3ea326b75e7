"""A metric beside another product's way of counting it, as a table or as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regard.cli.answered import HEADS, write_age, write_json
from regard.cli.console import answers, say, table
from regard.cli.options import Form
from regard.core.errors import BadValue
from regard.core.i18n import N_, translate

if TYPE_CHECKING:
    from regard.insight.beside import Beside


def write_beside(
    key: str, product: str, said: Mapping[str, Any], folder: Path, form: Form, language: str
) -> None:
    """Ask the workspace in a folder for both values of a question, and write them."""
    from regard.facts.reader import open_reader
    from regard.insight.beside import beside
    from regard.metrics.query import Query
    from regard.metrics.vendor import way

    if form is Form.csv:
        raise BadValue("The form", form.value, "one of those here: table, json")
    # What is misspelt is said before the data are opened.
    way(key, product)
    query = Query.parse(key, said)
    with open_reader(folder) as reader:
        found = beside(query, product, reader)
        if form is Form.json:
            write_json(found.to_json())
        else:
            _write(found, language, query.zone or reader.settings.zone)


def _write(found: "Beside", language: str, zone: str) -> None:
    from regard.report.others import say_beside

    said = say_beside(found, language)
    say(f"{translate(found.ours.metric.label, language)}: {said.product}, “{said.called}”")
    for text in (said.differs, said.lacks):
        if text:
            say(text)
    heads = [translate(text, language) for text in HEADS[:3]]
    shown = table(*said.heads, translate(N_("Counted by"), language), *heads, numbers=(heads[0],))
    for told in said.lines:
        line = told.line
        shown.add_row(*told.labels, told.who, line.value, line.interval, line.cases)
    answers().print(shown)
    for text in (*said.reasons, *said.tickets):
        say(text)
    defined = translate(N_("Defined by"), language)
    say(f"{defined}: {said.cited}")
    write_age(found.ours, language, zone, say)
