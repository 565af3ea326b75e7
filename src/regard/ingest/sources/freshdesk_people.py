"""Freshdesk's contacts, agents and groups as customers, agents and teams."""

from collections.abc import Mapping
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.addresses import mail_of, phone_of
from regard.ingest.answers import id_of, instant_of, list_of, object_of, text_of

Thing = Mapping[str, Any]


def people(
    source: str, objects: Mapping[str, Mapping[str, Thing]]
) -> tuple[dict[str, list[Row]], frozenset[str]]:
    """Rows of customers, addresses, agents and teams; and the ids of all agents.

    A contact that is an agent too is an agent. A customer's plan is the tier of the company.
    """
    rows: dict[str, list[Row]] = {"customer": [], "customer_identity": [], "agent": [], "team": []}
    contacts = objects.get("contact", {})
    hired = {name: one for name, one in contacts.items() if object_of(one.get("agent"))}
    agents = dict(objects.get("agent", {}))
    for name, one in hired.items():
        agents.setdefault(name, {**object_of(one["agent"]), "id": one["id"], "contact": one})
    rows["agent"] = [_agent(source, one) for one in agents.values()]
    rows["team"] = [
        table("team").row(
            source=source,
            team_id=id_of(one["id"]),
            name=text_of(one.get("name")),
            updated_at=instant_of(one.get("updated_at")),
        )
        for one in objects.get("group", {}).values()
    ]
    companies = objects.get("company", {})
    for name, one in contacts.items():
        if name not in agents:
            company = companies.get(str(id_of(one.get("company_id"))), {})
            rows["customer"].append(_customer(source, one, company))
            rows["customer_identity"] += _addresses(source, one)
    return rows, frozenset(agents)


def _agent(source: str, one: Thing) -> Row:
    groups = list_of(one.get("group_ids"))
    person = object_of(one.get("contact"))
    return table("agent").row(
        source=source,
        agent_id=id_of(one["id"]),
        name=text_of(person.get("name")),
        role="agent",
        team=id_of(groups[0]) if len(groups) == 1 else None,
        updated_at=instant_of(one.get("updated_at")),
    )


def _customer(source: str, one: Thing, company: Thing) -> Row:
    return table("customer").row(
        source=source,
        customer_id=id_of(one["id"]),
        first_seen_at=instant_of(one.get("created_at")),
        kind="person",
        language=text_of(one.get("language")),
        plan=text_of(company.get("account_tier")),
        updated_at=instant_of(one.get("updated_at")),
    )


def _addresses(source: str, one: Thing) -> list[Row]:
    found = [
        ("mail", mail_of(text_of(one.get("email")))),
        ("phone", phone_of(id_of(one.get("phone")))),
        ("phone", phone_of(id_of(one.get("mobile")))),
        ("external", id_of(one.get("unique_external_id"))),
    ]
    return [
        table("customer_identity").row(
            source=source,
            customer_id=id_of(one["id"]),
            kind=kind,
            address=address,
            known_at=instant_of(one.get("created_at")),
            updated_at=instant_of(one.get("updated_at")),
        )
        for kind, address in dict.fromkeys(found)
        if address
    ]
