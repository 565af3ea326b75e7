"""What a scope allows holds whatever is asked, and the same question is answered once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from metrics.small import Row, at, change, ticket, workspace
from regard.core.errors import UnknownName
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Scope, ask, rows, sql
from regard.metrics.listed import KINDS
from regard.metrics.query import Query

SALES = Scope(teams=("sales",))


def _events() -> dict[str, list[Row]]:
    events: dict[str, list[Row]] = {"ticket": [], "ticket_change": []}
    for n in range(12):
        name, team = f"t{n:02d}", ("billing", "sales", "sales, EMEA")[n % 3]
        events["ticket"].append(ticket(name, f"2026-03-{n + 1:02d} 09:00", team=team))
        if n % 2:
            by = "ann" if team == "sales" else "bob"
            events["ticket_change"].append(
                change(name, 1, f"2026-03-{n + 1:02d} 11:00", "solved", actor=by)
            )
    return events


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    covers = ("ticket", "ticket_change")
    folder = workspace(tmp_path_factory.mktemp("scope") / "w", _events(), covers=covers)
    with open_reader(folder) as reader:
        yield reader


def total(reader: Reader, scope: Scope, **said: Any) -> float | None:
    (part,) = ask(Query.parse("tickets_new", said), reader, scope).parts
    return part.estimate.value


def test_a_scope_narrows_every_answer(reader: Reader) -> None:
    assert total(reader, Scope()) == 12
    assert total(reader, SALES) == 4


def test_asking_for_another_team_never_widens_a_scope(reader: Reader) -> None:
    assert total(reader, SALES, where="team=billing") == 0
    assert total(reader, SALES, where=["team=billing", "team=sales"]) == 4
    assert total(reader, SALES, where="team=") == 0
    assert total(reader, Scope(teams=("sales", "billing")), where="team=billing") == 4


def test_a_scope_splits_no_name_at_its_comma(reader: Reader) -> None:
    assert total(reader, Scope(teams=("sales, EMEA",))) == 4
    found = ask(Query.parse("tickets_new", {"by": "team"}), reader, Scope(teams=("sales, EMEA",)))
    assert [part.by for part in found.parts] == [{"team": "sales, EMEA"}]


def test_an_empty_scope_sees_nothing(reader: Reader) -> None:
    assert total(reader, Scope(teams=())) == 0
    assert total(reader, Scope(agents=())) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_rows_stay_within_the_scope(reader: Reader, kind: str) -> None:
    query = Query.parse("backlog", {"where": "team=billing"})
    assert rows(query, reader, SALES, kind=kind).total == 0
    seen = rows(Query.parse("backlog", {}), reader, SALES, kind=kind).rows
    assert {row["team"] for row in seen} <= {"sales"}


def test_the_sql_and_quotients_stay_within_the_scope_too(reader: Reader) -> None:
    query = Query.parse("days_to_clear", {"from": "2026-03-01", "to": "2026-04-01"})
    assert sql(query, reader, SALES).count("'sales'") == 2
    (whole,) = ask(query, reader).parts
    (mine,) = ask(query, reader, SALES).parts
    assert mine.estimate.n == 2
    assert whole.estimate.n == 6


def test_answers_kept_for_one_are_not_given_to_another(reader: Reader) -> None:
    assert [total(reader, scope) for scope in (Scope(), SALES, Scope(), SALES)] == [12, 4, 12, 4]


def test_a_question_asked_twice_is_worked_once(reader: Reader) -> None:
    query = Query.parse("tickets_new", {"by": "month"})
    assert ask(query, reader) is ask(Query.parse("tickets_new", {"by": "month"}), reader)


def test_an_instant_is_one_however_its_zone_is_written() -> None:
    noon = datetime(2026, 3, 2, 13, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert Query("backlog", as_of=noon) == Query("backlog", as_of=at("2026-03-02 12:00"))
    assert (
        Query("backlog", as_of=noon).as_of
        == Query.parse("backlog", {"as_of": "2026-03-02T12:00:00"}).as_of
    )


def test_a_wrong_name_gets_a_hint(reader: Reader) -> None:
    for said, hint in (({"by": "tem"}, "team"), ({"where": "teem=sales"}, "team")):
        with pytest.raises(UnknownName, match=hint):
            ask(Query.parse("tickets_new", said), reader)
    with pytest.raises(UnknownName, match="tickets_new"):
        ask(Query.parse("ticket_new", {}), reader)
    with pytest.raises(UnknownName, match="counted"):
        rows(Query.parse("tickets_new", {}), reader, kind="count")


def test_rows_excluded_from_a_stock_are_those_that_stand_at_its_instant(
    reader: Reader, tmp_path: Any
) -> None:
    events = _events()
    events["ticket"] += [
        ticket("spam", "2026-03-05 09:00", team="sales", demand="spam"),
        ticket("old spam", "2026-03-05 09:00", team="sales", demand="spam"),
    ]
    events["ticket_change"].append(change("old spam", 1, "2026-03-06 09:00", "solved"))
    folder = workspace(tmp_path / "w", events, covers=("ticket", "ticket_change"))
    with open_reader(folder) as other:
        out = rows(Query.parse("backlog", {}), other, kind="excluded")
    assert [(row["ticket_id"], row["reason"]) for row in out.rows] == [("spam", "spam")]
    assert rows(Query.parse("backlog", {}), reader, kind="excluded").total == 0
