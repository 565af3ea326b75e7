"""Issues counted slowly and plainly: contacts of one person taken one after the other.

Time is whole seconds. An episode begins, everything within its reach is looked at, and what comes
after its end begins another; nothing here knows of windows or joins.
"""

from collections.abc import Iterable
from dataclasses import dataclass

DAY = 86_400
GIVEN_UP, QUIET = 30 * DAY, 7 * DAY
MANY = 20


@dataclass(frozen=True)
class Contact:
    """An approach. matter: the first ticket of those linked. resolved: when its matter was."""

    name: str
    at: int
    person: str | None = None
    topic: str | None = None
    matter: str | None = None
    resolved: int | None = None


@dataclass(frozen=True)
class Episode:
    """An issue: its contacts in order, its first resolution within 30 days, when it is over."""

    contacts: tuple[str, ...]
    resolved: int | None
    over: int
    repeats: int


def shared_persons(contacts: Iterable[Contact]) -> set[str]:
    """Persons with more than 20 contacts in some stretch of less than seven days."""
    instants: dict[str, list[int]] = {}
    for one in contacts:
        if one.person is not None:
            instants.setdefault(one.person, []).append(one.at)
    return {
        who
        for who, times in instants.items()
        if any(sum(0 <= other - begin < QUIET for other in times) > MANY for begin in times)
    }


def episodes_of(contacts: Iterable[Contact], joining: str) -> list[Episode]:
    """The episodes by one way of joining: topic, linked or any; who is unknown stands alone."""
    told = sorted(contacts, key=lambda one: (one.at, one.name))
    shared = shared_persons(told)
    chains: dict[tuple[str, str], list[Contact]] = {}
    found = []
    for one in told:
        thread = {"topic": one.topic, "linked": one.matter, "any": ""}[joining]
        if one.person is None or one.person in shared or thread is None:
            found.append(_episode([one], within(one, [one])))
        else:
            chains.setdefault((one.person, thread), []).append(one)
    for chain in chains.values():
        served = [_not_while_open(one, chain[:place]) for place, one in enumerate(chain)]
        found += _cut(served)
    return found


def within(first: Contact, chain: Iterable[Contact]) -> int | None:
    """The first resolution of any contact from `first` on, where it comes within 30 days."""
    solved = [one.resolved for one in chain if one.resolved is not None and one.at >= first.at]
    early = [each for each in solved if each - first.at <= GIVEN_UP]
    return min(early) if early else None


def _not_while_open(one: Contact, before: list[Contact]) -> Contact:
    """A contact without a ticket resolves nothing while a ticket of the same chain stands open."""
    if one.matter is not None or one.resolved is None:
        return one
    for other in before:
        given_up = other.at + GIVEN_UP
        until = given_up if other.resolved is None else min(other.resolved, given_up)
        if other.matter is not None and until > one.resolved:
            return Contact(one.name, one.at, one.person, one.topic, one.matter)
    return one


def _cut(chain: list[Contact]) -> list[Episode]:
    found = []
    while chain:
        resolved = within(chain[0], chain)
        one = _episode(chain, resolved)
        members = [each for each in chain if each.at <= one.over]
        found.append(_episode(members, resolved))
        chain = chain[len(members) :]
    return found


def _episode(members: list[Contact], resolved: int | None) -> Episode:
    over = members[0].at + GIVEN_UP if resolved is None else resolved + QUIET
    repeats = sum(resolved is not None and each.at > resolved for each in members)
    return Episode(tuple(each.name for each in members), resolved, over, repeats)
