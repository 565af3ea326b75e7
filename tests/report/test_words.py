"""Every way to split has a name, and every value of ours has words, in each language."""

import pytest

from regard.core.events.tickets import TARGETS
from regard.core.i18n import languages
from regard.facts.fact import facts
from regard.facts.promises import STATES
from regard.report.words import SPLITS, VALUES, split_name, value_name


def test_every_way_to_split_has_a_name() -> None:
    declared = {name for one in facts().values() for name in (*one.dimensions, *one.words)}
    assert declared - set(SPLITS) == set()


def test_every_promise_and_state_of_one_has_words() -> None:
    assert set(VALUES["target"]) == set(TARGETS)
    assert set(VALUES["state"]) == set(STATES)


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_names_and_values_are_in_the_readers_language(language: str) -> None:
    assert split_name("target", language) != split_name("target", "en")
    assert value_name("state", "missed", language) != value_name("state", "missed", "en")
    # What a source calls its own team is no word of ours.
    assert value_name("team", "missed", language) == "missed"
