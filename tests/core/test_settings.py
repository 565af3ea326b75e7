"""What a regard.toml may say, and what it is told when it says something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.settings import Settings, parse_settings, settings_text

LANGUAGES = st.sampled_from(["en", "pl", "ms", "ar", "bg"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


def test_an_empty_file_means_the_defaults() -> None:
    assert parse_settings("") == Settings()


@given(
    st.builds(
        Settings,
        name=TEXTS,
        zone=st.sampled_from(["UTC", "Europe/Warsaw", "Asia/Kuala_Lumpur"]),
        language=LANGUAGES,
        languages=st.lists(LANGUAGES, min_size=1, unique=True).map(tuple),
        currency=st.sampled_from(["EUR", "PLN"]),
        sources=st.lists(TEXTS, max_size=3).map(tuple),
        bots=st.lists(TEXTS, max_size=3).map(tuple),
        people=st.lists(TEXTS, max_size=3).map(tuple),
    )
)
def test_what_is_written_is_read_again(settings: Settings) -> None:
    assert parse_settings(settings_text(settings)) == settings


def test_a_wrong_key_gets_a_hint() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'language'\?"):
        parse_settings('langauge = "en"')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('zone = "Europe/Warsav"', "Did you mean 'Europe/Warsaw'?"),
        ('language = "xx"', "There is no language .* called 'xx'"),
        ('languages = ["en", "xx"]', "There is no language .* called 'xx'"),
        ('currency = "euro"', "three capitals"),
        ("name = 5", "name in regard.toml is '5'"),
        ('bots = "b1"', "a list of texts"),
        ("name = ", "cannot be read"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(text: str, says: str) -> None:
    with pytest.raises(RegardError, match=says):
        parse_settings(text)


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(BadValue):
        parse_settings('name = " "')


@pytest.mark.parametrize("said", ["2 GB", "800MB", "1.5 TB", ""])
def test_a_build_may_be_told_how_much_memory_its_engine_may_hold(said: str) -> None:
    assert parse_settings(f'memory = "{said}"').memory == said


@pytest.mark.parametrize("said", ["2", "much", "2 GB; DROP TABLE x", "-1 GB", "2 gigabytes"])
def test_a_memory_that_is_no_size_is_refused_with_what_it_was(said: str) -> None:
    with pytest.raises(BadValue) as found:
        parse_settings(f'memory = "{said}"')
    assert said in str(found.value)
    assert "2 GB" in str(found.value)
