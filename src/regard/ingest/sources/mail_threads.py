"""Which mails are one matter: all that name each other, directly or over mails nobody has.

Only ids join (Message-ID, In-Reply-To, References), never subjects. A matter is called by the
hash of the earliest mail that it names, there or not, so that any part of a thread whose mails name
their chain is called the same. A matter that the store has keeps its name whatever comes later.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from regard.core.schema import Row
from regard.ingest.sources.mail_headers import hashed


@dataclass(frozen=True)
class Matter:
    """Mails that belong together. messages: their ids. names: these and all that they name."""

    messages: tuple[str, ...]
    names: frozenset[str]
    root: str

    @property
    def ticket_id(self) -> str:
        """What it is called where the store does not know it."""
        return hashed(self.root)


@dataclass
class _Joined:
    """Sets of names, joined by need; every step halves the way to a set's head."""

    heads: dict[str, str] = field(default_factory=dict)

    def head(self, name: str) -> str:
        heads = self.heads
        heads.setdefault(name, name)
        while heads[name] != name:
            heads[name] = name = heads[heads[name]]
        return name

    def join(self, one: str, other: str) -> None:
        self.heads[self.head(other)] = self.head(one)


def named_by(message: Row) -> list[str]:
    """The ids of the mails that a message names, oldest first."""
    return (message["refers_to"] or "").splitlines()


def matters(messages: Iterable[Row], together: Mapping[str, str] | None = None) -> Iterator[Matter]:
    """The messages sorted into matters, each message once.

    messages: rows of the table `message`. together: by message id, a matter that the message is
    known to belong to; messages of one such matter are together.
    """
    joined = _Joined()
    named: dict[str, list[str]] = {}
    for message in messages:
        name = message["message_id"]
        named[name] = [*named.get(name, ()), *named_by(message)]
        for other in named[name]:
            joined.join(name, other)
        if together and name in together:
            # No message id holds a line end, so these are no names of mails.
            joined.join(f"\n{together[name]}", name)
    sorted_: dict[str, list[str]] = {}
    for name in named:
        sorted_.setdefault(joined.head(name), []).append(name)
    for found in sorted_.values():
        names = frozenset(found).union(*(named[name] for name in found))
        yield Matter(tuple(found), names, _root(names, {name: named[name] for name in found}))


def _root(names: frozenset[str], named: Mapping[str, list[str]]) -> str:
    """The earliest mail that the matter names: one before which none is named.

    Of several, as of those of a circle, the first by name.
    """
    later = {name for name, earlier in named.items() if earlier}
    for earlier in named.values():
        # A list of references goes from the oldest mail to the one answered.
        later.update(earlier[1:])
    return min(names - later, default=min(names))
