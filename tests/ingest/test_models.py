"""A workspace teaches its readers from its own labels, and what they read becomes rows."""

import random
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from regard.core.errors import UnknownName
from regard.core.schema import Row, table
from regard.core.settings import Settings, settings_text
from regard.ingest import models
from regard.ingest.lessons import lessons_of
from regard.ingest.models import newest_version, readers_of, train
from regard.ingest.parcel import Parcel
from regard.ingest.plain import stored_schema
from regard.ingest.readings import counts, refresh
from regard.ingest.run import run_import
from regard.store.store import Store, open_store
from regard.text import learning
from regard.text.learning import learn
from regard.text.lessons import TooFewLessons
from worlds import at

WORDS = {
    "delivery": ["parcel", "courier", "shipping", "tracking", "delivered", "doorstep"],
    "login": ["password", "login", "locked", "code", "account", "reset"],
}
NOON = at("2026-03-02 12:00")


def told(kind: str, n: int) -> str:
    """Words about a kind of matter, never twice the same."""
    rng = random.Random(f"{kind} {n}")
    said = [*rng.sample(WORDS[kind], 3), *rng.choices(["please", "my", "the", "help"], k=3)]
    return " ".join([*said, *(rng.choice("abcdefgh") * 3 for _ in range(2))])


def ticket(name: str, text: str, kind: str | None = None, **more: Any) -> dict[str, list[Row]]:
    """Rows of a ticket that a customer began with these words, of a type or of none."""
    sent = {"ticket_id": name, "message_id": "1"}
    made = {
        "ticket": [{"ticket_id": name, "type": kind, "created_at": NOON, **more}],
        "message": [{**sent, "author_kind": "customer", "sent_at": NOON}],
        "message_text": [{**sent, "text": text}],
    }
    return rows_of(made)


def rows_of(made: Mapping[str, Any]) -> dict[str, list[Row]]:
    return {
        name: [table(name).row(source="desk", **values) for values in listed]
        for name, listed in made.items()
    }


def parcel(*parts: dict[str, list[Row]]) -> Parcel:
    rows: dict[str, list[Row]] = {}
    for part in parts:
        for name, listed in part.items():
            rows.setdefault(name, []).extend(listed)
    made = {
        name: pa.Table.from_pylist(
            [{key: row[key] for key in stored_schema(name).names} for row in listed],
            schema=stored_schema(name),
        )
        for name, listed in rows.items()
    }
    return Parcel("desk", tuple(made), made, 1, 1)


def labelled(count: int = 60) -> list[dict[str, list[Row]]]:
    """Tickets with a type, half of each."""
    return [
        ticket(f"{kind}{n}", told(kind, n), kind) for n in range(count) for kind in sorted(WORDS)
    ]


def read(store: Store, kind: str) -> dict[tuple[str, str, str, str], str | None]:
    """Readings of a kind by subject, its identity, and version."""
    with store.snapshot() as snapshot:
        rows = snapshot.table("reading").to_pyarrow().to_pylist()
    return {
        (row["subject"], row["subject_id"], row["part"], row["version"]): row["value"]
        for row in rows
        if row["kind"] == kind
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


@pytest.fixture
def taught(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with labelled tickets, from which the types were learnt, by n-grams alone."""
    monkeypatch.setattr(models, "learn", partial(learn, compare=False))
    run_import([parcel(*labelled())], store, tmp_path)
    train("type", store, tmp_path)
    return store


def test_a_ticket_without_a_type_is_read_by_its_first_words(taught: Store, tmp_path: Path) -> None:
    late = rows_of(
        {
            "message": [
                {"ticket_id": "x", "message_id": "0", "author_kind": "agent"},
                {
                    "ticket_id": "x",
                    "message_id": "2",
                    "author_kind": "customer",
                    "sent_at": at("2026-03-03 12:00"),
                },
            ],
            "message_text": [
                {"ticket_id": "x", "message_id": "0", "text": told("login", 900)},
                {"ticket_id": "x", "message_id": "2", "text": told("login", 901)},
            ],
        }
    )
    run_import([parcel(ticket("x", told("delivery", 700)), late)], taught, tmp_path)
    assert read(taught, "type") == {("ticket", "x", "", "101"): "delivery"}


def test_types_that_a_source_tells_are_not_read_again(taught: Store, tmp_path: Path) -> None:
    changed = rows_of(
        {
            "ticket_change": [
                {"ticket_id": "y", "change_id": "1", "at": NOON, "field": "type", "value": "login"}
            ]
        }
    )
    run_import(
        [
            parcel(
                ticket("x", told("delivery", 700), "login"),
                ticket("y", told("delivery", 701)),
                ticket("z", told("login", 702)),
                changed,
            )
        ],
        taught,
        tmp_path,
    )
    assert read(taught, "type") == {("ticket", "z", "", "101"): "login"}
    assert refresh(taught, tmp_path) == 0


def test_later_messages_leave_a_tickets_type_and_changed_words_make_it_anew(
    taught: Store, tmp_path: Path
) -> None:
    run_import([parcel(ticket("x", told("delivery", 700)))], taught, tmp_path)
    second = {"ticket_id": "x", "message_id": "2", "author_kind": "customer"}
    later = rows_of(
        {
            "message": [{**second, "sent_at": at("2026-03-04 12:00")}],
            "message_text": [{"ticket_id": "x", "message_id": "2", "text": told("login", 3)}],
        }
    )
    run_import([parcel(later)], taught, tmp_path)
    assert read(taught, "type") == {("ticket", "x", "", "101"): "delivery"}
    words = {"ticket_id": "x", "message_id": "1", "text": told("login", 4)}
    run_import([parcel(rows_of({"message_text": [words]}))], taught, tmp_path)
    assert read(taught, "type") == {("ticket", "x", "", "101"): "login"}


def test_a_subject_line_belongs_to_the_first_words(taught: Store, tmp_path: Path) -> None:
    made = ticket("x", "see above")
    line = replace_words(made, subject="password reset locked account code")
    run_import([parcel(line)], taught, tmp_path)
    assert read(taught, "type") == {("ticket", "x", "", "101"): "login"}


def replace_words(made: dict[str, list[Row]], **more: str) -> dict[str, list[Row]]:
    return made | {"message_text": [{**row, **more} for row in made["message_text"]]}


def test_a_build_reads_what_was_there_before_the_head(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "learn", partial(learn, compare=False))
    run_import([parcel(*labelled(), ticket("x", told("login", 800)))], store, tmp_path)
    assert read(store, "type") == {}
    train("type", store, tmp_path)
    assert refresh(store, tmp_path) == 1
    assert read(store, "type") == {("ticket", "x", "", "101"): "login"}
    assert refresh(store, tmp_path) == 0
    assert counts(store)["type", "101"] == (1, 1)


def test_the_same_lessons_make_no_new_version_and_others_the_next(
    taught: Store, tmp_path: Path
) -> None:
    before = (tmp_path / "models" / "type-101.npz").read_bytes()
    _, version, new = train("type", taught, tmp_path)
    assert (version, new) == ("101", False)
    run_import([parcel(ticket("new", told("login", 950), "login"))], taught, tmp_path)
    _, version, new = train("type", taught, tmp_path)
    assert (version, new) == ("102", True)
    assert newest_version(tmp_path, "type") == "102"
    assert (tmp_path / "models" / "type-101.npz").read_bytes() == before


def test_two_workspaces_with_the_same_tickets_learn_the_same_bytes(
    taught: Store, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    again = open_store(other)
    run_import([parcel(*reversed(labelled()))], again, other)
    train("type", again, other)
    one, two = (folder / "models" / "type-101.npz" for folder in (tmp_path, other))
    assert one.read_bytes() == two.read_bytes()


def test_an_import_teaches_nothing(store: Store, tmp_path: Path) -> None:
    run_import([parcel(*labelled())], store, tmp_path)
    refresh(store, tmp_path)
    assert not (tmp_path / "models").exists()
    assert {one.kind for one in readers_of(tmp_path)} == {
        "complaint",
        "language",
        "sentiment",
        "thanks",
    }


def test_too_few_tickets_and_unknown_kinds_are_refused(store: Store, tmp_path: Path) -> None:
    run_import([parcel(*labelled(5))], store, tmp_path)
    with pytest.raises(TooFewLessons):
        train("type", store, tmp_path)
    with pytest.raises(UnknownName, match="sentiment"):
        train("sentimnt", store, tmp_path)


def test_spam_and_tests_teach_no_type(store: Store, tmp_path: Path) -> None:
    run_import(
        [
            parcel(
                ticket("a", "the parcel is late", "delivery", demand="spam"),
                ticket("b", "my login is locked", "login;account", demand="real"),
            )
        ],
        store,
        tmp_path,
    )
    with store.snapshot() as snapshot:
        found = list(lessons_of("type", snapshot))
    assert [(one.text, one.labels, one.at) for one in found] == [
        ("\nmy login is locked", ("login", "account"), NOON)
    ]


def test_scores_say_what_the_words_beside_them_mean(store: Store, tmp_path: Path) -> None:
    scored = [
        ("a", "csat", 5, 1, 5, False), ("b", "csat", 3, 1, 5, False), ("c", "csat", 1, 1, 5, False),
        ("d", "nps", 8, 0, 10, False), ("e", "nps", 6, 0, 10, False), ("f", "nps", 9, 0, 10, False),
        ("g", "ces", 1, 1, 7, True), ("h", "csat", 4, 1, 5, False), ("h", "nps", 2, 0, 10, False),
    ]  # fmt: skip
    names = ("response_id", "kind", "score", "scale_min", "scale_max", "scale_inverted")
    made = {
        "answer": [{**dict(zip(names, one, strict=True)), "question_id": one[1]} for one in scored],
        "review": [{"review_id": "r", "stars": 2, "scale_max": 5}],
        "words": [
            {"subject": "response", "subject_id": one, "part": "why", "text": f"words of {one}"}
            for one in "abcdefgh"
        ]
        + [{"subject": "review", "subject_id": "r", "part": "", "text": "words of r"}],
    }
    run_import([parcel(rows_of(made))], store, tmp_path)
    with store.snapshot() as snapshot:
        found = {one.text[-1]: one.labels[0] for one in lessons_of("sentiment", snapshot)}
    # h scored high and low in one answer: its words teach nothing.
    assert found == {
        "a": "positive", "b": "neutral", "c": "negative", "d": "neutral", "e": "negative",
        "f": "positive", "g": "positive", "r": "negative",
    }  # fmt: skip


def test_complaints_teach_by_what_carried_them(store: Store, tmp_path: Path) -> None:
    made = {
        "complaint": [
            {"complaint_id": "1", "carrier": "ticket", "carrier_id": "a"},
            {"complaint_id": "2", "carrier": "review", "carrier_id": "r"},
        ],
        "words": [
            {"subject": "complaint", "subject_id": "1", "part": "", "text": "w1"},
            {"subject": "review", "subject_id": "r", "part": "", "text": "w2"},
            {"subject": "review", "subject_id": "s", "part": "", "text": "w3"},
            {"subject": "post", "subject_id": "p", "part": "", "text": "w4"},
        ],
    }
    run_import([parcel(rows_of(made), ticket("a", "w5"), ticket("b", "w6"))], store, tmp_path)
    with store.snapshot() as snapshot:
        found = {one.text.strip(): one.labels[0] for one in lessons_of("complaint", snapshot)}
    # Nothing is known of posts: no complaint was ever taken from one.
    assert found == {"w1": "yes", "w2": "yes", "w3": "no", "w5": "yes", "w6": "no"}


def test_words_of_answers_and_reviews_are_read_under_their_own_identity(
    store: Store, tmp_path: Path
) -> None:
    said = "Excellent service, very friendly staff, I am really happy with everything."
    made = {
        "words": [
            {"subject": "response", "subject_id": "a", "part": "why", "text": said},
            {"subject": "review", "subject_id": "r", "part": "", "text": said},
            {"subject": "note", "subject_id": "n", "part": "", "text": said},
            {"subject": "post", "subject_id": "p", "part": "", "text": None},
        ]
    }
    run_import([parcel(rows_of(made))], store, tmp_path)
    assert read(store, "language") == {
        ("response", "a", "why", "001"): "en",
        ("review", "r", "", "001"): "en",
    }
    assert read(store, "thanks") == {}
    assert set(read(store, "sentiment").values()) == {"positive"}
    assert {*store.head().covers["desk"]} == {"words", "reading"}
    assert refresh(store, tmp_path) == 0


def test_other_languages_are_another_version(store: Store, tmp_path: Path) -> None:
    def languages(*wanted: str) -> str:
        settings = replace(Settings(), languages=wanted or Settings().languages)
        (tmp_path / "regard.toml").write_text(settings_text(settings), encoding="utf-8")
        return next(one.version for one in readers_of(tmp_path) if one.kind == "language")

    assert languages() == "001"
    assert languages("en", "pl") == "101"
    assert languages("pl", "en") == "101"
    assert languages("en", "bg") == "102"
    # The newest version is the one that counts, so going back is another one.
    assert languages() == "103"
    assert languages() == "103"


def test_a_reader_with_vectors_reads_what_a_head_of_them_says(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way with real vectors, of few texts."""
    monkeypatch.setattr(learning, "_compared", lambda *_: {"vectors_win": True})
    run_import([parcel(*labelled(52))], store, tmp_path)
    head, version, _ = train("type", store, tmp_path)
    assert head.features == "vectors"
    kept = next(one.read for one in readers_of(tmp_path) if one.kind == "type")
    assert version == "101"
    right = sum(kept(told(kind, n)).value == kind for kind in WORDS for n in range(600, 610))
    assert right >= 15
