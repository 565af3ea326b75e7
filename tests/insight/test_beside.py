"""Two ways of counting side by side: whom both count, whom one alone, and why."""

from collections.abc import Iterator
from typing import Any

import pytest

from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Scope, ask
from regard.insight.beside import Beside, beside, why_only
from regard.metrics.query import Query
from worlds import Ticket, Told, built, ticket

KEY = "first_response_time"
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}


def _asked(name: str, when: str, **more: Any) -> Ticket:
    return ticket(name, when, customer_id=f"of {name}", **more).asked(when)


def _told() -> list[Told]:
    return [
        _asked("good", "2026-03-02 09:00", team="east").said("10:00"),
        _asked("waiting", "2026-03-02 09:00", team="west"),
        _asked("merged", "2026-03-02 09:00", team="east")
        .set("merged_into", "good", "09:30")
        .said("09:40"),
        _asked("spam", "2026-03-02 09:00", team="east", demand="spam").said("09:40"),
        _asked("chat", "2026-03-02 09:00", team="west", channel="chat").said("09:01"),
        ticket("ours", "2026-03-02 09:00", team="east", created_by="ann")
        .said("09:00")
        .said("09:30"),
        _asked("old", "2026-02-28 09:00", team="east").said("2026-03-01 09:00"),
        _asked("young", "2026-03-31 09:00", team="east").said("2026-04-01 09:00"),
        ticket("end", "2026-04-20 09:00"),
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """One of each kind."""
    folder = built(tmp_path_factory.mktemp("beside") / "desk", *_told())
    with open_reader(folder) as opened:
        yield opened


def _found(reader: Reader, vendor: str, **said: str) -> Beside:
    return beside(Query.parse(KEY, {**MARCH, **said}), vendor, reader)


def _why(found: Beside) -> tuple[dict[str, int], dict[str, int]]:
    ours, theirs = (
        {why_only(one, "en"): one.tickets for one in those}
        for those in (found.only_ours, found.only_theirs)
    )
    return ours, theirs


def test_every_ticket_that_one_alone_counts_has_a_reason(reader: Reader) -> None:
    found = _found(reader, "zendesk")
    ours, theirs = _why(found)
    assert found.both == 2
    assert ours == {"no public answer by a person yet": 1}
    assert theirs == {
        "merged into another ticket": 1,
        "not among what it counts, all tickets with a customer's message, unanswered ones "
        "among them": 1,
        "telephone or live chat: split by channel": 1,
    }


def test_who_is_counted_adds_up_to_the_cases(reader: Reader) -> None:
    found = _found(reader, "zendesk")
    for side, only in ((found.ours, found.only_ours), (found.theirs, found.only_theirs)):
        (part,) = side.parts
        assert part.estimate.n == found.both + sum(one.tickets for one in only)


def test_what_is_dated_otherwise_says_so(reader: Reader) -> None:
    found = _found(reader, "chatwoot")
    ours, theirs = _why(found)
    assert ours["dated into another period"] == 1
    assert theirs["dated into another period"] == 1


def test_a_split_that_lets_rows_in_lets_them_in_here(reader: Reader) -> None:
    found = _found(reader, "zendesk", by="channel")
    assert "telephone or live chat: split by channel" not in _why(found)[1]
    assert found.both == 3
    assert {part.by["channel"] for part in found.theirs.parts} == {"chat", None}


def test_parts_of_a_period_are_measured_on_both_sides(reader: Reader) -> None:
    found = _found(reader, "zendesk", by="month")
    assert [part.by["month"] for part in found.ours.parts] == ["2026-03"]
    assert [part.by["month"] for part in found.theirs.parts] == ["2026-03"]
    assert found.both == 2


def test_a_filter_holds_for_both(reader: Reader) -> None:
    found = _found(reader, "zendesk", where="team=west")
    assert (found.ours.parts[0].estimate.n, found.theirs.parts[0].estimate.n) == (1, 1)
    assert found.both == 0


def test_a_scope_holds_for_both(reader: Reader) -> None:
    query = Query.parse(KEY, MARCH)
    found = beside(query, "zendesk", reader, Scope(teams=("west",)))
    assert (found.ours.parts[0].estimate.n, found.theirs.parts[0].estimate.n) == (1, 1)


def test_an_earlier_instant_is_seen_by_both(reader: Reader) -> None:
    found = _found(reader, "zendesk", as_of="2026-03-02T09:45:00Z")
    # Only the chat, the merged one and our own had been answered by then.
    assert found.theirs.parts[0].estimate.n == 3
    assert found.both == 0


def test_ours_is_what_asking_gives(reader: Reader) -> None:
    assert _found(reader, "intercom").ours == ask(Query.parse(KEY, MARCH), reader)


def test_without_the_tables_there_is_no_data_on_either_side(reader: Reader) -> None:
    found = beside(Query.parse("sla_attainment", {}), "chatwoot", reader)
    assert found.theirs.lacking == found.ours.lacking == ("sla_target|sla_policy",)
    assert found.theirs.parts[0].estimate.value is None
    assert (found.both, found.only_ours, found.only_theirs) == (0, (), ())
