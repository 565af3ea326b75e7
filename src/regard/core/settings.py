"""What a workspace's `regard.toml` says: its name, zone, languages, currency and sources."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.i18n import languages as spoken
from regard.core.period import parse_zone

CURRENCY = re.compile(r"[A-Z]{3}")
MEMORY = re.compile(r"[0-9]+(\.[0-9]+)? ?[MGT]B")


@dataclass(frozen=True)
class Settings:
    """The settings of one workspace.

    name: the company. zone: IANA, whose days and months are meant by default. language: of the
    command line and of mails. languages: those the site offers. currency: ISO 4217, of sums.
    database_url: where people and surveys are kept; empty for a SQLite file in the workspace.
    sources: the systems expected to send data; `regard doctor` says which sent none. bots: ids of
    agents that are machines, besides those a source flags. people: ids of agents that are none,
    though they look it; `regard bots` does not suggest them again. apart: customers, each as
    `source/id`, who are joined with nobody though an address of theirs is somebody else's too.
    memory: what the engine of a build may hold, such as `2 GB`; empty: half of the machine's. What
    has no room there is kept in the workspace meanwhile.
    """

    name: str = "Regard"
    zone: str = "UTC"
    language: str = "en"
    languages: tuple[str, ...] = spoken()
    currency: str = "EUR"
    database_url: str = ""
    sources: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    memory: str = ""


def parse_settings(text: str, place: str = "regard.toml") -> Settings:
    """Settings from the text of a `regard.toml`; what it leaves out keeps its default.

    Raises RegardError for text that is not TOML, and what `settings_of` raises.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RegardError(f"{place} cannot be read: {error}. Mend that line.") from None
    return settings_of(said, place)


def settings_of(said: Mapping[str, Any], place: str) -> Settings:
    """Settings from values by key.

    Raises UnknownName for an unknown key and BadValue for a value that cannot be; each names
    `place`, where they were said.
    """
    known = [field.name for field in fields(Settings)]
    for key in said:
        if key not in known:
            raise UnknownName(f"setting (in {place})", key, known)
    return Settings(**{key: READERS[key](f"{key} in {place}", said[key]) for key in said})


def settings_text(settings: Settings) -> str:
    """A commented `regard.toml` that says these settings."""
    return f"""\
# The settings of this workspace. Times are kept in UTC; zone says whose days and months are meant.
name = {_quoted(settings.name)}
zone = {_quoted(settings.zone)}

# The language of the command line and of mails: {", ".join(spoken())}.
language = {_quoted(settings.language)}
# The languages that the site offers.
languages = [{", ".join(map(_quoted, settings.languages))}]

# ISO 4217; sums of other currencies need a dated rate.
currency = {_quoted(settings.currency)}

# The systems that should send data; `regard doctor` says which have sent none.
sources = [{", ".join(map(_quoted, settings.sources))}]
# Ids of agents that are machines, besides those that a source flags itself.
bots = [{", ".join(map(_quoted, settings.bots))}]
# Ids of agents that are people, though they look like machines.
people = [{", ".join(map(_quoted, settings.people))}]
# Customers, as "source/id", who are not one person with others though they share an address.
apart = [{", ".join(map(_quoted, settings.apart))}]

# What the engine of a build may hold; what has no room in it is kept in the workspace meanwhile.
# The process holds about as much again at most. Empty: half of what the machine has.
memory = {_quoted(settings.memory)}

# People, surveys and goals live in a SQLite file here, or in PostgreSQL. A password does not
# belong in this file: set REGARD_DATABASE_URL instead.
# database_url = "postgresql://regard@localhost/regard"
"""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    signs = (sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in escaped)
    return f'"{"".join(signs)}"'


def _text(what: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadValue(what, value, 'a text in quotes, such as "Acme"')
    return value


def _zone(what: str, value: Any) -> str:
    return parse_zone(_text(what, value)) or "UTC"


def _language(what: str, value: Any) -> str:
    if _text(what, value) not in spoken():
        raise UnknownName(f"language ({what})", value, spoken())
    return str(value)


def _currency(what: str, value: Any) -> str:
    if not CURRENCY.fullmatch(_text(what, value)):
        raise BadValue(what, value, 'an ISO currency of three capitals, such as "EUR"')
    return str(value)


def _list(what: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadValue(what, value, 'a list of texts, such as ["helpdesk", "phone"]')
    return tuple(value)


def _languages(what: str, value: Any) -> tuple[str, ...]:
    return tuple(_language(what, each) for each in _list(what, value)) or spoken()


def _memory(what: str, value: Any) -> str:
    if value != "" and not MEMORY.fullmatch(str(value)):
        raise BadValue(what, value, 'a size such as "2 GB" or "800 MB", or "" for half of all')
    return str(value)


READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "name": _text,
    "zone": _zone,
    "language": _language,
    "languages": _languages,
    "currency": _currency,
    "database_url": lambda what, value: _text(what, value) if value else "",
    "sources": _list,
    "bots": _list,
    "people": _list,
    "apart": _list,
    "memory": _memory,
}
