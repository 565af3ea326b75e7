"""What the headers of a mail say: ids, addresses, the instant, and whether a machine sent it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

Headers = Mapping[str, Sequence[str]]
"""The raw values of each header by its name in small letters, in the order of the mail."""
LONGEST_ID = 250
LONGEST_FIELD = 1 << 16
ENDS_KEPT = 50
"""Of longer lists of references, so many of either end are kept: the middle may be left out."""
ID = re.compile(r"<([^<>]+)>")
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]+")
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FAR = timedelta(days=1)
SKEW = timedelta(minutes=5)
"""Clocks differ by that much; a mail sent later than it came was sent when it came."""
PRECEDENCES = frozenset({"bulk", "auto_reply", "list", "junk"})
UNANSWERED = frozenset({"oof", "autoreply", "all"})
"""X-Auto-Response-Suppress also says that no receipts are wanted, which people say too."""
REPLIERS = ("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoreply-from")


@dataclass(frozen=True)
class Sent:
    """When a mail was sent. odd: a kind of finding, where something was wrong; else empty."""

    at: datetime | None
    odd: str = ""


def plain(value: str) -> str:
    """A raw header as text: bytes that are no ASCII read as UTF-8, no NULs, one line."""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(text.replace("\0", "").split())


def words_of(value: str) -> str:
    """A header of words, its encoded words decoded as far as they can be."""
    text = plain(value[:LONGEST_FIELD])
    try:
        return plain(str(make_header(decode_header(text))).encode("utf-8", "replace").decode())
    except (MessageError, LookupError, ValueError):
        return text


def first(headers: Headers, name: str) -> str:
    """The first value of a header as text; empty where it is not there."""
    return plain(headers.get(name, ("",))[0][:LONGEST_FIELD])


def ids_of(headers: Headers, name: str, parties: Iterable[str] = ()) -> list[str]:
    """The ids that References or In-Reply-To name, each once, oldest first.

    parties: addresses; old mailers wrote "your message of Monday <ann@x.com>", which is no id.
    """
    known = set(parties)
    found: dict[str, None] = {}
    for value in headers.get(name, ()):
        given = ID.findall(value) or [word for word in value.split() if "@" in word]
        for one in given:
            name_of = as_id(one)
            if name_of and name_of.lower() not in known:
                found[name_of] = None
    return list(found)


def as_id(text: str) -> str:
    """A Message-ID without brackets and white space; what is too long becomes its hash."""
    bare = "".join(plain(text).split()).strip("<>")
    return f"sha256-{hashed(bare)}" if len(bare) > LONGEST_ID else bare


def hashed(text: str) -> str:
    """Twenty signs that stand for a text."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:20]


def kept_ids(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids, without the middle of an endless list."""
    if len(ids) <= 2 * ENDS_KEPT:
        return tuple(ids)
    return (*ids[:ENDS_KEPT], *ids[-ENDS_KEPT:])


def parties_of(headers: Headers, *names: str) -> list[tuple[str, str]]:
    """(name, address) of everybody whom these headers name, addresses normalised."""
    found = []
    for name in names:
        for value in headers.get(name, ()):
            text = plain(value[:LONGEST_FIELD])
            try:
                pairs = getaddresses([text])
            except (ValueError, IndexError):
                pairs = []
            known = [(words_of(said), normalised(address)) for said, address in pairs]
            known = [pair for pair in known if pair[1]]
            found += known or [("", normalised(one)) for one in ADDRESS.findall(text)]
    return found


def normalised(address: str) -> str:
    """An address as it is kept: small letters, a host in its own script; empty for none."""
    bare = address.strip().strip("<>").lower().rstrip(".")
    if len(bare) > LONGEST_ID or not ADDRESS.fullmatch(bare):
        return ""
    local, _, host = bare.rpartition("@")
    if "xn--" in host:
        with suppress(UnicodeError):
            host = host.encode("ascii").decode("idna")
    return f"{local}@{host}"


# --- when it was sent --------------------------------------------------------------------------


def sent_at(headers: Headers, arrived: datetime | None = None) -> Sent:
    """When the mail was sent: by Date, unless that cannot be; then when it was received.

    Date counts if a server received the mail within a day after it, or if none says when it did.
    Without a zone Date counts only where no server says, as UTC. arrived: when the mailbox got the
    mail, by its own books: what was sent more than a day later was not.
    """
    said = first(headers, "date")
    date = read_date(said)
    received = [
        one for one in map(_received, headers.get("received", ())) if one is not None
    ]  # the last server stands first
    if date is not None and date.tzinfo is None:
        if received and not said.endswith("-0000"):
            return Sent(received[0], "")
        odd = "" if said.endswith("-0000") else "zone_guessed"
        return _checked(date.replace(tzinfo=UTC), received, arrived, odd)
    return _checked(date, received, arrived, "")


def read_date(text: str) -> datetime | None:
    """A date as headers write it, naive without a zone; None for what is none."""
    try:
        found = parsedate_to_datetime(text)
        aware = found.astimezone(UTC) if found.tzinfo else found
        return aware if EARLIEST <= aware.replace(tzinfo=UTC) < LATEST else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _received(value: str) -> datetime | None:
    found = read_date(plain(value[-LONGEST_FIELD:]).rpartition(";")[2].strip())
    return found.replace(tzinfo=UTC) if found is not None else None


def _checked(
    date: datetime | None, received: list[datetime], arrived: datetime | None, odd: str
) -> Sent:
    if date is None:
        at = received[0] if received else arrived
        return Sent(at, "impossible_date")
    near = [one for one in received if date - SKEW <= one <= date + FAR]
    if near:
        return Sent(min(date, *near), odd)
    if received:
        return Sent(received[0], "date_replaced")
    if arrived is not None and date > arrived + FAR:
        return Sent(arrived, "date_replaced")
    return Sent(date, odd)


# --- who or what sent it -------------------------------------------------------------------------


def automatic_by(headers: Headers, groups: Iterable[str] = ()) -> str:
    """The header by which a mail was sent by a machine (RFC 3834 and older ways); empty: none.

    groups: hosts whose mailing lists are ours: a group address that passes mail on to people is
    no machine, though it marks that mail as a list's.
    """
    submitted = first(headers, "auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return "Auto-Submitted"
    wanted = re.split(r"[\s,;]+", first(headers, "x-auto-response-suppress").lower())
    if UNANSWERED & set(wanted):
        return "X-Auto-Response-Suppress"
    if any(first(headers, name).lower() not in ("", "no") for name in REPLIERS):
        return "X-Autoreply"
    precedence = first(headers, "precedence").lower()
    if precedence in PRECEDENCES and not (precedence == "list" and _through(headers, groups)):
        return "Precedence"
    if first(headers, "content-type").lower().startswith("multipart/report"):
        return "Content-Type"
    return "Return-Path" if returns_nowhere(headers) else ""


def is_bounce(headers: Headers, author: str) -> bool:
    """Whether a mail server sent it about another mail."""
    about = first(headers, "content-type").lower().replace(" ", "").replace('"', "")
    told = about.startswith("multipart/report") and "report-type=delivery-status" in about
    local = author.partition("@")[0]
    return told or local == "mailer-daemon" or (local == "postmaster" and returns_nowhere(headers))


def returns_nowhere(headers: Headers) -> bool:
    """Whether its Return-Path is the empty one: what cannot be answered by a machine."""
    return any(plain(value) == "<>" for value in headers.get("return-path", ()))


def _through(headers: Headers, groups: Iterable[str]) -> bool:
    said = f"{first(headers, 'list-id')} {first(headers, 'list-post')}".lower()
    return any(host in said for host in groups)
