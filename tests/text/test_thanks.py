"""A mere thanks is told from a turn that waits for an answer, and never the other way round."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from regard.text.reading import text_readers
from regard.text.thanks import VERSION, read_thanks

SAMPLES = Path(__file__).parent.parent / "samples" / "thanks"
LANGUAGES = ("en", "pl", "ms", "ar", "bg")


def labelled(language: str) -> Iterator[tuple[str, str]]:
    """Label and message of each line of a language's sentences."""
    for line in (SAMPLES / f"{language}.txt").read_text("utf-8").splitlines():
        label, _, text = line.partition("\t")
        yield label, text.replace("\\n", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_turn_is_taken_for_a_thanks_and_most_thanks_are_seen(language: str) -> None:
    said = list(labelled(language))
    thanks = [text for label, text in said if label == "yes"]
    turns = [text for label, text in said if label == "no"]
    assert len(set(said)) == len(said) >= 60
    assert len(thanks) >= 25
    assert len(turns) >= 35
    assert [text for text in turns if read_thanks(text).value == "yes"] == []
    missed = [text for text in thanks if read_thanks(text).value != "yes"]
    assert 1 - len(missed) / len(thanks) >= 0.85, missed


def test_letters_typed_otherwise_are_read_alike() -> None:
    for typed in (
        "DZIĘKUJĘ",
        "dziekuje",
        "Dzie\u0328kuje\u0328",
        "ｔｈａｎｋｓ",
        "THANKS",
        "thaaaaanks",
    ):
        assert read_thanks(typed).value == "yes", typed
    for typed in ("شُكْرًا", "شكـــرا", "شكرًا", "وشكرا", "\u200fشكرا\u200f", "ﺷﻜﺮﺍ"):
        assert read_thanks(typed).value == "yes", typed
    for typed in ("благодаря", "blagodarya", "blagodaria", "blagodarq", "БЛАГОДАРЯ"):
        assert read_thanks(typed).value == "yes", typed


def test_what_is_quoted_below_says_nothing_and_what_is_answered_below_counts() -> None:
    for head in (
        "On Tue, 4 Mar 2025 at 10:12\nSupport <help@shop.example> wrote:",
        "W dniu wt., 4 mar 2025 o 10:12 Pomoc <help@shop.example> napisał(a):",
        "Pada 4 Mac 2025, Sokongan menulis:",
        "في الثلاثاء، 4 مارس 2025 كتب الدعم <help@shop.example>:",
        "На вт, 4.03.2025 г. Поддръжка <help@shop.example> написа:",
        "-----Original Message-----",
        "From: Support <help@shop.example>",
    ):
        quoted = f"\n\n{head}\nDoes it work now? Order 1234.\n"
        assert read_thanks(f"Thanks!{quoted}").value == "yes", head
        assert read_thanks(quoted).value is None, head
        assert read_thanks(f"Thanks!\n\n{head}\n> Well?\n\nStill broken.").value == "no", head


def test_lines_that_only_look_like_a_quotation_are_read() -> None:
    for line in (
        "Sent via courier today, confirm.",
        "From: now on I want a call",
        "On Monday your colleague wrote:\nI would get a refund",
        "Wysłane z paczkomatu, gdzie jest",
        "-----\nIt still fails",
    ):
        assert read_thanks(f"Thanks!\n{line}").value != "yes", line


def test_a_signature_belongs_to_a_thanks_and_a_phone_number_makes_it_doubtful() -> None:
    assert (
        read_thanks("Thank you!\n-- \nJane Miller\nHead of Buying\n+44 20 7946 0000").value == "yes"
    )
    assert read_thanks("Dziękuję\n\nWysłane z telefonu Samsung").value == "yes"
    assert read_thanks("Thank you! +44 20 7946 0000").value == "no"


def test_capitals_are_names_only_where_names_stand() -> None:
    assert read_thanks("Thank you, Becky.").value == "yes"
    assert read_thanks("Thank you Becky").certainty < read_thanks("Thank you").certainty
    for text in (
        "Thank You Very Useless",
        "THANKS CROOKS",
        "Thank you. Useless.",
        "Thank you useless",
    ):
        assert read_thanks(text).value != "yes", text


def test_signs_alone_and_words_alone_that_may_answer_something_are_unsure() -> None:
    for text in (
        "",
        "  \n",
        "👍",
        "🙏🙏",
        "ok",
        "great",
        "perfect!",
        "dobrze",
        "تمام",
        "добре",
        "baik",
    ):
        assert read_thanks(text).value is None, text
    assert read_thanks("👍 thanks").value == "yes"


def test_very_long_and_very_strange_texts_are_read_at_once() -> None:
    for text in (
        "thanks " * 41,
        "thank you so much " * 9 + "qqq",
        "a" * 100_000,
        "\n> " * 20_000,
        "((((" * 80,
        "On 1 x wrote:\n" * 3000 + ">",
    ):
        assert read_thanks(text).value != "yes"


def test_the_reader_is_declared_with_its_version() -> None:
    reader = text_readers()["thanks"]
    assert (reader.version, reader.read) == (VERSION, read_thanks)


# --- real words ------------------------------------------------------------------------------


def yes(texts: list[str]) -> list[str]:
    return [text for text in texts if read_thanks(text).value == "yes"]


@pytest.mark.real
def test_no_question_to_a_bank_is_a_thanks(shared_data: Path) -> None:
    english = pd.read_csv(shared_data / "types/banking77_train.csv").text.tolist()
    arabic = pd.read_csv(shared_data / "types/arbanking77_train.csv.gz").text.tolist()
    assert (len(english), len(arabic)) == (10_003, 21_559)
    assert yes(english) == []
    assert yes(arabic) == []


@pytest.mark.real
def test_among_150_intents_only_thanks_and_goodbyes_are_thanks(shared_data: Path) -> None:
    with gzip.open(shared_data / "types/clinc150_train_val.json.gz", "rt") as file:
        said = [pair for part in json.load(file).values() for pair in part]
    assert len(said) == 18_200
    found = [intent for text, intent in said if yes([text])]
    # The one goodbye is a "thanks, bye".
    assert {intent: found.count(intent) for intent in found} == {"thank_you": 65, "goodbye": 1}


@pytest.mark.real
def test_no_negative_tweet_about_an_airline_is_a_thanks(shared_data: Path) -> None:
    tweets = pd.read_csv(shared_data / "feedback/airline_tweets.csv.gz")
    counts = tweets[
        tweets.text.map(lambda text: bool(yes([text])))
    ].airline_sentiment.value_counts()
    assert (tweets.airline_sentiment == "negative").sum() == 9178
    assert counts.get("negative", 0) == 0
    assert counts["positive"] > 150


@pytest.mark.real
def test_thanks_in_tweets_to_companies_were_each_judged(shared_data: Path) -> None:
    tweets = pd.read_csv(shared_data / "feedback/twcs_sample.csv", dtype=str)
    found = yes(tweets[tweets.inbound == "True"].text.tolist())
    # Each was read: thanks or content, one with a joke about who is thanked.
    assert len(found) == 41
