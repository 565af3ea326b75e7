"""One mail, read from its bytes: what it is, names, says, and what was odd about it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import EmailPolicy
from hashlib import sha256

from regard.core.errors import RegardError
from regard.ingest.parcel import Finding
from regard.ingest.sources import mail_headers as headers_
from regard.ingest.sources.mail_headers import Headers
from regard.ingest.sources.mail_words import words_in

RECIPIENTS = ("to", "cc", "bcc")
MAILBOXES = ("delivered-to", "x-original-to", "envelope-to")
NAMED_WITHIN = re.compile(rb"^message-id:\s*(<[^<>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
SHOWN = 5
LONGEST = 10_000
"""Signs of a header that the library reads: the time that it takes grows with their square."""


class _Bounded(EmailPolicy):
    """The library's own policy, but for what is read of headers without end."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """The header, of which the library reads no more than its beginning."""
        read: str = super().header_fetch_parse(name, value[:LONGEST])
        return read


BOUNDED = _Bounded()


@dataclass(frozen=True)
class Letter:
    """A mail as it stands.

    id: its Message-ID, else a hash of what it says. refers_to: the mails it names, oldest first,
    in_reply_to among them. answers_to: addresses of Reply-To. recipients: of To, Cc and Bcc.
    mailboxes: where it was delivered to. automatic: the header by which a machine sent it, or
    empty. odd: kinds of finding.
    """

    id: str
    in_reply_to: str | None
    refers_to: tuple[str, ...]
    sent_at: datetime | None
    author: str
    name: str
    answers_to: tuple[str, ...]
    recipients: tuple[str, ...]
    mailboxes: tuple[str, ...]
    automatic: str
    bounce: bool
    subject: str
    text: str
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ours:
    """Which addresses are ours: whole ones, and hosts."""

    addresses: frozenset[str]
    hosts: frozenset[str]

    def holds(self, address: str) -> bool:
        """Whether an address is ours."""
        return address in self.addresses or address.rpartition("@")[2] in self.hosts

    def all_hosts(self) -> set[str]:
        """The hosts of all that is ours."""
        return {*self.hosts, *(one.rpartition("@")[2] for one in self.addresses)}


def read_letter(raw: bytes, ours: Ours, arrived: datetime | None = None) -> Letter:
    """A mail from its bytes, whatever is wrong with them.

    ours: whose mailing lists are no machines. arrived: when the mailbox got it, by its own books.
    """
    mail, odd = _parsed(raw)
    headers: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        headers.setdefault(name.lower(), []).append(str(value))
    writers = headers_.parties_of(headers, "from") or headers_.parties_of(headers, "sender")
    name, author = writers[0] if writers else ("", "")
    recipients = tuple(dict.fromkeys(a for _, a in headers_.parties_of(headers, *RECIPIENTS)))
    sent = headers_.sent_at(headers, arrived)
    bounce = headers_.is_bounce(headers, author)
    own = headers_.as_id(headers_.first(headers, "message-id"))
    text, broken = _words(mail)
    parties = {author, *recipients}
    direct = headers_.ids_of(headers, "in-reply-to", parties)
    named = headers_.ids_of(headers, "references", parties)
    if bounce:
        within = NAMED_WITHIN.findall(raw)
        named += [headers_.as_id(one.decode("ascii", "replace")) for one in within]
    named = [one for one in dict.fromkeys([*named, *direct]) if one and one != own]
    direct = [one for one in direct if one != own]
    kinds = (*odd, sent.odd, "broken_text" if broken else "", "" if own else "no_message_id")
    return Letter(
        id=own or f"sha256-{_fingerprint(headers, text)}",
        in_reply_to=direct[0] if direct else (named[-1] if named else None),
        refers_to=headers_.kept_ids(named),
        sent_at=sent.at,
        author=author,
        name=name[: headers_.LONGEST_ID],
        answers_to=tuple(a for _, a in headers_.parties_of(headers, "reply-to")),
        recipients=recipients,
        mailboxes=tuple(dict.fromkeys(a for _, a in headers_.parties_of(headers, *MAILBOXES))),
        automatic=headers_.automatic_by(headers, ours.all_hosts()),
        bounce=bounce,
        subject=headers_.words_of(headers.get("subject", [""])[0])[:1000],
        text=text,
        odd=tuple(kind for kind in kinds if kind),
    )


def read_ours(said: Iterable[str]) -> Ours:
    """Who is ours from what the user said: addresses, and domains with or without an @."""
    words = [one.strip().lower().lstrip("@") for text in said for one in text.split(",")]
    addresses = {headers_.normalised(one) for one in words if "@" in one}
    return Ours(
        frozenset(addresses - {""}), frozenset(one for one in words if one and "@" not in one)
    )


def check_ours(ours: Ours, letters: Iterable[Letter], place: str) -> None:
    """Refuse to guess who is ours: an error that names those who got most of the mails."""
    counts: Counter[str] = Counter()
    met = False
    for letter in letters:
        parties = {*letter.recipients, *letter.mailboxes}
        counts.update(parties)
        met = met or any(map(ours.holds, (letter.author, *parties)))
    if met or not counts:
        return
    listed = ", ".join(f"{name} ({count:,})" for name, count in counts.most_common(SHOWN))
    said = ", ".join(sorted({*ours.addresses, *ours.hosts}))
    why = (
        f"none of its mails is to or by {said}" if said else "nobody said which addresses are ours"
    )
    step = (
        f"Say it with --ours ADDRESS or --ours DOMAIN, as in --ours {counts.most_common(1)[0][0]}"
    )
    raise RegardError(f"{place}: {why}. Most of them go to {listed}. {step}; nothing was changed.")


def findings_of(letters: Iterable[Letter]) -> list[Finding]:
    """What was odd, by kind, with an example each."""
    found: dict[str, list[str]] = {}
    for letter in letters:
        for kind in letter.odd:
            found.setdefault(kind, []).append(letter.id)
    return [Finding(kind, len(ids), ids[0], "message") for kind, ids in sorted(found.items())]


def _parsed(raw: bytes) -> tuple[Message, tuple[str, ...]]:
    """The mail; of one whose parts cannot be told apart, its headers."""
    try:
        return BytesParser(policy=BOUNDED).parsebytes(raw), ()
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError):
        return BytesHeaderParser(policy=BOUNDED).parsebytes(raw), ("broken_text",)


def _words(mail: Message) -> tuple[str, bool]:
    # The library's reading of strange parameters of a part's headers raises this and that.
    try:
        return words_in(mail)
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError):
        return "", True


def _fingerprint(headers: Headers, text: str) -> str:
    """The same for each copy of a mail, whatever mailboxes and servers added."""
    names = ("from", "to", "cc", "date", "subject", "in-reply-to", "references")
    said = [headers_.plain(value) for name in names for value in headers.get(name, ())]
    return sha256("\n".join([*said, text]).encode("utf-8", "replace")).hexdigest()[:20]
