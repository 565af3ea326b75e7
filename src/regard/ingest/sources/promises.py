"""Promises of service for systems that keep none: a file of targets, by priority.

    source = "helpdesk.example.com"        # the source of the tickets; else --source

    [policy.default]                       # `default` holds for every ticket without another
    opening_hours = true                   # count opening hours alone; false: around the clock
    [policy.default.first]                 # the first answer by a person
    any = "8h"                             # for priorities not named
    urgent = "30m"
    [policy.default.next]
    any = "1d"

Targets are first, next, periodic, pausable, requester_wait, agent_work and resolution. Lengths are
written in days (24 hours), hours, minutes and seconds, as in "1d 4h" or "90m". A policy that
changed is a list, `[[policy.default]]`, of versions complete in themselves, each but the first with
a `valid_from`; a version moves no deadline of what was promised before.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from regard.core.errors import BadValue, UnknownName
from regard.core.events.tickets import TARGETS
from regard.core.i18n import N_
from regard.core.schema import Row, table
from regard.ingest.parcel import Origin, Parcel
from regard.ingest.plain import stored_schema
from regard.ingest.source import Source
from regard.ingest.streams import BadFile

PRIORITIES = ("any", "low", "normal", "high", "urgent")
LENGTH = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")
UNITS = (86_400, 3_600, 60, 1)
LARGEST = 1 << 20
"""Bytes: a larger file is no list of promises."""


def parse(path: Path, source: str = "") -> Parcel:
    """The policies of a file as rows of `sla_policy`.

    source: the name the tickets carry; else what the file says. Raises BadFile where it is no such
    file, BadValue and UnknownName, naming the place, for values that cannot be.
    """
    said = _read(path)
    _check("key", said, ("source", "policy"))
    name = source or said.get("source", "")
    if not isinstance(name, str) or not name:
        wanted = "the source of the tickets; say it in the file or as --source NAME"
        raise BadValue(f"source in {path.name}", name, wanted)
    rows = list(_rows(_table(said.get("policy", {}), "policy"), name))
    if not rows:
        raise BadFile(path, "it promises nothing", "Write a [policy.default] as the docs show")
    made = pa.Table.from_pylist(rows, schema=stored_schema("sla_policy"))
    return Parcel(
        source=name,
        covers=("sla_policy",),
        rows={"sla_policy": made},
        read=len(rows),
        kept=len(rows),
        origin=Origin(path.name),
    )


DIGITS = 6
"""More of them are no length of time that anybody promises."""


def _read(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(path, "it is larger than a list of promises can be")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFile(path, "there is no such file", "Check the path") from None
    except IsADirectoryError:
        raise BadFile(path, "that is a folder", "Name one file in it") from None
    except (ValueError, RecursionError) as error:
        # Undecodable, no TOML, a number without end, or tables in tables without end.
        raise BadFile(path, f"it is not TOML ({error})", "Mend that line") from None


def _rows(policies: Mapping[str, Any], source: str) -> Iterator[Row]:
    for policy, written in policies.items():
        versions = written if isinstance(written, list) else [written]
        for place, version in enumerate(versions, start=1):
            where = f"policy.{policy}" + (f", version {place}" if len(versions) > 1 else "")
            yield from _version(_table(version, where), policy, where, source, place == 1)


def _version(
    version: Mapping[str, Any], policy: str, where: str, source: str, first: bool
) -> Iterator[Row]:
    _check(f"key of {where}", version, (*TARGETS, "name", "valid_from", "opening_hours"))
    since = version.get("valid_from")
    if since is None and not first:
        raise BadValue(f"valid_from of {where}", since, "the instant from which it stands")
    if since is not None and (not isinstance(since, datetime) or since.tzinfo is None):
        raise BadValue(f"valid_from of {where}", since, "an instant such as 2026-03-01T00:00:00Z")
    hours = version.get("opening_hours", True)
    if not isinstance(hours, bool):
        raise BadValue(f"opening_hours of {where}", hours, "true or false")
    for target in (name for name in TARGETS if name in version):
        lengths = _table(version[target], f"{where}.{target}")
        _check(f"priority of {where}.{target}", lengths, PRIORITIES)
        for priority, length in lengths.items():
            yield table("sla_policy").row(
                source=source,
                policy_id=policy,
                target=target,
                priority="" if priority == "any" else priority,
                valid_from=since.astimezone(UTC) if since else None,
                seconds=_seconds(length, f"{where}.{target}.{priority}"),
                opening_hours=hours,
                name=str(version.get("name", policy)),
            )


def _seconds(written: Any, where: str) -> int:
    found = LENGTH.fullmatch(written.strip()) if isinstance(written, str) else None
    told = [part or "0" for part in found.groups()] if found else []
    parts = [int(part) for part in told] if all(len(part) <= DIGITS for part in told) else []
    seconds = sum(part * unit for part, unit in zip(parts, UNITS, strict=False))
    if not seconds:
        raise BadValue(where, written, 'a length such as "4h", "90m" or "1d 4h"')
    return seconds


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadValue(where, value, "a table of keys and values")
    return value


def _check(kind: str, said: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in said:
        if name not in known:
            raise UnknownName(kind, name, known)


SAYS = N_("Promises of service written by hand, for systems that keep none.")
SOURCES = [Source("promises", SAYS, parse, ("sla_policy",))]
