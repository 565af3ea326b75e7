"""What people write in the demo: in five languages, varied, fit to be told apart by kind."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from regard.core.registry import declared
from regard.demo.company import company
from regard.demo.kinds import KINDS
from regard.demo.phrases.book import GAPS, MARK, book, slipped
from regard.demo.phrases.phrase import Phrases
from regard.ingest.addresses import normalise
from regard.ingest.frame import Log
from regard.text.thanks import read_thanks

Company = Mapping[str, pa.Table]
Rows = list[dict[str, Any]]
SPOKEN: list[Phrases] = list(declared("regard.demo.phrases", "PHRASES"))


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


@pytest.fixture(scope="module", name="first")
def _first(demo: Company) -> list[tuple[dict[str, Any], str]]:
    """Written tickets with their customer's first words."""
    words = {(r["ticket_id"], r["message_id"]): r["text"] for r in demo["message_text"].to_pylist()}
    return [
        (row, words[row["ticket_id"], "1"])
        for row in demo["ticket"].to_pylist()
        if row["channel"] != "phone"
    ]


def test_every_message_has_words(demo: Company) -> None:
    keys = [
        [(row["ticket_id"], row["message_id"]) for row in demo[name].to_pylist()]
        for name in ("message", "message_text")
    ]
    assert keys[0] == keys[1]
    assert all(row["text"].strip() for row in demo["message_text"].to_pylist())


def test_no_gap_is_left_open(demo: Company) -> None:
    for row in demo["message_text"].to_pylist():
        assert "{" not in row["text"] + (row["subject"] or "")


def test_words_are_in_the_language_of_the_ticket(
    first: list[tuple[dict[str, Any], str]],
) -> None:
    letters = {"bg": "абвгдежзийклмнопрстуфхцчшщъьюя", "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"}
    seen = Counter(row["language"] for row, _ in first)
    assert set(seen) == {"en", "pl", "ms", "ar", "bg"}
    for row, text in first:
        for language, alphabet in letters.items():
            assert any(sign in alphabet for sign in text) == (row["language"] == language)


def test_customers_from_germany_write_english(demo: Company) -> None:
    german = [row for row in demo["ticket"].to_pylist() if row["country"] == "DE"]
    assert len(german) > 100
    assert {row["language"] for row in german} == {"en"}


def test_hardly_two_first_messages_are_the_same(
    first: list[tuple[dict[str, Any], str]],
) -> None:
    real = [text for row, text in first if row["demand"] is None]
    assert len(set(real)) > 0.85 * len(real)


def test_words_tell_the_kind_of_matter_but_not_by_one_word(
    first: list[tuple[dict[str, Any], str]],
) -> None:
    """Read by what words are usual in each kind, most are told apart, by far not all."""
    real = [(r["type"], t.lower().split()) for r, t in first if r["language"] == "en"]
    taught, asked = real[::2], real[1::2]
    usual: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, said in taught:
        usual[kind].update(set(said))
    sizes = Counter(str(kind) for kind, _ in taught)

    def guess(said: list[str]) -> str:
        return max(
            sizes, key=lambda k: sum(usual[k][w] / sizes[k] / (1 + _kinds(usual, w)) for w in said)
        )

    right = sum(kind == guess(said) for kind, said in asked) / len(asked)
    assert 0.6 < right < 0.99
    for kind in (kind for kind in sizes if sizes[kind] > 20):
        told = [word for word in usual[kind] if usual[kind][word] == sizes[kind]]
        assert all(_kinds(usual, word) > 1 for word in told), kind


def _kinds(usual: dict[str, Counter[str]], word: str) -> int:
    return sum(word in found for found in usual.values())


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda one: one.language)
def test_thanks_are_read_as_thanks_and_nothing_else_is(spoken: Phrases) -> None:
    assert all(read_thanks(text).value == "yes" for text in spoken.thanks)
    for text in (*spoken.additions, *spoken.answers, *spoken.chasers, *spoken.returns):
        assert read_thanks(text).value != "yes", text


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda one: one.language)
def test_a_language_has_sentences_for_every_kind(spoken: Phrases) -> None:
    for kind in KINDS:
        assert len(spoken.openings[kind.name]) >= (8 if kind.share else 5)
        assert spoken.solutions[kind.name]
        assert spoken.subjects[kind.name]
    english = next(one for one in SPOKEN if one.language == "en")
    for name, said in vars(english).items():
        if isinstance(said, tuple):
            assert len(vars(spoken)[name]) == len(said), name


@pytest.mark.parametrize("spoken", SPOKEN, ids=lambda one: one.language)
def test_gaps_are_those_that_are_filled(spoken: Phrases) -> None:
    for said in vars(spoken).values():
        texts = (
            [text for group in said.values() for text in group] if isinstance(said, dict) else said
        )
        for text in texts:
            assert text.count("{") == len(MARK.findall(text))


def test_a_slip_of_the_pen_exchanges_two_letters_and_leaves_gaps_alone() -> None:
    text = "When will the {product} I ordered be sent to {place}?"
    slip = slipped(text)
    assert slip != text
    assert sorted(slip) == sorted(text)
    assert all(f"{{{gap}}}" in slip for gap in ("product", "place"))
    assert slipped("{order} ok") == "{order} ok"


def test_sentences_of_a_pool_are_cut_at_their_gaps() -> None:
    pool = book().pool("openings")
    row = int(pool.start[book().languages.index("en") * len(KINDS)])
    parts = [pool.literals[0][row].as_py()]
    for number, slots in enumerate(pool.slots):
        if slots[row]:
            parts.append(f"{{{GAPS[slots[row] - 1]}}}")
        parts.append(pool.literals[number + 1][row].as_py())
    assert "".join(parts).strip() == "My parcel {order} has still not arrived after {days} days."


def test_chats_are_queued_taken_or_left(demo: Company) -> None:
    created = {row["ticket_id"]: row for row in demo["ticket"].to_pylist()}
    said: dict[str, Rows] = defaultdict(list)
    for row in demo["message"].to_pylist():
        said[row["ticket_id"]].append(row)
    chats = demo["chat_session"].to_pylist()
    taken = [chat for chat in chats if chat["accepted_at"]]
    left = [chat for chat in chats if chat["left_at"]]
    assert len(taken) > 100
    assert 0.02 < len(left) / len(chats) < 0.3
    for chat in chats:
        ticket = created[chat["ticket_id"]]
        assert ticket["channel"] == "chat"
        assert chat["started_at"] == ticket["created_at"]
        assert chat["customer_id"] == ticket["customer_id"]
        assert not (chat["accepted_at"] and chat["left_at"])
    for chat in taken:
        first = next(
            m for m in said[chat["ticket_id"]] if m["author_kind"] == "agent" and m["public"]
        )
        assert (chat["first_line_at"], chat["agent"]) == (first["sent_at"], first["author"])
        assert chat["started_at"] < chat["queued_at"] <= chat["accepted_at"]
        assert chat["accepted_at"] <= chat["first_line_at"]


def test_customers_are_known_by_mail_and_some_by_more(demo: Company) -> None:
    size = demo["customer"].num_rows
    kinds = Counter(demo["customer_identity"]["kind"].to_pylist())
    assert kinds["mail"] == size
    assert kinds["phone"] / size == pytest.approx(0.6, abs=0.05)
    assert kinds["external"] / size == pytest.approx(0.4, abs=0.05)
    assert kinds["handle"] / size == pytest.approx(0.15, abs=0.05)
    address = demo["customer_identity"]["address"].to_pylist()
    assert len(set(address)) == len(address)
    log = Log()
    given = {"customer_identity": demo["customer_identity"].drop_columns(["import_number"])}
    assert normalise(given, "PL", log)["customer_identity"] == given["customer_identity"]
    assert log.findings() == ()
