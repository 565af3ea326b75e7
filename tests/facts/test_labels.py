"""The one demand label of a ticket, and what the source calls it: first match, last word."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worlds import built, fact_table, ticket

NINE = "2026-03-02 09:00"
WORLD = (
    ticket("plain", NINE),
    ticket("spam", NINE, demand="spam"),
    ticket("merged from the start", NINE, merged_into="plain"),
    ticket("merged later", NINE).set("merged_into", "plain", "10:00"),
    # The order is: test, spam, merged, duplicate, internal, automated, redirected, real.
    ticket("spam and merged", NINE, demand="spam", merged_into="plain"),
    ticket("merged and a duplicate", NINE, demand="duplicate", merged_into="plain"),
    ticket("a duplicate and sent on", NINE, demand="duplicate", team="first")
    .opened("09:30")
    .to_team("second", "10:00"),
    ticket("sent on", NINE, team="first").opened("09:30").to_team("second", "10:00"),
    ticket("spam, then not", NINE, demand="spam").set("demand", "real", "10:00"),
    ticket("spam, taken back", NINE, demand="spam").set("demand", None, "10:00"),
    ticket("a test at last", NINE)
    .set("demand", "internal", "10:00", ordinal=1)
    .set("demand", "test", "10:00", ordinal=2),
    # Ordinals count within one instant: the later instant wins over the greater ordinal.
    ticket("within one second", NINE)
    .set("demand", "spam", "10:00:00.200000", ordinal=7)
    .set("demand", "internal", "10:00:00.900000", ordinal=1),
    ticket("labels without an order", NINE)
    .set("demand", "spam", "10:00", ordinal=None)
    .set("demand", "internal", "11:00", ordinal=None),
    ticket("a kind of its own", NINE, type="billing").set("type", "delivery", "10:00"),
)


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of these in one workspace."""
    return built(tmp_path_factory.mktemp("labels"), *WORLD)


@pytest.fixture(scope="module", name="rows")
def _rows(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The tickets by name."""
    return {row["ticket_id"]: row for row in fact_table(folder, "ticket_fact").to_pylist()}


@pytest.mark.parametrize(
    ("name", "demand"),
    [
        ("plain", "real"),
        ("spam", "spam"),
        ("merged from the start", "merged"),
        ("merged later", "merged"),
        ("spam and merged", "spam"),
        ("merged and a duplicate", "merged"),
        ("a duplicate and sent on", "duplicate"),
        ("sent on", "redirected"),
        ("spam, then not", "real"),
        ("spam, taken back", "real"),
        ("a test at last", "test"),
        ("within one second", "internal"),
        ("labels without an order", "internal"),
    ],
)
def test_each_ticket_has_one_label_by_first_match(
    rows: Mapping[str, Mapping[str, Any]], name: str, demand: str
) -> None:
    assert rows[name]["demand"] == demand


def test_the_kind_of_matter_is_the_last_one_said(rows: Mapping[str, Mapping[str, Any]]) -> None:
    assert rows["a kind of its own"]["type"] == "delivery"


@pytest.mark.parametrize(
    ("name", "demand"),
    [
        ("spam", "spam"),
        # A merged ticket keeps its label here: what was said in it was said once.
        ("merged later", "real"),
        ("merged and a duplicate", "duplicate"),
        ("spam, taken back", "real"),
        ("within one second", "internal"),
        ("labels without an order", "internal"),
    ],
)
def test_every_event_of_a_ticket_bears_its_last_label(folder: Path, name: str, demand: str) -> None:
    rows = fact_table(folder, "ticket_event_fact").to_pylist()
    assert {row["demand"] for row in rows if row["ticket_id"] == name} == {demand}
