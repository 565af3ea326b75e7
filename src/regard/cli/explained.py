"""An explanation of a change as sentences and tables, or as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regard.cli.answered import write_age, write_json
from regard.cli.console import answers, say, table
from regard.cli.options import Form
from regard.core.errors import BadValue, RegardError

if TYPE_CHECKING:
    from regard.report.explained import Cells


def write_explanation(
    key: str,
    said: Mapping[str, Any],
    against: str | None,
    folder: Path,
    form: Form,
    language: str,
) -> None:
    """Ask the workspace in a folder why a value differs from another stretch's, and write it."""
    from regard.facts.reader import open_reader
    from regard.insight.against import BEFORE
    from regard.insight.explain import explain
    from regard.metrics.query import Query
    from regard.report.explained import show_explanation

    if form is Form.csv:
        raise BadValue("The form", form.value, "one of those here: table, json")
    query = Query.parse(key, said)
    if query.since is None or query.until is None:
        raise RegardError("An explanation needs both --from and --to.")
    if query.by:
        raise BadValue("--by", ",".join(query.by), "left out: an explanation looks at all splits")
    with open_reader(folder) as reader:
        found = explain(query, reader, against=against or BEFORE)
        if form is Form.json:
            write_json(found.to_json())
            return
        shown = show_explanation(found, language)
        for text in (shown.headline, *shown.says):
            say(text)
        for cells in (shown.ledger, shown.mixes, *shown.splits[:1], shown.drivers):
            _write(cells)
        _write(shown.definitions)
        write_age(found.new, language, query.zone or reader.settings.zone, say)


def _write(cells: "Cells | None") -> None:
    if cells is None:
        return
    say("")
    say(cells.title)
    made = table(*cells.heads, numbers=tuple(cells.heads[place] for place in cells.numbers))
    for row in cells.rows:
        made.add_row(*row)
    answers().print(made)
    if cells.note:
        say(cells.note)
