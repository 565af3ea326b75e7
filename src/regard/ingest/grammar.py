"""The TOML of mappings: read, checked against the event model, and told where it errs."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa

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
from regard.ingest.lined import split
from regard.ingest.mapping import (
    ANY_LAYOUT,
    ANY_REPEATS,
    Block,
    Change,
    Choice,
    EventLog,
    Figure,
    FileMap,
    Links,
    Tier,
    Value,
)
from regard.ingest.value_grammar import choice_of, conditions_of, map_of, value_of

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
    "pattern",
    "records",
    "layout",
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
ROW_KEYS = ["rows", "numbered"]
BLOCK_KEYS = ["table", "when", "columns", "needs", "each", "repeats"]
WORDED = ("ticket", "ticket_change", "message")
"""Tables whose columns are held to the closed lists of words, by their names."""
WORDS_OF = ("subject", "text")
"""Keys of [message] that are words, and so columns of message_text."""


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
        pattern=_pattern(said),
        records=text_of(said, "records"),
        numbered=texts_of(said, "numbered"),
        layout=word_of({"layout": "own"} | dict(said), "layout", ANY_LAYOUT, f"mapping {name}"),
    )


def _fits_arrow(pattern: str) -> bool:
    """Whether the engine that splits lines takes it too."""
    try:
        split([(1, "x")], pattern)
    except pa.ArrowInvalid:
        return False
    return True


def _pattern(said: Toml) -> str:
    text = pattern_of(text_of(said, "pattern"))
    if text and not re.compile(text).groupindex:
        raise BadValue("The pattern of lines", text, "one with named groups, as in (?P<name>...)")
    if text and not _fits_arrow(text):
        raise BadValue("The pattern of lines", text, "a regular expression without looking around")
    if text and "records" in said:
        raise RegardError("The mapping says both pattern and records. Leave one out.")
    return text


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
        at=choice_of(said["at"], "at"),
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
        spoken=conditions_of(message.get("when", {})),
    )


def _named(said: Toml, where: str, *more: str) -> Choice:
    """What names a team, an agent or a customer: a column, on the rows where all holds."""
    check_keys(said, ["column", "when", *more], f"[{where}]")
    return choice_of(_without(said, *more), f"[{where}]") if said else ()


def _links(said: Toml) -> Links | None:
    if not said:
        return None
    check_keys(said, ["parent", "children", "between"], "[links]")
    if "parent" not in said:
        raise RegardError("[links] does not say 'parent'. Name the column of what a row answers.")
    parent, children = (
        choice_of(said.get(key), f"[links] {key}") for key in ("parent", "children")
    )
    return Links(parent, children, text_of(said, "between") or ",")


def _without(said: Toml, *keys: str) -> Toml:
    return {key: value for key, value in said.items() if key not in keys}


def _case(said: Any) -> Value:
    if isinstance(said, dict):
        check_keys(said, ["column", "columns", "join", "without"], "case")
        return value_of(said, "case", "")
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
    first = {key.casefold(): text for key, text in map_of(said.get("first", {}), name).items()}
    kind = {"actor_kind": "actor_kind", "reason": "reason", "actor": ""}
    more = {key: choice_of(said.get(key), key, words) for key, words in kind.items()}
    value = choice_of(said["value"], f"{where} {name}", name)
    return Change(name, value, first, texts_of(said, "restates"), **more)


def _tier(said: Toml) -> Tier:
    check_keys(said, ["matches", "tier"], "[[team.tier]]")
    return Tier(pattern_of(text_of(said, "matches")), int(said.get("tier", 1)))


def _figure(said: Toml) -> Figure:
    check_keys(said, ["name", "value", "take"], "[[figure]]")
    take = word_of({"take": "max"} | dict(said), "take", ("max", "last"), "[[figure]]")
    return Figure(text_of(said, "name"), choice_of(said.get("value"), "[[figure]] value"), take)


def _blocks(said: Toml) -> tuple[Block, ...]:
    blocks = []
    for block in tables_of(said, "rows"):
        check_keys(block, BLOCK_KEYS, "[[rows]]")
        table = schema.table(text_of(block, "table"))
        columns = _columns(table_of(block, "columns"), table.name)
        for name in table.identity:
            if name not in columns and name != "valid_from":
                raise RegardError(
                    f"The rows of {table.name} lack '{name}', which names a row. Say its column."
                )
        needs = texts_of(block, "needs")
        for name in needs:
            table.column(name)
        blocks.append(
            Block(
                table.name,
                columns,
                conditions_of(block.get("when", {})),
                needs,
                texts_of(block, "each"),
                word_of(block, "repeats", ANY_REPEATS, f"the rows of {table.name}"),
            )
        )
    if not blocks:
        raise RegardError("The mapping has no [[rows]]. Say at least one table.")
    return tuple(blocks)


def _columns(said: Toml, table: str) -> dict[str, Choice]:
    known = schema.table(table)
    named = {}
    for name, value in said.items():
        known.column(name)
        words = name if table in WORDED or name.endswith("_kind") else ""
        named[name] = choice_of(value, f"{table}.{name}", words)
    return named
