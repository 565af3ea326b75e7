"""Keys of a TOML table, read as what they must be, or an error that says where."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from regard.core.errors import BadValue, UnknownName
from regard.ingest import clock

Toml = Mapping[str, Any]


def check_keys(said: Toml, known: Iterable[str], where: str) -> None:
    """A key that is not known is an error with a hint."""
    for key in said:
        if key not in known:
            raise UnknownName(f"key of {where}", key, known)


def text_of(said: Toml, key: str) -> str:
    """The text under a key; empty where there is none."""
    value = said.get(key, "")
    if not isinstance(value, str):
        raise BadValue(f"'{key}'", value, "a text")
    return value


def flag_of(said: Toml, key: str) -> bool:
    """The flag under a key; false where there is none."""
    value = said.get(key, False)
    if not isinstance(value, bool):
        raise BadValue(f"'{key}'", value, "true or false")
    return value


def texts_of(said: Toml, key: str) -> tuple[str, ...]:
    """The texts under a key, be it one or a list."""
    value = said.get(key, [])
    return tuple(str(one) for one in (value if isinstance(value, list) else [value]))


def strings_of(values: Iterable[Any], where: str) -> tuple[str, ...]:
    """The values, each of which must be the name of a column."""
    found = tuple(values)
    for value in found:
        if not isinstance(value, str):
            raise BadValue(where, value, "the name of a column")
    return found


def word_of(said: Toml, key: str, known: Iterable[str], where: str) -> str:
    """The text under a key, which must be one of those known."""
    value = text_of(said, key)
    if value not in known:
        raise UnknownName(f"'{key}' in {where}", value, known)
    return value


def table_of(said: Toml, key: str) -> Toml:
    """The table under a key; empty where there is none."""
    value = said.get(key, {})
    if not isinstance(value, dict):
        raise BadValue(f"'{key}'", value, f"a table, as in [{key}]")
    return value


def tables_of(said: Toml, key: str) -> list[Toml]:
    """The list of tables under a key."""
    value = said.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadValue(f"'{key}'", value, f"a list of tables, as in [[{key}]]")
    return value


def pattern_of(text: str) -> str:
    """The text, which must be a regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise BadValue("The pattern", text, f"a regular expression ({error})") from None
    return text


def check_format(form: str) -> None:
    """A format of instants that cannot be is an error."""
    if form not in clock.EPOCHS:
        clock.pattern(form)
