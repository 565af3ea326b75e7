"""Who is who in Zendesk's tables: customers, agents, teams, and the role somebody had at a time.

The user table says the role of now. Where the audit log tells of role changes, what somebody did
counts by the role of then. Zendesk's own rules act as user -1: the system.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.addresses import mail_of, phone_of
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.sources.zendesk_folder import (
    Desk,
    flags_of,
    ids_of,
    instants_of,
    micros,
    need_ids,
    places,
    to_instants,
    whole,
    words,
)
from regard.ingest.sources.zendesk_words import SYSTEM_USERS, kind_of

KINDS = ("customer", "agent", "system", "bot")
UNKNOWN, CUSTOMER, AGENT, SYSTEM, BOT = -1, 0, 1, 2, 3
ROLE = re.compile(
    r"(?:^|\\n|\n|[,;]\s*)(?:Support r|R)ole changed from (.+?) to (.+?)\s*(?=\\|\n|[,;]|$)"
)
"""A change of role in the audit log; roles of other products (Guide, Talk …) are no matter."""
CUSTOMERS = frozenset({"not set", "end user", "end-user", "enduser"})


@dataclass(frozen=True)
class People:
    """ids: of users, each once. kind: by user, the kind of now. suspended: of now.

    changes: by user, the instants (microseconds) of role changes and the kinds before the first
    and after each.
    """

    ids: pa.Array
    kind: Whole
    suspended: Mask
    changes: Mapping[str, tuple[Whole, Whole]] = field(default_factory=dict)

    def kinds(self, users: pa.Array, at: Whole) -> Whole:
        """The kind of each user at an instant; UNKNOWN of users that are not there."""
        place = places(users, self.ids)
        found = np.full(len(place), UNKNOWN, np.int64)
        found[place >= 0] = self.kind[place[place >= 0]]
        system = pc.is_in(users, pa.array(SYSTEM_USERS)).to_numpy(zero_copy_only=False)
        found[system] = SYSTEM
        encoded = users.dictionary_encode()
        code = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for number, user in enumerate(encoded.dictionary.to_pylist()):
            if user in self.changes:
                instants, kinds = self.changes[user]
                rows = np.flatnonzero(code == number)
                found[rows] = kinds[np.searchsorted(instants, at[rows], side="right")]
        return found


def named(kinds: Whole) -> pa.Array:
    """The words of kinds; null where UNKNOWN."""
    return pa.array(KINDS, pa.string()).take(pa.array(kinds, mask=kinds < 0))


def read_people(desk: Desk) -> People:
    """The users, as agents or customers with their addresses."""
    log, frame = Log(), whole(desk, "user")
    ids = need_ids(frame, "id", log)
    instants = {name: instants_of(frame, name, log) for name in ("created_at", "updated_at")}
    flags = {name: flags_of(frame, name, log) for name in ("active", "suspended")}
    good = desk.settle("user", frame, log) & _last_of(ids)
    desk.odd.note("duplicate_id", "user", int((~_last_of(ids)).sum()), "")
    kept = pa.array(good)
    frame, ids = frame.where(good), ids.filter(kept)
    instants = {name: column.filter(kept) for name, column in instants.items()}
    flags = {name: column.filter(kept) for name, column in flags.items()}
    role = pc.utf8_lower(frame.text("role"))
    kind = _codes(words(role, kind_of))
    _note_roles(desk, frame, role, kind)
    changes, left = _role_changes(desk, dict(zip(ids.to_pylist(), kind.tolist(), strict=True)))
    _add_agents(desk, frame, ids, kind, role, instants, flags["active"], left)
    once = [name for name, (_, kinds) in changes.items() if CUSTOMER in kinds]
    served = (kind == CUSTOMER) | pc.is_in(ids, pa.array(once, pa.string())).to_numpy(
        zero_copy_only=False
    )
    _add_customers(desk, frame, ids, served, instants)
    suspended = flags["suspended"].fill_null(False).to_numpy(zero_copy_only=False)
    return People(ids, kind, suspended, changes)


def read_teams(desk: Desk) -> None:
    """The groups as teams."""
    log, frame = Log(), whole(desk, "group")
    ids = need_ids(frame, "id", log)
    updated = instants_of(frame, "updated_at", log)
    kept = pa.array(desk.settle("group", frame, log) & _last_of(ids))
    columns = {"team_id": ids, "name": frame.text("name"), "updated_at": updated}
    columns = {name: column.filter(kept) for name, column in columns.items()}
    desk.add("team", columns, len(columns["team_id"]))


def names_of(desk: Desk, name: str) -> Mapping[str, str]:
    """The names of brands or organisations by id."""
    frame = whole(desk, name)
    pairs = zip(ids_of(frame, "id").to_pylist(), frame.text("name").to_pylist(), strict=True)
    return {id_: said for id_, said in pairs if id_ and said}


def _last_of(ids: pa.Array) -> Mask:
    """The last row of each id."""
    code = ids.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    last = np.zeros(len(code), bool)
    _, back = np.unique(code[::-1], return_index=True)
    last[len(code) - 1 - back] = True
    return last


def _codes(kinds: pa.Array) -> Whole:
    found: Whole = (
        pc.index_in(kinds, pa.array(KINDS)).fill_null(UNKNOWN).to_numpy().astype(np.int64)
    )
    return np.where(kinds.is_null().to_numpy(zero_copy_only=False), UNKNOWN, found)


def _note_roles(desk: Desk, frame: Frame, role: pa.Array, kind: Whole) -> None:
    strange = (kind == UNKNOWN) & role.is_valid().to_numpy(zero_copy_only=False)
    desk.odd.note_rows(frame, strange, "unknown_value", "user.role", role)


# --- roles -----------------------------------------------------------------------------------


def _role_changes(
    desk: Desk, now: Mapping[str, int]
) -> tuple[dict[str, tuple[Whole, Whole]], dict[str, int]]:
    """Role changes by user, and when those who are customers now ceased to be agents."""
    log, frame = Log(), whole(desk, "audit_log")
    at = micros(instants_of(frame, "created_at", log, needed=True))
    good = desk.settle("audit_log", frame, log)
    user = pc.equal(pc.utf8_lower(frame.text("source_type")), "user").fill_null(False)
    good &= user.to_numpy(zero_copy_only=False)
    told: dict[str, list[tuple[int, int, int]]] = {}
    who, said = ids_of(frame, "source_id").to_pylist(), frame.text("change_description").to_pylist()
    for row in np.flatnonzero(good).tolist():
        for before, after in ROLE.findall(said[row] or ""):
            told.setdefault(who[row] or "", []).append((int(at[row]), _kind(before), _kind(after)))
    changes, left = {}, {}
    for name, steps in told.items():
        steps.sort()
        kinds = [steps[0][1], *(after for _, _, after in steps)]
        # What the user table says of now is newer than the last entry of a log.
        known = now.get(name, UNKNOWN)
        kinds[-1] = kinds[-1] if known == UNKNOWN else known
        changes[name] = (np.array([step[0] for step in steps]), np.array(kinds))
        if kinds[-1] == CUSTOMER and AGENT in kinds:
            left[name] = steps[-1][0]
    return changes, left


def _kind(role: str) -> int:
    return CUSTOMER if role.strip().strip("\"'").casefold() in CUSTOMERS else AGENT


# --- rows ------------------------------------------------------------------------------------


def _add_agents(
    desk: Desk,
    frame: Frame,
    ids: pa.Array,
    kind: Whole,
    role: pa.Array,
    instants: Mapping[str, pa.Array],
    active: pa.Array,
    left: Mapping[str, int],
) -> None:
    """Whoever is or was an agent; who was deleted or became a customer has left."""
    left_at = np.array([left.get(name, -1) for name in ids.to_pylist()], np.int64)
    gone = ~active.fill_null(True).to_numpy(zero_copy_only=False) & (kind == AGENT)
    left_at = np.where(gone, micros(instants["updated_at"]), left_at)
    ours = pa.array((kind == AGENT) | (left_at >= 0))
    columns = {
        "agent_id": ids,
        "name": frame.text("name"),
        "role": pc.if_else(pa.array(kind == AGENT), role, "agent"),
        "left_at": to_instants(left_at),
        "updated_at": instants["updated_at"],
    }
    columns = {name: column.filter(ours) for name, column in columns.items()}
    desk.add("agent", columns, len(columns["agent_id"]))


def _add_customers(
    desk: Desk, frame: Frame, ids: pa.Array, served: Mask, instants: Mapping[str, pa.Array]
) -> None:
    """Whoever is or was a customer, with their addresses."""
    rows = frame.where(served)
    kept = pa.array(served)
    own = {
        "customer_id": ids.filter(kept),
        "updated_at": instants["updated_at"].filter(kept),
    }
    since = instants["created_at"].filter(kept)
    language = words(rows.text("locale"), lambda text: text.replace("_", "-").split("-")[0].lower())
    columns = {
        **own,
        "first_seen_at": since,
        "kind": pa.repeat(pa.scalar("person"), len(rows)),
        "language": language,
        "attributes": _attributes(desk, rows),
    }
    desk.add("customer", columns, len(rows))
    for name, column, read in (
        ("mail", "email", mail_of),
        ("phone", "phone", phone_of),
        ("external", "external_id", str),
    ):
        address = words(rows.text(column), read)
        there = address.is_valid()
        told = {
            **own,
            "address": address,
            "known_at": since,
            "kind": pa.repeat(pa.scalar(name), len(rows)),
        }
        told = {key: values.filter(there) for key, values in told.items()}
        desk.add("customer_identity", told, len(told["address"]))


def _attributes(desk: Desk, rows: Frame) -> pa.Array:
    """The organisation somebody belongs to, as JSON; null for nobody's."""
    names = names_of(desk, "organization")

    def said(organization: str) -> str:
        found: dict[str, Any] = {"organization_id": organization}
        if organization in names:
            found["organization"] = names[organization]
        return json.dumps(found, ensure_ascii=False, sort_keys=True)

    return words(ids_of(rows, "organization_id"), said)
