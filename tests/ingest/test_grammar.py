"""A mapping that cannot be meant is refused with the place and the nearest word."""

from pathlib import Path

import pytest

from regard.core.errors import RegardError
from regard.core.schema import table, tables
from regard.ingest.grammar import load_mapping, mapping_names, parse_mapping
from regard.ingest.mapping import EventLog

EVENTS = 'form = "events"\ncase = "id"\nat = "at"\n'
ROWS = 'form = "rows"\n[[rows]]\ntable = "cost"\n[rows.columns]\ncost_id = "id"\n'
STATUS = '[[change]]\nfield = "status"\n'


@pytest.mark.parametrize("name", mapping_names())
def test_every_shipped_mapping_says_what_it_is_and_fills_known_tables(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.says
    assert set(mapping.tables()) <= set(tables())
    assert mapping.reads()
    assert mapping.text.startswith("#")


def test_the_shipped_mappings_are_found_by_name() -> None:
    assert {"bpic2013", "helpdesk_italian", "technion", "uci_incident"} <= set(mapping_names())


def test_a_wrong_name_gets_a_hint() -> None:
    with pytest.raises(RegardError, match="Did you mean 'technion'"):
        load_mapping("technoin")


def test_a_mapping_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(EVENTS)
    mapping = load_mapping(str(path))
    assert (mapping.name, mapping.source) == ("mine", "mine")
    assert isinstance(mapping.form, EventLog)
    with pytest.raises(RegardError, match="no mapping file"):
        load_mapping("none.toml")


FAULTS = {
    "no TOML": ("a = = b", "not TOML"),
    "no form": ('says = "x"', "'form' in mapping desk"),
    "a wrong form": ('form = "event"', "Did you mean 'events'"),
    "an unknown key": (EVENTS + 'zonne = "UTC"', "Did you mean 'zone'"),
    "a key of the other form": (ROWS.replace("[[rows]]", 'case = "x"\n[[rows]]'), "'case'"),
    "no case": ('form = "events"\nat = "x"', "does not say 'case'"),
    "an unknown column of the ticket": (EVENTS + '[ticket]\npriorty = "p"', "'priority'"),
    "an unknown field": (EVENTS + '[[change]]\nfield = "state"\nvalue = "s"', "'state'"),
    "a field twice": (EVENTS + (STATUS + 'value = "s"\n') * 2, "stands in two"),
    "a change without value": (EVENTS + STATUS, "does not say its value"),
    "an unknown status": (
        EVENTS + STATUS + 'value = { column = "s", map = { x = "resolved" } }',
        "status called 'resolved'. Did you mean 'solved'",
    ),
    "a strange pair of statuses": (
        EVENTS + STATUS + 'value = { column = "s", map = { x = "open+solved" } }',
        "'solved\\+closed'",
    ),
    "an unknown status in first": (
        EVENTS + STATUS + 'value = "s"\nfirst = { x = "nwe" }',
        "Did you mean 'new'",
    ),
    "an unknown kind of actor": (
        EVENTS + STATUS + 'value = "s"\nactor_kind = { value = "robot" }',
        "'robot'",
    ),
    "an unknown table": (ROWS.replace('"cost"', '"costs"'), "Did you mean 'cost'"),
    "an unknown column": (ROWS + 'amount = "x"', "Did you mean 'amount_minor'"),
    "rows without their name": (ROWS.replace("cost_id", "team"), "lack 'cost_id'"),
    "no rows": ('form = "rows"', r"no \[\[rows\]\]"),
    "an unknown zone": (EVENTS + 'zone = "Europe/Warszawa"', "IANA"),
    "an unknown encoding": (EVENTS + 'encoding = "utf-9"', "utf-9"),
    "an unknown letter of a date": (EVENTS + 'formats = ["%Q"]', "%Q"),
    "two letters of delimiter": (EVENTS + 'delimiter = ";;"', "one character"),
    "an unknown key of a value": (ROWS + 'team = { colum = "x" }', "Did you mean 'column'"),
    "a value of nothing": (ROWS + 'team = { join = "x" }', "must have one of"),
    "a value of two things": (ROWS + 'team = { column = "x", value = "y" }', "must have one of"),
    "a number for a column": (ROWS + "team = 3", "the name of a column"),
    "an unknown test": (ROWS + 'team = { column = "x", when = { a = { over = 1 } } }', "'over'"),
    "a broken pattern": (ROWS + 'team = { column = "x", when.a.matches = "(" }', "'\\('"),
    "a table for a list": (EVENTS + '[change]\nfield = "status"', r"\[\[change\]\]"),
    "a text for a flag": (EVENTS + 'strict = "yes"', "true or false"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_mapping_is_told_with_its_place(fault: str) -> None:
    text, said = FAULTS[fault]
    with pytest.raises(RegardError, match=said):
        parse_mapping(text, "desk")


def test_a_mapping_knows_every_column_it_reads() -> None:
    mapping = load_mapping("technion")
    assert "vru+line" in mapping.reads()
    assert {"ser_time", "q_time", "server", "vru_entry"} <= mapping.reads()
    assert set(mapping.tables()) == {"call", "call_leg"}
    assert table("call").identity == ("call_id",)
