"""Types of matter that are new, gone or surging, and texts without a type, from a small world."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from metrics.small import Row, at, message, ticket, workspace
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ALL, Scope, rows
from regard.insight.kinds import types
from regard.insight.signal import Signal
from regard.insight.unnamed import unnamed
from regard.insight.watch import Watched, warnings, watches
from regard.report.sentences import say_sentence

FIRST, DAYS = date(2025, 1, 6), 300
LAST = FIRST + timedelta(days=DAYS)
NEW, SURGE, GONE = (FIRST + timedelta(days=n) for n in (230, 200, 260))
NAMES = ("newcomers", "surges", "risers", "vanished")
PAIRING = [
    "The router does not pair with my phone since the update.",
    "Since the update pairing with my phone fails.",
    "My phone cannot pair with the camera any more.",
    "Bluetooth pairing between phone and router breaks off.",
    "I cannot pair the thermostat with my phone.",
    "Pairing with the phone does not work after the update.",
]
OTHERS = [
    "Where is my parcel?",
    "Do you sell gift cards?",
    "I want my money back for the lamp.",
    "Please send the invoice for May again.",
    "How do I cancel my subscription?",
    "Your driver was rude to me.",
]


def _world() -> dict[str, list[Row]]:
    """Two or three of each type a day; pairing without a type in the last month only."""
    events: dict[str, list[Row]] = {"ticket": [], "message": [], "message_text": []}
    for n in range(DAYS):
        day = FIRST + timedelta(days=n)
        many = {"billing": 2 + n % 2, "login": 2}
        many["app"] = 0 if day >= GONE else 2
        many["alarm"] = 2 if day >= NEW else 0
        many["billing"] += 20 if SURGE <= day < SURGE + timedelta(days=3) else 0
        for kind, count in many.items():
            events["ticket"] += [
                ticket(f"{day} {kind} {k}", f"{day} 09:0{k % 10}", type=kind) for k in range(count)
            ]
    told = [(260 - 10 * n, text) for n, text in enumerate(OTHERS)]
    told += [(285 + n, text) for n, text in enumerate(PAIRING)]
    for n, text in told:
        name, when = f"untyped {n}", at(f"{FIRST + timedelta(days=n)} 10:00")
        events["ticket"].append(ticket(name, when))
        events["message"].append(message(name, 1, when, "customer"))
        words = {"ticket_id": name, "message_id": f"{name}-1", "text": text}
        events["message_text"].append(words)
    return events


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: Any) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("kinds") / "w"
    workspace(folder, _world(), covers=("ticket", "ticket_change", "message", "message_text"))
    with open_reader(folder) as reader:
        yield reader


def looked(reader: Reader, until: date = LAST, since: date = FIRST) -> list[Signal]:
    """What the watches of types find by a day."""
    watched = Watched(reader, since, until)
    return [one for name in NAMES for one in watches()[name].look(watched).signals]


def test_what_came_over_the_types_is_found_with_its_days(reader: Reader) -> None:
    found = {(one.kind, dict(one.where)["type"]): one for one in looked(reader)}
    assert set(found) == {("newcomer", "alarm"), ("surge", "billing"), ("vanished", "app")}
    assert found["newcomer", "alarm"].began == NEW
    surge = found["surge", "billing"]
    assert surge.began is not None
    assert SURGE - timedelta(days=2) <= surge.began <= SURGE
    assert surge.until == SURGE + timedelta(days=3)
    assert found["vanished", "app"].began == GONE
    for one in found.values():
        assert one.told is not None
        assert one.began is not None
        assert 0 <= (one.told - one.began).days <= 14


def test_the_rows_behind_a_signal_are_its_tickets(reader: Reader) -> None:
    for one in looked(reader):
        behind = rows(one.evidence, reader)
        assert {row["type"] for row in behind.rows} == {dict(one.where)["type"]}
        if one.kind != "vanished":
            assert behind.total == one.seen.value == one.cost


def test_what_is_told_by_a_day_does_not_hang_on_later_days(reader: Reader) -> None:
    whole = [(o.kind, o.where, o.began, o.told) for o in looked(reader)]
    for until in (SURGE + timedelta(days=1), NEW + timedelta(days=6), GONE + timedelta(days=20)):
        then = [(o.kind, o.where, o.began, o.told) for o in looked(reader, until)]
        assert then == [one for one in whole if one[3] is not None and one[3] < until]


def test_only_what_was_told_in_the_days_looked_at_is_told(reader: Reader) -> None:
    since = GONE - timedelta(days=1)
    assert [one.kind for one in looked(reader, since=since)] == ["vanished"]


def test_questions_are_counted_whatever_their_answers(reader: Reader) -> None:
    asked = {
        name: watches()[name].look(Watched(reader, FIRST, FIRST + timedelta(days=150))).asked
        for name in NAMES
    }
    # Three types by then; 150 days are six stretches of 28 and one of a year.
    assert asked == {"newcomers": 3, "surges": 18, "risers": 18, "vanished": 3}


def test_signals_stand_together_and_are_said(reader: Reader) -> None:
    told = warnings(Watched(reader, FIRST, LAST), NAMES)
    said = [say_sentence(one.says, "en") for one in told]
    assert len(said) == 3
    assert any("alarm" in one and "7 Sept 2025" not in one for one in said)
    assert all("{" not in one for one in said)


def test_the_list_of_types_says_share_course_and_standing(reader: Reader) -> None:
    found = types(reader, LAST - timedelta(days=28), LAST)
    by_name = {one.type: one for one in found.kinds}
    stands = {name: one.standing.what if one.standing else "" for name, one in by_name.items()}
    assert stands == {"billing": "", "login": "", "alarm": "newcomer", "app": "vanished"}
    assert by_name["login"].weekly == (14, 14, 14, 14)
    assert by_name["login"].tickets == 56
    assert found.untyped == len(PAIRING)
    told = found.to_json()
    assert told["types"][0]["type"] == "billing"
    assert told["types"][-1] | {"share": 0} == {
        "type": "app",
        "share": 0,
        "tickets": 0,
        "weekly": [0, 0, 0, 0],
        "standing": told["types"][-1]["standing"],
    }


def test_a_scope_without_tickets_sees_no_types(reader: Reader) -> None:
    nothing = Scope(teams=("nobody",))
    assert types(reader, LAST - timedelta(days=28), LAST, nothing).kinds == ()
    assert unnamed(reader, LAST - timedelta(days=28), LAST, nothing) == ()


def test_texts_are_shown_to_those_who_may_see_them(reader: Reader) -> None:
    since = LAST - timedelta(days=28)
    shown = unnamed(reader, since, LAST, Scope(may_see_text=True))
    for one in shown:
        assert one.late <= len(one.tickets)
        assert one.typical
        assert one.to_json()["size"] == len(one.tickets)
    hidden = watches()["unnamed"].look(Watched(reader, since, LAST, ALL))
    assert hidden.asked == len(shown)
    assert all("typical" not in one.says.filled for one in hidden.signals)
