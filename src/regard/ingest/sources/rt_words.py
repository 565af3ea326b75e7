"""Request Tracker's words in ours: statuses, priorities, channels, and what the headers say.

Pure functions. A word that is not known is None, so that the caller can count it.
"""

from collections.abc import Iterable, Mapping
from email.parser import HeaderParser
from email.utils import getaddresses
from typing import Any

from regard.ingest.answers import object_of, text_of
from regard.ingest.sources.mail_headers import words_of
from regard.ingest.sources.mail_words import LONGEST_TEXT, stripped

STATUSES: Mapping[str, tuple[str, str | None]] = {
    "new": ("new", None),
    "open": ("open", None),
    "stalled": ("pending", None),
    "resolved": ("solved", None),
    "rejected": ("closed", "unsolved"),
    "deleted": ("closed", "cancelled"),
    # Words that life cycles of a house's own commonly add.
    "in progress": ("open", None),
    "waiting": ("pending", None),
    "pending": ("pending", None),
    "waiting for customer": ("pending", None),
    "on hold": ("on_hold", None),
    "solved": ("solved", None),
    "closed": ("closed", None),
    "cancelled": ("closed", "cancelled"),
    "canceled": ("closed", "cancelled"),
    "spam": ("closed", "spam"),
}
"""Our status by a status of a life cycle, and the reason of a close where the word says it."""
CHANNELS: Mapping[str, str] = {
    "email": "email",
    "web": "web",
    "mobile": "web",
    "selfservice": "web",
    "rest": "api",
    "rest2": "api",
    "api": "api",
    "cli": "api",
}
"""Our channel by what RT writes of the door a message came through."""
NORMAL, HIGH = 50, 100
"""From which number on RT shows a priority as Medium and as High, unless a house says otherwise."""


def status_of(word: Any) -> tuple[str, str | None] | None:
    """Our status, and the reason of a close where the word says it; None for an unknown word."""
    return STATUSES.get(word.strip().lower()) if isinstance(word, str) else None


def priority_of(number: int | None) -> str | None:
    """Our priority by RT's number, as RT shows it: Low, from 50 Medium, from 100 High."""
    if number is None:
        return None
    return "high" if number >= HIGH else "normal" if number >= NORMAL else "low"


class Letter:
    """What was said in one transaction: its parts as RT keeps them, the outermost first."""

    def __init__(self, parts: Iterable[Mapping[str, Any]]) -> None:
        self.parts = list(parts)
        headers = next((text_of(part.get("Headers")) for part in self.parts), None)
        self._headers = HeaderParser().parsestr(headers or "")
        self.has_headers = headers is not None

    @property
    def channel(self) -> str | None:
        """Our channel of the door it came through."""
        return CHANNELS.get(self._header("X-RT-Interface").lower())

    @property
    def automatic(self) -> bool:
        """Whether a header says that a machine wrote it."""
        said = self._header("Auto-Submitted").lower()
        return bool(said) and not said.startswith("no")

    @property
    def recipients(self) -> frozenset[str]:
        """The addresses it was sent to, in lower case."""
        lines = [self._header(name) for name in ("To", "Cc", "Bcc")]
        return frozenset(
            address.lower() for _name, address in getaddresses(lines) if "@" in address
        )

    @property
    def subject(self) -> str | None:
        """The subject of the first part that has one; of mail it sends RT keeps it encoded."""
        found = next(filter(None, (text_of(part.get("Subject")) for part in self.parts)), None)
        return words_of(found) if found else None

    @property
    def words(self) -> str | None:
        """The words: of the first plain part that is no file, else of the first in HTML."""
        for kind in ("text/plain", "text/html"):
            for part in self.parts:
                text = text_of(part.get("Content"))
                if text and part.get("ContentType") == kind and not text_of(part.get("Filename")):
                    text = stripped(text) if kind == "text/html" else text.strip()
                    if text:
                        return text[:LONGEST_TEXT]
        return None

    def _header(self, name: str) -> str:
        return str(self._headers.get(name, "")).strip()


def name_of(reference: Any) -> str | None:
    """What a reference to an object ({"id": …, "type": …}) or a bare id names."""
    found = object_of(reference).get("id", reference)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return text_of(found)


def ticket_of(link: Any) -> str | None:
    """The ticket that a link's URI names, as in `fsck.com-rt://desk.test/ticket/2`."""
    found = link.rsplit("/ticket/", 1) if isinstance(link, str) else []
    return found[1] if len(found) == 2 and found[1].isascii() and found[1].isdigit() else None
