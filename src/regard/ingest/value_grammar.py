"""What mappings say of single values and conditions, read from TOML and checked."""

from collections.abc import Iterable, Mapping
from typing import Any

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.events import tickets
from regard.ingest import clock
from regard.ingest.keys import (
    Toml,
    check_format,
    check_keys,
    flag_of,
    pattern_of,
    strings_of,
    table_of,
    text_of,
    texts_of,
    word_of,
)
from regard.ingest.mapping import ANY_UNKNOWN, Choice, Condition, Value

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
    "over",
    "without",
    "decimal",
    "minor",
    "least",
    "most",
    "months",
    "months_back",
    "even",
    "object",
]
ORIGINS = ("column", "columns", "date", "value", "latest", "object")
CONDITION_KEYS = ["is", "not", "above", "below", "matches", "missing"]
WORDS: Mapping[str, tuple[str, ...]] = {
    "status": tickets.STATUSES,
    "demand": tickets.DEMANDS,
    "actor_kind": tickets.ACTORS,
    "reason": tickets.CLOSE_REASONS,
    "channel": tickets.CHANNELS,
}
"""Closed lists of words, by the field whose map must lead into them."""


def choice_of(said: Any, where: str, words: str = "") -> Choice:
    """Alternatives from one value or a list of them. words: a key of WORDS, where maps lead."""
    if said is None:
        return ()
    several = said if isinstance(said, list) else [said]
    return tuple(value_of(one, where, words) for one in several)


def value_of(said: Any, where: str, words: str) -> Value:
    """One value: the name of a column, or a table that says more."""
    if isinstance(said, str):
        return Value(columns=(said,))
    if not isinstance(said, dict):
        raise BadValue(where, said, "the name of a column, or a table that says more")
    check_keys(said, VALUE_KEYS, where)
    columns = [*texts_of(said, "column"), *texts_of(said, "columns")]
    columns += [said[key] for key in ("date", "time") if key in said]
    constant = said.get("value")
    origins = (bool(columns), constant is not None, "latest" in said, "object" in said)
    if sum(origins) != 1:
        raise RegardError(f"{where} must have one of: {', '.join(ORIGINS)}.")
    for form in texts_of(said, "formats"):
        check_format(form)
    if "zone" in said:
        clock.zone_rules(said["zone"])
    found = map_of(said["map"], words) if "map" in said else None
    if constant is not None:
        _check_words([str(constant)], words)
    return Value(
        columns=strings_of(columns, where),
        join=" " if "date" in said else said.get("join", "/"),
        constant=None if constant is None else str(constant),
        map=None if found is None else {key.casefold(): text for key, text in found.items()},
        unknown=word_of({"unknown": "quarantine"} | said, "unknown", ANY_UNKNOWN, where),
        null_when=texts_of(said, "null_when"),
        when=conditions_of(said.get("when", {})),
        formats=texts_of(said, "formats"),
        zone=said.get("zone", ""),
        rolls_after=said.get("rolls_after", ""),
        latest=tuple(choice_of(one, where) for one in said.get("latest", ())),
        times=int(said.get("times", 1)),
        without=pattern_of(text_of(said, "without")),
        **_more(said, where),
    )


def _more(said: Toml, where: str) -> dict[str, Any]:
    """Amounts, bounds, months and objects of a value."""
    decimal = text_of(said, "decimal")
    if decimal not in ("", ".", ","):
        raise BadValue(f"The decimal mark of {where}", decimal, "'.' or ','")
    if "times" in said and "minor" in said:
        raise RegardError(f"{where} says both times and minor. Leave one out.")
    if "months" in said and "months_back" in said:
        raise RegardError(f"{where} says both months and months_back. Leave one out.")
    if int(said.get("over", 1)) < 1:
        raise BadValue(f"'over' of {where}", said["over"], "1 or more")
    named = table_of(said, "object")
    return {
        "decimal": decimal,
        "minor": text_of(said, "minor"),
        "over": int(said.get("over", 1)),
        "least": "".join(texts_of(said, "least")),
        "most": "".join(texts_of(said, "most")),
        "months": "".join(texts_of(said, "months_back") or texts_of(said, "months")),
        "back": "months_back" in said,
        "even": flag_of(said, "even"),
        "object": dict(zip(named, strings_of(named.values(), where), strict=True)),
    }


def map_of(said: Any, words: str) -> dict[str, str]:
    """A map from texts to texts; those of a closed list are checked."""
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


def conditions_of(said: Any) -> tuple[Condition, ...]:
    """Conditions by column, all of which must hold."""
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
