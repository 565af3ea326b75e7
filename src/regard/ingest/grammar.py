"""The TOML of mappings: read, checked against the event model, and told where it errs."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from regard.core import schema
from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.events import tickets
from regard.ingest import clock
from regard.ingest.files import check_encoding
from regard.ingest.keys import (
    Toml,
    check_format,
    check_keys,
    flag_of,
    pattern_of,
    strings_of,
    table_of,
    tables_of,
    text_of,
    texts_of,
    word_of,
)
from regard.ingest.mapping import (
    ANY_UNKNOWN,
    Block,
    Change,
    Choice,
    Condition,
    EventLog,
    Figure,
    FileMap,
    Links,
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
    "optional",
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
    "links",
    "message",
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
    "without",
]
WORDS_OF = ("subject", "text")
"""Keys of [message] that are words, and so columns of message_text."""
CONDITION_KEYS = ["is", "not", "above", "below", "matches", "missing"]
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": tickets.STATUSES,
    "demand": tickets.DEMANDS,
    "actor_kind": tickets.ACTORS,
    "reason": tickets.CLOSE_REASONS,
    "channel": tickets.CHANNELS,
}
"""Closed lists of words, by the field whose map must lead into them."""


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
    form = word_of(said, "form", ("events", "rows"), f"mapping {name}")
    own = EVENT_KEYS if form == "events" else ROW_KEYS
    check_keys(said, [*SHARED_KEYS, *own], f"mapping {name}")
    zone, formats = text_of(said, "zone"), texts_of(said, "formats") or ("iso",)
    if zone:
        clock.zone_rules(zone)
    for one in formats:
        check_format(one)
    encoding = text_of(said, "encoding") or "utf-8"
    check_encoding(encoding)
    delimiter = text_of(said, "delimiter")
    if len(delimiter) > 1:
        raise BadValue("The delimiter", delimiter, "one character")
    return FileMap(
        name=name,
        says=text_of(said, "says"),
        source=text_of(said, "source") or name,
        form=_event_log(said) if form == "events" else _blocks(said),
        text=text,
        missing=("", *texts_of(said, "missing")),
        zone=zone,
        formats=formats,
        encoding=encoding,
        delimiter=delimiter,
        strict=flag_of(said, "strict"),
        optional=texts_of(said, "optional"),
    )


# --- the two forms ---------------------------------------------------------------------------


def _event_log(said: Toml) -> EventLog:
    for key in ("case", "at"):
        if key not in said:
            raise RegardError(f"The mapping does not say '{key}'. Name the column it stands in.")
    team, agent = table_of(said, "team"), table_of(said, "agent")
    message = table_of(said, "message")
    changes = tuple(_change(change) for change in tables_of(said, "change"))
    fields = [change.name for change in changes]
    for name in fields:
        if fields.count(name) > 1:
            raise RegardError(f"The field '{name}' stands in two [[change]]. Join them in one.")
    return EventLog(
        case=_case(said["case"]),
        at=_choice(said["at"], "at"),
        ordered=flag_of(said, "ordered"),
        activity=text_of(said, "activity"),
        ticket=_columns(table_of(said, "ticket"), "ticket"),
        changes=changes,
        team=_named(team, "team", "tier"),
        tiers=tuple(_tier(tier) for tier in tables_of(team, "tier")),
        agent=_named(agent, "agent", "bots"),
        bots=texts_of(agent, "bots"),
        customer=_named(table_of(said, "customer"), "customer"),
        figures=tuple(_figure(figure) for figure in tables_of(said, "figure")),
        links=_links(table_of(said, "links")),
        message=_columns(_without(message, "when", *WORDS_OF), "message"),
        words=_columns({key: message[key] for key in WORDS_OF if key in message}, "message_text"),
        spoken=_conditions(message.get("when", {})),
    )


def _named(said: Toml, where: str, *more: str) -> Choice:
    """What names a team, an agent or a customer: a column, on the rows where all holds."""
    check_keys(said, ["column", "when", *more], f"[{where}]")
    return _choice(_without(said, *more), f"[{where}]") if said else ()


def _links(said: Toml) -> Links | None:
    if not said:
        return None
    check_keys(said, ["parent", "children", "between"], "[links]")
    if "parent" not in said:
        raise RegardError("[links] does not say 'parent'. Name the column of what a row answers.")
    parent, children = (_choice(said.get(key), f"[links] {key}") for key in ("parent", "children"))
    return Links(parent, children, text_of(said, "between") or ",")


def _without(said: Toml, *keys: str) -> Toml:
    return {key: value for key, value in said.items() if key not in keys}


def _case(said: Any) -> Value:
    if isinstance(said, dict):
        check_keys(said, ["column", "columns", "join", "without"], "case")
        return _value(said, "case", "")
    columns = (said,) if isinstance(said, str) else tuple(said)
    return Value(columns=strings_of(columns, "case"))


def _change(said: Toml) -> Change:
    where = "[[change]]"
    check_keys(
        said, ["field", "value", "first", "restates", "actor", "actor_kind", "reason"], where
    )
    name = word_of(said, "field", tickets.CHANGE_FIELDS, where)
    if "value" not in said:
        raise RegardError(f"The [[change]] of {name} does not say its value. Name a column.")
    first = {key.casefold(): text for key, text in _map(said.get("first", {}), name).items()}
    kind = {"actor_kind": "actor_kind", "reason": "reason", "actor": ""}
    more = {key: _choice(said.get(key), key, words) for key, words in kind.items()}
    value = _choice(said["value"], f"{where} {name}", name)
    return Change(name, value, first, texts_of(said, "restates"), **more)


def _tier(said: Toml) -> Tier:
    check_keys(said, ["matches", "tier"], "[[team.tier]]")
    return Tier(pattern_of(text_of(said, "matches")), int(said.get("tier", 1)))


def _figure(said: Toml) -> Figure:
    check_keys(said, ["name", "value", "take"], "[[figure]]")
    take = word_of({"take": "max"} | dict(said), "take", ("max", "last"), "[[figure]]")
    return Figure(text_of(said, "name"), _choice(said.get("value"), "[[figure]] value"), take)


def _blocks(said: Toml) -> tuple[Block, ...]:
    blocks = []
    for block in tables_of(said, "rows"):
        check_keys(block, ["table", "when", "columns"], "[[rows]]")
        table = schema.table(text_of(block, "table"))
        columns = _columns(table_of(block, "columns"), table.name)
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
    check_keys(said, VALUE_KEYS, where)
    columns = [*texts_of(said, "column"), *texts_of(said, "columns")]
    columns += [said[key] for key in ("date", "time") if key in said]
    constant = said.get("value")
    if sum((bool(columns), constant is not None, "latest" in said)) != 1:
        raise RegardError(f"{where} must have one of: column, columns, date, value, latest.")
    for form in texts_of(said, "formats"):
        check_format(form)
    if "zone" in said:
        clock.zone_rules(said["zone"])
    found = _map(said["map"], words) if "map" in said else None
    if constant is not None:
        _check_words([str(constant)], words)
    return Value(
        columns=strings_of(columns, where),
        join=" " if "date" in said else said.get("join", "/"),
        constant=None if constant is None else str(constant),
        map=None if found is None else {key.casefold(): text for key, text in found.items()},
        unknown=word_of({"unknown": "quarantine"} | said, "unknown", ANY_UNKNOWN, where),
        null_when=texts_of(said, "null_when"),
        when=_conditions(said.get("when", {})),
        formats=texts_of(said, "formats"),
        zone=said.get("zone", ""),
        rolls_after=said.get("rolls_after", ""),
        latest=tuple(_choice(one, where) for one in said.get("latest", ())),
        times=int(said.get("times", 1)),
        without=pattern_of(text_of(said, "without")),
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
        return Condition(column, among=texts_of({"is": test}, "is"))
    check_keys(test, CONDITION_KEYS, f"the condition on {column}")
    return Condition(
        column,
        among=texts_of(test, "is"),
        not_among=texts_of(test, "not"),
        above=test.get("above"),
        below=test.get("below"),
        matches=pattern_of(test.get("matches", "")),
        missing=test.get("missing"),
    )
