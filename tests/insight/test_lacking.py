"""What a workspace lacks data for says so, and which imports would give it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metrics.small import change, ticket, workspace
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Result, ask
from regard.insight.hours import hours
from regard.insight.lacking import lacking_here, say_why
from regard.metrics.metric import catalogue
from regard.metrics.plan import missing
from regard.metrics.query import Query


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    events = {
        "ticket": [ticket("t1", "2026-03-02 09:00")],
        "ticket_change": [change("t1", 1, "2026-03-02 11:00", "solved", actor="ann")],
    }
    folder = workspace(tmp_path_factory.mktemp("lacking") / "w", events, covers=tuple(events))
    with open_reader(folder) as reader:
        yield reader


def asked(reader: Reader, key: str) -> Result:
    return ask(Query(key), reader)


def test_an_answer_without_data_names_the_import_that_would_give_it(reader: Reader) -> None:
    found = asked(reader, "response_rate")
    assert "invitation" in found.lacking
    said = found.why("en")
    assert said.startswith("No source here fills invitation")
    assert "`regard import tabular FILE --map invitations`" in said
    assert "regard import events" not in said


def test_no_more_than_three_imports_are_named_in_words_and_all_of_them_in_plain_values(
    reader: Reader,
) -> None:
    found = asked(reader, "first_response_time")
    assert found.lacking == ("message",)
    assert found.why("en").count("`regard import") == 3
    given = found.to_json()["givers"]["message"]
    assert len(given) > 3
    assert all(f"`{command}`" in found.why("en") for command in given[:3])


def test_tables_that_come_together_are_named_together(reader: Reader) -> None:
    found = asked(reader, "loop_closed_rate")
    assert found.lacking == ("answer", "response", "case")
    said = found.why("en")
    assert said.count("What gives") == 2
    assert "What gives answer, response: `regard import tabular FILE --map survey_answers`" in said
    assert "What gives case: `regard import tabular FILE --map cases`" in said


def test_an_answer_with_data_says_nothing_of_imports(reader: Reader) -> None:
    found = asked(reader, "tickets_new")
    assert (found.why("en"), found.to_json()["givers"]) == ("", {})


def test_no_rows_is_another_reason_and_no_import_would_help(reader: Reader) -> None:
    found = ask(Query.parse("tickets_new", {"where": "team=nobody", "by": "team"}), reader)
    assert found.why("en") == "" or "import" not in found.why("en")
    assert say_why("Nothing in the data falls under this question.", (), "en").count(".") == 1


def test_the_hours_of_a_week_say_it_too(reader: Reader) -> None:
    said = hours(Query("first_response_time"), reader).to_json()
    assert "{tables}" not in str(said["reason"])
    assert "No source here fills message" in str(said["reason"])


def test_what_a_workspace_lacks_is_known_without_asking_anything(reader: Reader) -> None:
    here = lacking_here(reader.workspace)
    assert here is not None
    assert here == {key: missing(one, reader) for key, one in catalogue().items()}
    assert here["tickets_new"] == ()


def test_of_a_folder_that_is_no_workspace_nothing_is_known(tmp_path: Path) -> None:
    assert lacking_here(tmp_path) is None
