"""Of random small companies: nothing of a random customer is left, and all else is as it was."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erase.people import told
from erase.searching import found_on_disk, rows_left
from regard.core.schema import Row
from regard.core.settings import Settings
from regard.facts.customers import same_person
from regard.ingest import erasing
from regard.ingest.erased import key_text
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.run import run_import
from regard.store import marks
from regard.store.erasing import find
from regard.store.store import open_store
from regard.store.workspace import init_workspace

START = datetime(2026, 3, 2, tzinfo=UTC)
SYLLABLES = ("qua", "zor", "vex", "ñim", "żło", "ﺑط", "brü", "xyl")
EXAMPLES = int(os.environ.get("REGARD_COMPANIES", "3"))
IDS = ("mail", "phone", "number", "handle")


@dataclass(frozen=True)
class Human:
    """One person: how each system knows them, and what they said."""

    mail: str
    phone: str
    handle: str
    ids: tuple[str, ...]
    words: tuple[str, ...]
    names_other: int

    def id_in(self, system: int, place: int) -> str:
        """Their id in a system."""
        ways = {"mail": self.mail, "phone": self.phone, "handle": self.handle}
        return ways.get(self.ids[system], str(70_000 + 100 * system + place))

    @property
    def sought(self) -> tuple[str, ...]:
        """What nobody may find of them."""
        return (self.mail, self.phone, self.phone[-9:], self.handle, *self.words)


@st.composite
def companies(draw: st.DrawFn) -> tuple[list[Human], int]:
    """Some people in two systems, and which of them is to be erased."""
    people = []
    for place in range(draw(st.integers(2, 4))):
        stem = "".join(draw(st.lists(st.sampled_from(SYLLABLES[:3]), min_size=2, max_size=3)))
        word = "".join(draw(st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=4)))
        digits = draw(st.integers(600_000_000, 699_999_999))
        people.append(
            Human(
                f"{stem}.n{place}w@mail.example",
                f"+48{digits // 10}{place}",
                f"{stem}{place}h",
                draw(st.tuples(*[st.sampled_from(IDS)] * 2)),
                tuple(f"{word}{place}w{number}" for number in range(2)),
                draw(st.integers(0, 3)),
            )
        )
    return people, draw(st.integers(0, len(people) - 1))


def parcels_of(people: Sequence[Human]) -> list[Parcel]:
    """A ticket with two messages a person and system, some about others; and rows put aside."""
    made = []
    for system in range(2):
        tickets, messages, texts, identities, rejects = [], [], [], [], []
        for place, human in enumerate(people):
            who, ticket = human.id_in(system, place), f"ticket-{place}"
            at = START + timedelta(hours=place)
            other = people[human.names_other % len(people)]
            tickets.append({"ticket_id": ticket, "customer_id": who, "created_at": at})
            said = [
                f"{human.words[0]} of {other.mail}, {other.phone[3:6]} {other.phone[6:]}",
                f"{human.words[1]} (see @{other.handle}, {other.phone})",
            ]
            for number, text in enumerate(said):
                name = {"ticket_id": ticket, "message_id": f"m{number}"}
                told_by = {"author": who, "author_kind": "customer", "public": True}
                messages.append({**name, **told_by, "sent_at": at})
                texts.append({**name, "text": text})
            identities += [
                {"customer_id": who, "kind": kind, "address": address}
                for kind, address in (
                    ("mail", human.mail),
                    ("phone", human.phone),
                    ("handle", f"@{human.handle}"),
                )
            ]
            raw: dict[str, Any] = {"Nr": ticket, "When": "never", "Text": human.words[system]}
            rejects.append(Reject(place + 1, "no instant", "When", "never", raw))
        rows = told(
            f"system{system}",
            ticket=tickets,
            message=messages,
            message_text=texts,
            customer_identity=identities,
        )
        origin = Origin(f"of {people[0].mail}.csv")
        count = len(people)
        made.append(
            Parcel(f"system{system}", tuple(rows), rows, count, count, tuple(rejects), (), origin)
        )
    return made


def expected(rows: dict[str, list[Row]], gone: set[str], key: str, human: Human) -> dict[str, Any]:
    """Rows as they should be: hers without words and under pseudonyms, others' as they were but
    for her addresses."""
    stands = {
        text: marks.stand_in(key, text) for text in (*gone, human.mail, human.phone, human.handle)
    }
    tickets = {
        (row["source"], row["ticket_id"]) for row in rows["ticket"] if row["customer_id"] in gone
    }
    left: dict[str, Any] = {}
    for name, stored in rows.items():
        left[name] = []
        for row in stored:
            made = {key_: stands.get(value, value) for key_, value in row.items()}
            if name == "message_text":
                hers = (row["source"], row["ticket_id"]) in tickets
                made["text"] = None if hers else without(row["text"], human)
            left[name].append(made)
    return {name: sorted(map(repr, stored)) for name, stored in left.items()}


def without(text: str, human: Human) -> str:
    for address in (human.mail, f"{human.phone[3:6]} {human.phone[6:]}", human.phone):
        text = text.replace(address, "[erased]")
    return text.replace(f"@{human.handle}", "[erased]")


def erase(folder: Path, whom: str) -> set[str]:
    """Erase one person; their ids."""
    store = open_store(folder)
    with store.snapshot() as snapshot:
        customers = same_person(snapshot, whom)
    gone = find(store, store.head(), customers, START.isoformat())
    erasing.begin(folder, store, gone, store.head().version)
    assert erasing.finish(folder, store) == ()
    return {id_ for _, id_ in customers}


@settings(max_examples=EXAMPLES, deadline=None)
@given(company=companies())
def test_nothing_of_one_is_left_and_nothing_of_others_is_lost(
    company: tuple[list[Human], int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    people, victim = company
    human, folder = people[victim], tmp_path_factory.mktemp("random") / "w"
    init_workspace(folder, Settings(name="Random"))
    parcels = parcels_of(people)
    for parcel in parcels:
        run_import([parcel], open_store(folder), folder)
    assert {word for _, word in found_on_disk(folder, human.sought)} >= {human.mail, human.phone}
    before = rows_left(folder)
    gone = erase(folder, f"system0/{human.id_in(0, victim)}")
    assert gone == {human.id_in(system, victim) for system in range(2)}
    others = [word for one in people if one is not human for word in (*one.sought, *one.sought[:2])]
    assert found_on_disk(folder, human.sought, others) == set()
    after = rows_left(folder)
    assert {name: sorted(map(repr, rows)) for name, rows in after.items()} == expected(
        before, gone, key_text(folder), human
    )
    kept = (folder / "quarantine" / "1.jsonl").read_text(encoding="utf-8")
    assert all((one.words[0] in kept) == (one is not human) for one in people)
    for parcel in parcels:
        run_import([parcel], open_store(folder), folder)
    assert found_on_disk(folder, human.sought, others) == set()
    assert rows_left(folder) == after
    shutil.rmtree(folder)
