"""The heads that ship read the demo, are silent about what they do not know, and are small."""

from collections import Counter

import pytest

from regard.demo.company import company
from regard.ingest.lessons import TEACHERS, with_all
from regard.text import complaint, sentiment
from regard.text.reading import text_readers
from regard.text.shipped import FOLDER, shipped_head, shipped_path

HAPPY = {
    "en": "Excellent service, the staff were so friendly, I love it.",
    "pl": "Doskonała obsługa, bardzo miła pani, gorąco polecam wszystkim.",
    "ms": "Perkhidmatan cemerlang, kakitangan sangat mesra, saya puas hati.",
    "ar": "خدمة ممتازة، شكرا جزيلا على المساعدة، كل شيء رائع",
    "bg": "Отлично обслужване, екипът беше много любезен, препоръчвам.",
}
UNHAPPY = {
    "en": "Terrible service, the staff were very rude, a waste of my time.",
    "pl": "Fatalna obsługa, nie polecam nikomu, strata czasu.",
    "ms": "Perkhidmatan sangat teruk, saya sangat kecewa, membuang masa.",
    "ar": "خدمة سيئة جدا، لا أنصح أحدا، مضيعة للوقت",
    "bg": "Ужасно обслужване, никой не отговаря, никога повече.",
}


@pytest.mark.parametrize("language", HAPPY)
def test_plain_words_of_content_and_discontent_are_never_mistaken(language: str) -> None:
    read = text_readers()["sentiment"].read
    assert read(HAPPY[language]).value in (sentiment.POSITIVE, None)
    assert read(UNHAPPY[language]).value in (sentiment.NEGATIVE, None)


def test_most_of_them_are_read() -> None:
    read = text_readers()["sentiment"].read_many
    said = [one.value for one in read([*HAPPY.values(), *UNHAPPY.values()])]
    assert sum(value is not None for value in said) >= 7


def test_words_that_a_head_has_never_seen_say_nothing() -> None:
    for text in (
        "The quarterly throughput of our biochemical reactors doubled in Lisbon.",
        "Wingardium leviosa expelliarmus lumos nox",
        "Der Kundendienst war leider furchtbar langsam und unfreundlich",
    ):
        assert text_readers()["sentiment"].read(text).value is None, text


@pytest.mark.parametrize(
    ("kind", "precise", "covered"), [("sentiment", 0.75, 0.6), ("complaint", 0.9, 0.9)]
)
def test_the_demo_of_another_seed_is_read_well(kind: str, precise: float, covered: float) -> None:
    # In the demo one sentence may stand beside 6 or 7 of 10: who is neutral is not in the words.
    rows = company(seed=41, tickets=400, months=3)
    teach, _ = TEACHERS[kind]
    lessons = list(teach(with_all(kind, rows)))
    read = text_readers()[kind].read_many([one.text for one in lessons])
    pairs = [(one.value, lesson.labels[0]) for one, lesson in zip(read, lessons, strict=True)]
    said = [(value, label) for value, label in pairs if value is not None]
    assert len(lessons) > 30
    assert len(said) / len(lessons) >= covered, Counter(pairs)
    assert sum(value == label for value, label in said) / len(said) >= precise, Counter(pairs)


def test_shipped_heads_are_small_and_as_versions_say() -> None:
    for module in (sentiment, complaint):
        path = shipped_path(module.KIND, module.VERSION)
        assert path.stat().st_size < 300_000
        head = shipped_head(module.KIND, module.VERSION)
        assert (head.kind, head.familiar) == (module.KIND, 0.5)
    assert {path.suffix for path in FOLDER.iterdir()} == {".npz"}
