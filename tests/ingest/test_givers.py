"""What would fill a table: every source says which it can, and its samples hold no other."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from regard.core.schema import tables
from regard.ingest.givers import FOUND, commands_for, givers, ways_to_fill
from regard.ingest.grammar import load_mapping
from regard.ingest.source import sources
from regard.metrics.metric import catalogue

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
READ: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "asterisk-queue-log": ("asterisk/queue_log", {}),
    "django-helpdesk": ("django_helpdesk", {}),
    "freshdesk": ("freshdesk", {}),
    "mbox": ("mbox/support.mbox", {"ours": ("acme.com",)}),
    "redmine": ("redmine", {}),
    "rt": ("rt", {}),
    "zendesk": ("zendesk_api", {}),
    "zendesk-tables": ("zendesk_tables", {}),
}
"""Where a sample of each source lies that has one, and what must be said besides."""
NOT_IN_SAMPLE: Mapping[str, set[str]] = {
    # The sample's tickets were never rated, and its tables hold no chats.
    "zendesk": {"invitation", "response", "answer"},
    "zendesk-tables": {"chat_session"},
}


@pytest.mark.parametrize("key", READ)
def test_a_source_fills_what_it_says_and_nothing_else(key: str) -> None:
    place, options = READ[key]
    one = sources()[key]
    assert one.parse is not None
    parcel = one.parse(SAMPLES / place, **options)
    covered = {name for each in (parcel, *parcel.also) for name in each.covers}
    assert covered == set(one.fills) - NOT_IN_SAMPLE.get(key, set())


@pytest.mark.parametrize("key", sources())
def test_what_a_source_fills_are_event_tables_each_once(key: str) -> None:
    one = sources()[key]
    assert one.fills
    assert len(set(one.fills)) == len(one.fills)
    assert set(one.fills) <= set(tables())


def test_a_web_servers_log_fills_reads_and_searches(tmp_path: Path) -> None:
    line = '{} - - [01/Mar/2026:10:00:00 +0000] "GET {} HTTP/1.1" 200 10 "-" "Mozilla/5.0"\n'
    log = tmp_path / "access.log"
    log.write_text(line.format("203.0.113.9", "/help/a") + line.format("203.0.113.9", "/find?q=b"))
    one = sources()["weblog"]
    assert one.parse is not None
    parcel = one.parse(log, articles=("/help/",), searches=("/find",))  # type: ignore[call-arg]
    assert set(parcel.covers) == set(one.fills)


def test_every_table_that_a_metric_needs_has_an_import_besides_our_own_tables() -> None:
    needed = {name for one in catalogue().values() for name in one.requires}
    for name in needed:
        assert commands_for(name)[0] != "regard import events DIR", name


def test_a_sheet_that_anybody_can_write_comes_first_and_then_what_tells_most() -> None:
    told = commands_for("ticket")
    assert told[0] == "regard import tabular FILE --map messages"
    assert told[1] == "regard import zendesk DIR"
    assert "regard import imap --url URL --ours TEXT" in told


def test_a_folder_of_our_own_tables_is_named_where_nothing_else_would_do() -> None:
    assert "regard import events DIR" not in commands_for("ticket")
    assert commands_for("touch_point") == ("regard import events DIR",)


def test_mappings_of_published_data_are_no_way_to_fill_anything() -> None:
    said = {one.command for one in givers()}
    assert load_mapping("telco").layout == "published"
    assert "regard import tabular FILE --map telco" not in said
    assert "regard import tabular FILE --map subscriptions" in said


def test_of_two_tables_either_will_do() -> None:
    assert commands_for("subscription|order")[:2] == (
        "regard import tabular FILE --map orders",
        "regard import tabular FILE --map subscriptions",
    )


def test_what_is_found_in_words_comes_with_the_words() -> None:
    assert set(FOUND) == {"reading"}
    assert "regard import zendesk DIR" in ways_to_fill(("reading",))["reading"]
    assert set(commands_for("words")) <= set(commands_for("reading"))
