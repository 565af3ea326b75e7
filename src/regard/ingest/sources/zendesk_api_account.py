"""What a folder of answers holds of one account of Zendesk, and who its people are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.addresses import mail_of, phone_of
from regard.ingest.answers import id_of, instant_of, text_of
from regard.ingest.sources.zendesk_words import kind_of

Note = Callable[[str, str, str], None]
"""Counts a finding: its kind, where it was noticed, and an example."""
Thing = Mapping[str, Any]
"""An object of an answer, of which nothing is certain but that it has an id."""


@dataclass
class Account:
    """What a folder holds of one account: objects by kind and id, the newest of each."""

    objects: dict[str, dict[str, Thing]] = field(default_factory=dict)

    def take(self, kind: str, name: str, one: Thing) -> None:
        """Keep an object, unless a newer one of its id is known; a full one beats an export's."""
        known = self.objects.setdefault(kind, {})
        if name in known:
            before, after = _changed_at(known[name]), _changed_at(one)
            if after < before or (after == before and "exported" in one):
                return
        known[name] = one

    def all(self, kind: str) -> list[Thing]:
        """The objects of a kind."""
        return list(self.objects.get(kind, {}).values())

    def roles(self) -> dict[str, str]:
        """customer or agent by the id of each user whose role is known."""
        told = {name: kind_of(text_of(one.get("role"))) for name, one in self._users().items()}
        return {name: kind for name, kind in told.items() if kind}

    def _users(self) -> Mapping[str, Thing]:
        return self.objects.get("users", {})


def people(source: str, account: Account, note: Note) -> dict[str, list[Row]]:
    """Rows of customers with their addresses, of agents, and of teams (Zendesk's groups)."""
    rows: dict[str, list[Row]] = {
        "customer": [],
        "customer_identity": [],
        "agent": [],
        "team": [
            table("team").row(
                source=source,
                team_id=id_of(one["id"]),
                name=text_of(one.get("name")),
                updated_at=instant_of(one.get("updated_at")),
            )
            for one in account.all("groups")
        ],
    }
    for one in account.all("users"):
        kind = kind_of(text_of(one.get("role")))
        if kind == "customer":
            rows["customer"].append(_customer(source, one))
            rows["customer_identity"] += _addresses(source, one)
        elif kind == "agent":
            rows["agent"].append(
                table("agent").row(
                    source=source,
                    agent_id=id_of(one["id"]),
                    name=text_of(one.get("name")),
                    role=text_of(one.get("role")),
                    team=id_of(one.get("default_group_id")),
                    updated_at=instant_of(one.get("updated_at")),
                )
            )
        else:
            note("unknown_value", "agent.role", str(one.get("role"))[:80])
    return rows


def _customer(source: str, one: Thing) -> Row:
    locale = text_of(one.get("locale"))
    return table("customer").row(
        source=source,
        customer_id=id_of(one["id"]),
        first_seen_at=instant_of(one.get("created_at")),
        kind="person",
        language=locale.split("-")[0].lower() if locale else None,
        updated_at=instant_of(one.get("updated_at")),
    )


def _addresses(source: str, one: Thing) -> list[Row]:
    found = {
        "mail": mail_of(text_of(one.get("email"))),
        "phone": phone_of(text_of(one.get("phone"))),
        "external": id_of(one.get("external_id")),
    }
    return [
        table("customer_identity").row(
            source=source,
            customer_id=id_of(one["id"]),
            kind=kind,
            address=address,
            known_at=instant_of(one.get("created_at")),
            updated_at=instant_of(one.get("updated_at")),
        )
        for kind, address in found.items()
        if address
    ]


def _changed_at(one: Thing) -> str:
    at = instant_of(one.get("updated_at"))
    return at.isoformat() if at else ""
