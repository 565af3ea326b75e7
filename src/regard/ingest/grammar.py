"""The TOML of mappings: read, checked against the event model, and told where it errs."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from regard.core import schema
from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.events import tickets
from regard.ingest import clock
from regard.ingest.files import check_encoding
from regard.ingest.mapping import (
    ANY_UNKNOWN,
    Block,
    Change,
    Choice,
    Condition,
    EventLog,
    Figure,
    FileMap,
    Tier,
    Value,
)

SHIPPED = Path(__file__).resolve().parent / "mappings"
SHARED_KEYS = [
    "says",
    "source",
    "form",
    "missing",
    "zone",
    "formats",
    "encoding",
    "delimiter",
    "strict",
]
EVENT_KEYS = [
    "case",
    "at",
    "ordered",
    "activity",
    "ticket",
    "change",
    "team",
    "agent",
    "customer",
    "figure",
]
ROW_KEYS = ["rows"]
VALUE_KEYS = [
    "column",
    "columns",
    "join",
    "value",
    "map",
    "unknown",
    "null_when",
    "when",
    "formats",
    "zone",
    "date",
    "time",
    "rolls_after",
    "latest",
    "times",
]
CONDITION_KEYS = ["is", "not", "above", "below", "matches", "missing"]
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": tickets.STATUSES,
    "demand": tickets.DEMANDS,
    "actor_kind": tickets.ACTORS,
    "reason": tickets.CLOSE_REASONS,
}
"""Closed lists of words, by the field whose map must lead into them."""
Toml = Mapping[str, Any]


def mapping_names() -> tuple[str, ...]:
    """The mappings that are shipped."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load_mapping(name: str) -> FileMap:
    """The shipped mapping of that name, or the one in the file of that path (NAME.toml)."""
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise RegardError(f"There is no mapping file {name}. Check the path.")
        return parse_mapping(path.read_text("utf-8"), path.stem)
    if name not in mapping_names():
        raise UnknownName("mapping", name, mapping_names())
    return parse_mapping((SHIPPED / f"{name}.toml").read_text("utf-8"), name)


def parse_mapping(text: str, name: str) -> FileMap:
    """A mapping from its TOML. Whatever it cannot mean is an error that says where."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegardError(f"Mapping {name} is not TOML: {error}. Mend that line.") from None
    form = _word(said, "form", ("events", "rows"), f"mapping {name}")
    own = EVENT_KEYS if form == "events" else ROW_KEYS
    _only(said, [*SHARED_KEYS, *own], f"mapping {name}")
    zone, formats = _text(said, "zone"), _texts(said, "formats") or ("iso",)
    if zone:
        clock.zone_rules(zone)
    for one in formats:
        _check_format(one)
    encoding = _text(said, "encoding") or "utf-8"
    check_encoding(encoding)
    delimiter = _text(said, "delimiter")
    if len(delimiter) > 1:
        raise BadValue("The delimiter", delimiter, "one character")
    return FileMap(
        name=name,
        says=_text(said, "says"),
        source=_text(said, "source") or name,
        form=_event_log(said) if form == "events" else _blocks(said),
        text=text,
        missing=("", *_texts(said, "missing")),
        zone=zone,
        formats=formats,
        encoding=encoding,
        delimiter=delimiter,
        strict=_flag(said, "strict"),
    )


# --- the two forms ---------------------------------------------------------------------------


def _event_log(said: Toml) -> EventLog:
    for key in ("case", "at"):
        if key not in said:
            raise RegardError(f"The mapping does not say '{key}'. Name the column it stands in.")
    team, agent = _table(said, "team"), _table(said, "agent")
    _only(team, ["column", "tier"], "[team]")
    _only(agent, ["column", "bots"], "[agent]")
    customer = _table(said, "customer")
    _only(customer, ["column"], "[customer]")
    changes = tuple(_change(change) for change in _tables(said, "change"))
    fields = [change.name for change in changes]
    for name in fields:
        if fields.count(name) > 1:
            raise RegardError(f"The field '{name}' stands in two [[change]]. Join them in one.")
    return EventLog(
        case=_case(said["case"]),
        at=_choice(said["at"], "at"),
        ordered=_flag(said, "ordered"),
        activity=_text(said, "activity"),
        ticket=_columns(_table(said, "ticket"), "ticket"),
        changes=changes,
        team=_text(team, "column"),
        tiers=tuple(_tier(tier) for tier in _tables(team, "tier")),
        agent=_text(agent, "column"),
        bots=_texts(agent, "bots"),
        customer=_text(customer, "column"),
        figures=tuple(_figure(figure) for figure in _tables(said, "figure")),
    )


def _case(said: Any) -> Value:
    columns = (said,) if isinstance(said, str) else tuple(said)
    return Value(columns=_strings(columns, "case"))


def _change(said: Toml) -> Change:
    where = "[[change]]"
    _only(said, ["field", "value", "first", "restates", "actor", "actor_kind", "reason"], where)
    name = _word(said, "field", tickets.CHANGE_FIELDS, where)
    if "value" not in said:
        raise RegardError(f"The [[change]] of {name} does not say its value. Name a column.")
    first = {key.casefold(): text for key, text in _map(said.get("first", {}), name).items()}
    kind = {"actor_kind": "actor_kind", "reason": "reason", "actor": ""}
    more = {key: _choice(said.get(key), key, words) for key, words in kind.items()}
    value = _choice(said["value"], f"{where} {name}", name)
    return Change(name, value, first, _texts(said, "restates"), **more)


def _tier(said: Toml) -> Tier:
    _only(said, ["matches", "tier"], "[[team.tier]]")
    return Tier(_pattern(_text(said, "matches")), int(said.get("tier", 1)))


def _figure(said: Toml) -> Figure:
    _only(said, ["name", "value", "take"], "[[figure]]")
    take = _word({"take": "max"} | dict(said), "take", ("max", "last"), "[[figure]]")
    return Figure(_text(said, "name"), _choice(said.get("value"), "[[figure]] value"), take)


def _blocks(said: Toml) -> tuple[Block, ...]:
    blocks = []
    for block in _tables(said, "rows"):
        _only(block, ["table", "when", "columns"], "[[rows]]")
        table = schema.table(_text(block, "table"))
        columns = _columns(_table(block, "columns"), table.name)
        for name in table.identity:
            if name not in columns and name != "valid_from":
                raise RegardError(
                    f"The rows of {table.name} lack '{name}', which names a row. Say its column."
                )
        blocks.append(Block(table.name, columns, _conditions(block.get("when", {}))))
    if not blocks:
        raise RegardError("The mapping has no [[rows]]. Say at least one table.")
    return tuple(blocks)


def _columns(said: Toml, table: str) -> dict[str, Choice]:
    known = schema.table(table)
    named = {}
    for name, value in said.items():
        known.column(name)
        words = name if name in WORDS or name.endswith("_kind") else ""
        named[name] = _choice(value, f"{table}.{name}", words)
    return named


# --- values ----------------------------------------------------------------------------------


def _choice(said: Any, where: str, words: str = "") -> Choice:
    if said is None:
        return ()
    return tuple(_value(one, where, words) for one in (said if isinstance(said, list) else [said]))


def _value(said: Any, where: str, words: str) -> Value:
    if isinstance(said, str):
        return Value(columns=(said,))
    if not isinstance(said, dict):
        raise BadValue(where, said, "the name of a column, or a table that says more")
    _only(said, VALUE_KEYS, where)
    columns = [*_texts(said, "column"), *_texts(said, "columns")]
    columns += [said[key] for key in ("date", "time") if key in said]
    constant = said.get("value")
    if sum((bool(columns), constant is not None, "latest" in said)) != 1:
        raise RegardError(f"{where} must have one of: column, columns, date, value, latest.")
    for form in _texts(said, "formats"):
        _check_format(form)
    if "zone" in said:
        clock.zone_rules(said["zone"])
    found = _map(said["map"], words) if "map" in said else None
    if constant is not None:
        _check_words([str(constant)], words)
    return Value(
        columns=_strings(columns, where),
        join=" " if "date" in said else said.get("join", "/"),
        constant=None if constant is None else str(constant),
        map=None if found is None else {key.casefold(): text for key, text in found.items()},
        unknown=_word({"unknown": "quarantine"} | said, "unknown", ANY_UNKNOWN, where),
        null_when=_texts(said, "null_when"),
        when=_conditions(said.get("when", {})),
        formats=_texts(said, "formats"),
        zone=said.get("zone", ""),
        rolls_after=said.get("rolls_after", ""),
        latest=tuple(_choice(one, where) for one in said.get("latest", ())),
        times=int(said.get("times", 1)),
    )


def _map(said: Any, words: str) -> dict[str, str]:
    if not isinstance(said, dict):
        raise BadValue("A value map", said, "a table of texts")
    found = {str(key): str(value) for key, value in said.items()}
    _check_words(found.values(), words)
    return found


def _check_words(values: Iterable[str], words: str) -> None:
    known = WORDS.get("actor_kind" if words.endswith("_kind") else words)
    if known is None:
        return
    for value in values:
        parts = value.split("+") if words == "status" else [value]
        for part in parts:
            if part and part not in known:
                raise UnknownName(words.replace("_", " "), part, known)
        if len(parts) > 1 and value != "solved+closed":
            raise BadValue("A combined status", value, "'solved+closed', the only one there is")


def _conditions(said: Any) -> tuple[Condition, ...]:
    if not isinstance(said, dict):
        raise BadValue("A condition", said, "a table of columns and what must hold of them")
    return tuple(_condition(column, test) for column, test in said.items())


def _condition(column: str, test: Any) -> Condition:
    if not isinstance(test, dict):
        return Condition(column, among=_texts({"is": test}, "is"))
    _only(test, CONDITION_KEYS, f"the condition on {column}")
    return Condition(
        column,
        among=_texts(test, "is"),
        not_among=_texts(test, "not"),
        above=test.get("above"),
        below=test.get("below"),
        matches=_pattern(test.get("matches", "")),
        missing=test.get("missing"),
    )


# --- plain readers ---------------------------------------------------------------------------


def _only(said: Toml, known: Iterable[str], where: str) -> None:
    for key in said:
        if key not in known:
            raise UnknownName(f"key of {where}", key, known)


def _text(said: Toml, key: str) -> str:
    value = said.get(key, "")
    if not isinstance(value, str):
        raise BadValue(f"'{key}'", value, "a text")
    return value


def _flag(said: Toml, key: str) -> bool:
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise BadValue(f"'{key}'", value, "true or false")
    return value


def _texts(said: Toml, key: str) -> tuple[str, ...]:
    value = said.get(key, [])
    return tuple(str(one) for one in (value if isinstance(value, list) else [value]))


def _strings(values: Iterable[Any], where: str) -> tuple[str, ...]:
    found = tuple(values)
    for value in found:
        if not isinstance(value, str):
            raise BadValue(where, value, "the name of a column")
    return found


def _word(said: Toml, key: str, known: Iterable[str], where: str) -> str:
    value = _text(said, key)
    if value not in known:
        raise UnknownName(f"'{key}' in {where}", value, known)
    return value


def _table(said: Toml, key: str) -> Toml:
    value = said.get(key, {})
    if not isinstance(value, dict):
        raise BadValue(f"'{key}'", value, f"a table, as in [{key}]")
    return value


def _tables(said: Toml, key: str) -> list[Toml]:
    value = said.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadValue(f"'{key}'", value, f"a list of tables, as in [[{key}]]")
    return value


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise BadValue("The pattern", text, f"a regular expression ({error})") from None
    return text


def _check_format(form: str) -> None:
    if form not in clock.EPOCHS:
        clock.pattern(form)
