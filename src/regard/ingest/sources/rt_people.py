"""Who is who in Request Tracker: people by number and by name, and whether they are of the house.

RT says today's privilege only: somebody who was a customer once and works there now counts as an
agent for the past too. RT names mail customers by their address, so where the number of a user is
not known the id is a hash of the name: no address stands among ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.addresses import mail_of
from regard.ingest.answers import id_of, list_of, object_of, text_of, whole_of
from regard.ingest.sources.mail_headers import hashed
from regard.ingest.sources.rt_words import name_of

SYSTEM, NOBODY = "RT_System", "Nobody"
KNOWN_NUMBERS: Mapping[str, str] = {"1": SYSTEM, "6": NOBODY}
"""RT itself and the owner who is nobody have these numbers in every installation."""
Fetch = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Person:
    """One user of RT. id: the number, else a stand-in. kind: agent, customer, system or unknown."""

    id: str
    login: str | None = None
    name: str | None = None
    mail: str | None = None
    kind: str | None = None


@dataclass
class People:
    """All users met so far. fetch: asks the running system for a user by number or name."""

    fetch: Fetch = lambda _who: None
    _by_number: dict[str, Person] = field(default_factory=dict)
    _by_login: dict[str, Person] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def learn(self, user: Mapping[str, Any]) -> Person:
        """Remember what an answer says of a user: {"id", "Name", "Privileged", …}."""
        login = text_of(user.get("Name")) or name_of(user.get("login"))
        number = _number(user) or self._numbers.get(login or "")
        if login in (SYSTEM, NOBODY) or KNOWN_NUMBERS.get(number or "") is not None:
            return self._machine(login or KNOWN_NUMBERS[number or ""])
        privileged = whole_of(user.get("Privileged"))
        person = Person(
            id=number or _stand_in(login or ""),
            login=login,
            name=text_of(user.get("RealName")),
            mail=mail_of(text_of(user.get("EmailAddress"))) or mail_of(login),
            kind=None if privileged is None else "agent" if privileged else "customer",
        )
        return self._keep(person, number)

    def bind(self, number: str, login: str) -> None:
        """Remember that a number and a name are one user."""
        self._numbers.setdefault(login, number)

    def find(self, reference: Any) -> Person | None:
        """The user that {"id": …, "Name": …} or a number means; None where it names nobody.

        In such an object a whole number is a number and a text is a name, as RT writes them.
        """
        said = object_of(reference)
        found = name_of(reference)
        if not found or said.get("type") == "group":
            return None
        login = text_of(said.get("Name"))
        if login is None and said and isinstance(said.get("id"), str):
            login = found
        number = None if login == found else found
        if login in (SYSTEM, NOBODY) or KNOWN_NUMBERS.get(number or "") is not None:
            machine = self._machine(login or KNOWN_NUMBERS[number or ""])
            return None if machine.login == NOBODY else machine
        number = number or self._numbers.get(login or "")
        person = self._by_number.get(number or "") or self._by_login.get(login or "")
        return person or self._ask(number, login, said)

    def _ask(self, number: str | None, login: str | None, said: Mapping[str, Any]) -> Person:
        answer = self.fetch(number or login or "")
        known = {"Name": login, "EmailAddress": said.get("EmailAddress"), **(answer or {})}
        return self.learn({"id": number, **known} if number else known)

    def _machine(self, login: str) -> Person:
        number = next(one for one, name in KNOWN_NUMBERS.items() if name == login)
        return Person(number, login, kind="system" if login == SYSTEM else None)

    def _keep(self, person: Person, number: str | None) -> Person:
        if person.login:
            self._by_login[person.login] = person
            if number:
                self._numbers[person.login] = number
        if number:
            self._by_number[number] = person
        return person


def rows_of(source: str, met: Mapping[str, tuple[Person, str]]) -> dict[str, list[Row]]:
    """Rows of the people met, each with the kind that counted: agents, customers, addresses."""
    rows: dict[str, list[Row]] = {"agent": [], "customer": [], "customer_identity": []}
    for person, kind in met.values():
        if kind == "agent":
            name = person.name or person.login
            rows["agent"].append(table("agent").row(source=source, agent_id=person.id, name=name))
        elif kind == "customer":
            rows["customer"].append(
                table("customer").row(source=source, customer_id=person.id, kind="person")
            )
            if person.mail:
                rows["customer_identity"].append(
                    table("customer_identity").row(
                        source=source, customer_id=person.id, kind="mail", address=person.mail
                    )
                )
    return rows


def _number(user: Mapping[str, Any]) -> str | None:
    """A user's number: the id, else that of the link to itself, where RT hides the id."""
    for one in (user, *map(object_of, list_of(user.get("_hyperlinks")))):
        found = id_of(one.get("id"))
        if found and found.isascii() and found.isdigit() and one.get("ref", "self") == "self":
            return found
    return None


def _stand_in(login: str) -> str:
    return hashed(login.lower()) if "@" in login else login
