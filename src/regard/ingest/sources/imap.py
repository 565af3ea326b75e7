"""Mailboxes on a server (IMAP): the mails of folders, read without marking them as seen.

The address is imaps://USER@HOST/FOLDER, of several folders imaps://USER@HOST/INBOX,Sent. After the
first reading only mails that arrived since the last known one are read, and those of some days
before; they join the tickets that the store has.
"""

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.i18n import N_
from regard.ingest.parcel import Parcel, Reject
from regard.ingest.source import Account, Live, Source
from regard.ingest.sources.mail_headers import read_date
from regard.ingest.sources.mail_letters import Letter, Ours, read_ours
from regard.ingest.sources.mail_settling import settle
from regard.ingest.sources.mail_tickets import COVERS, Read, check_letter, parcel_of
from regard.ingest.sources.mbox import BODY_LIMIT, HEADER_LIMIT, OURS, letter_of

OVERLAP = timedelta(days=7)
"""Mails are read again that arrived so long before the last known one: some arrive late."""
AT_ONCE = 50
SEARCHED_AT_ONCE = 50_000
PATIENCE_SECONDS = 60.0
SECURE_PORT, PLAIN_PORT = 993, 143
LOOPBACK = ("localhost", "127.", "::1")
WANTED = f"(INTERNALDATE BODY.PEEK[HEADER]<0.{HEADER_LIMIT}> BODY.PEEK[TEXT]<0.{BODY_LIMIT}>)"
LISTED = re.compile(rb'^\([^)]*\) (?:"(?:[^"\\]|\\.)*"|NIL) (.+)$')
ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHERE = "an address such as imaps://ann%40acme.com@mail.acme.com/INBOX"


@dataclass(frozen=True)
class Mailbox:
    """Where mails are: a server, the user there, and folders of theirs."""

    host: str
    port: int
    secure: bool
    user: str
    folders: tuple[str, ...]


def pull(account: Account) -> Iterator[Parcel]:
    """The parcel of the folders named: mails since the last known one, and some days before.

    Whatever keeps the server from answering is a RegardError that says what to check.
    """
    ours = read_ours(account.options.get("ours", ()))
    box = read_address(account.url)
    letters: list[Letter] = []
    rejects: list[Reject] = []
    with _session(box, account.secrets["password"]) as server:
        for folder in box.folders:
            for number, letter in _letters(server, folder, account.since, ours):
                reject = check_letter(letter, number)
                letters += [letter] if reject is None else []
                rejects += [reject] if reject is not None else []
    read = Read(letters, rejects, len(letters) + len(rejects))
    yield parcel_of(read, ours, account.source, box.host)


def read_address(url: str) -> Mailbox:
    """The mailbox that an address means; BadValue for one that means none."""
    parts = urlsplit(url)
    if parts.password is not None:
        raise RegardError(
            "A password does not belong in the address, where others can see it. Leave it out and "
            "set REGARD_IMAP_PASSWORD."
        )
    try:
        port = parts.port
    except ValueError:
        raise BadValue("--url", url, WHERE) from None
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise BadValue("--url", url, WHERE)
    secure = parts.scheme == "imaps"
    named = [unquote(name) for name in parts.path.lstrip("/").split(",") if name]
    return Mailbox(
        parts.hostname,
        port or (SECURE_PORT if secure else PLAIN_PORT),
        secure,
        unquote(parts.username),
        tuple(named) or ("INBOX",),
    )


def encode_folder(name: str) -> str:
    """The name of a folder as IMAP writes it (RFC 3501, 5.1.3), in quotes."""

    def encoded(hit: re.Match[str]) -> str:
        words = b64encode(hit.group().encode("utf-16-be")).decode().rstrip("=")
        return f"&{words.replace('/', ',')}-"

    shown = re.sub(r"[^ -~]+", encoded, name.replace("&", "&-"))
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def _session(box: Mailbox, password: str) -> Iterator[imaplib.IMAP4]:
    where = f"{box.host}:{box.port}"
    try:
        server = _connected(box)
    except ssl.SSLError as error:
        raise RegardError(
            f"{where} cannot be trusted ({error.reason or error}). Check the address and the "
            "server's certificate."
        ) from None
    except (OSError, imaplib.IMAP4.error) as error:
        raise RegardError(f"{where} does not answer ({error}). Check the address.") from None
    try:
        _log_in(server, box, password)
        yield server
    except imaplib.IMAP4.abort as error:
        raise RegardError(f"{where} broke off ({error}). Run the import again.") from None
    except imaplib.IMAP4.error as error:
        raise RegardError(f"{where} refused to answer ({error}). Run the import again.") from None
    except OSError as error:
        raise RegardError(f"{where} broke off ({error}). Run the import again.") from None
    finally:
        server.shutdown()


def _connected(box: Mailbox) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if box.secure:
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=PATIENCE_SECONDS)
    server = imaplib.IMAP4(box.host, box.port, timeout=PATIENCE_SECONDS)
    if not box.host.startswith(LOOPBACK):
        if "STARTTLS" not in server.capabilities:
            server.shutdown()
            raise RegardError(
                f"{box.host} would be told the password in the clear. Use an address that begins "
                "with imaps://."
            )
        server.starttls(context)
    return server


def _log_in(server: imaplib.IMAP4, box: Mailbox, password: str) -> None:
    try:
        # Passwords may have letters that LOGIN cannot say.
        server.authenticate("PLAIN", lambda _: f"\0{box.user}\0{password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise RegardError(
            f"{box.host} does not let {box.user} in ({error}). Check the user in the address and "
            "REGARD_IMAP_PASSWORD."
        ) from None


def _letters(
    server: imaplib.IMAP4, folder: str, since: datetime | None, ours: Ours
) -> Iterator[tuple[int, Letter]]:
    """The mails of a folder by their number in it."""
    # Read-only: nothing that this does marks a mail as seen.
    answer, told = server.select(encode_folder(folder), readonly=True)
    if answer != "OK":
        raise UnknownName("folder", folder, _folders(server))
    numbers = _numbers(server, int(told[0] or 0), since)
    for place in range(0, len(numbers), AT_ONCE):
        listed = ",".join(map(str, numbers[place : place + AT_ONCE]))
        yield from _fetched(server, listed, ours)


def _numbers(server: imaplib.IMAP4, count: int, since: datetime | None) -> list[int]:
    """The numbers of the mails to read; asked for in pieces, since answers are lines."""
    criterion = "ALL"
    if since is not None:
        day = (since - OVERLAP).astimezone(UTC)
        criterion = f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}"
    found: list[int] = []
    for first in range(1, count + 1, SEARCHED_AT_ONCE):
        last = min(first + SEARCHED_AT_ONCE - 1, count)
        _, told = server.search(None, f"{first}:{last}", criterion)
        found += [int(number) for line in told if line for number in line.split()]
    return found


def _fetched(server: imaplib.IMAP4, listed: str, ours: Ours) -> Iterator[tuple[int, Letter]]:
    _, told = server.fetch(listed, WANTED)
    heads: list[bytes] = []
    pieces: dict[str, bytes] = {}
    for item in told:
        head, piece = item if isinstance(item, tuple) else (item or b"", b"")
        heads.append(head)
        if isinstance(item, tuple):
            text = head.rfind(b"BODY[TEXT]") > head.rfind(b"BODY[HEADER]")
            pieces["TEXT" if text else "HEADER"] = piece
        elif head.rstrip().endswith(b")"):
            whole = b" ".join(heads)
            number = int(whole.split(b" ", 1)[0] or b"0")
            raw = pieces.get("HEADER", b"") + pieces.get("TEXT", b"")
            complete = len(pieces.get("TEXT", b"")) < BODY_LIMIT
            if pieces:
                yield number, letter_of(_unix(raw), ours, _arrived(whole), complete)
            heads, pieces = [], {}


def _unix(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n")


def _arrived(head: bytes) -> datetime | None:
    said = ARRIVED.search(head)
    return read_date(said.group(1).decode("ascii", "replace")) if said else None


def _folders(server: imaplib.IMAP4) -> list[str]:
    _, told = server.list()
    found = []
    for line in told:
        said = LISTED.match(line) if isinstance(line, bytes) else None
        if said:
            found.append(_decode_folder(said.group(1).decode("ascii", "replace").strip('"')))
    return found


def _decode_folder(name: str) -> str:
    def decoded(hit: re.Match[str]) -> str:
        words = hit.group(1).replace(",", "/")
        return f"+{words}-".encode().decode("utf-7", "replace") if words else "&"

    return re.sub(r"&([^-]*)-", decoded, name)


SECRETS = {"password": ("REGARD_IMAP_PASSWORD", N_("the password of the mailbox."))}
SAYS = N_("The mails of folders on a server (IMAP); --ours says which addresses are ours.")
SOURCES = [
    Source(
        "imap", SAYS, None, COVERS, live=Live(pull, SECRETS), options={"ours": OURS}, settle=settle
    )
]
