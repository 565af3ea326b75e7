"""Mailboxes in one file (mbox): mails become messages, and what belongs together tickets.

Every kind of mbox is read: lines that begin with "From " may be quoted or not, a mail may lack the
empty line before the next, ends of lines may be of either kind. Mails are read one at a time, and
of each no more than its headers and its beginning, where the words stand.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from regard.core.i18n import N_
from regard.ingest.parcel import Parcel, Reject
from regard.ingest.source import Source
from regard.ingest.sources.mail_headers import read_date
from regard.ingest.sources.mail_letters import Letter, Ours, read_letter, read_ours
from regard.ingest.sources.mail_settling import settle
from regard.ingest.sources.mail_tickets import COVERS, Read, check_letter, parcel_of
from regard.ingest.streams import BadFile, open_bytes

HEADER_LIMIT = 16 << 20
BODY_LIMIT = 1 << 20
"""Bytes of a mail that are read: words stand before attachments."""
LINE_LIMIT = 1 << 16
MONTHS = rb"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATED = re.compile(rb"^From .*?\b((?:\w{3},? +)?(?:\d{1,2} +)?(?:" + MONTHS + rb")\b.*\d:\d\d.*)$")
BARE = re.compile(rb"^From(?: -)?\s*$")
QUOTED = re.compile(rb"^>+From ")
HEADER = re.compile(rb"^(?:[!-9;-~]+[ \t]*:|>*From )")


@dataclass
class Cut:
    """A mail as cut out of the box. line: where it begins. whole: whether all of it was kept."""

    line: int
    arrived: datetime | None
    parts: list[bytes] = field(default_factory=list)
    in_body: bool = False
    size: int = 0
    whole: bool = True

    def take(self, line: bytes, begins: bool) -> None:
        """Add a line, or a piece of one that is too long to be held at once."""
        if begins and line.endswith(b"\r\n"):
            line = line[:-2] + b"\n"
        if begins and not self.in_body:
            if QUOTED.match(line) or line.startswith(b"From "):
                return
            if not line.strip():
                self.in_body, self.size = True, 0
        elif begins and QUOTED.match(line):
            line = line[1:]
        if self.size + len(line) > (BODY_LIMIT if self.in_body else HEADER_LIMIT):
            self.whole = False
            return
        self.size += len(line)
        self.parts.append(line)


def parse(path: Path, source: str = "mail", ours: Iterable[str] = ()) -> Parcel:
    """The tickets, messages and people of an mbox file, plain or gzip.

    ours: addresses and domains of our people; without them, or where no mail has to do with them,
    RegardError names the addresses that got most. Mails without date or writer become rejects; a
    file that is no mbox is a BadFile.
    """
    own = read_ours(ours)
    return parcel_of(_read(path, own), own, source, path.name)


def _read(path: Path, ours: Ours) -> Read:
    letters: list[Letter] = []
    rejects: list[Reject] = []
    count = 0
    for cut in cuts(path):
        count += 1
        letter = letter_of(b"".join(cut.parts), ours, cut.arrived, cut.whole)
        reject = check_letter(letter, cut.line)
        if reject is None:
            letters.append(letter)
        else:
            rejects.append(reject)
    return Read(letters, rejects, count)


def letter_of(raw: bytes, ours: Ours, arrived: datetime | None, whole: bool) -> Letter:
    """The mail; where no words were found in what was kept of it, that is said."""
    letter = read_letter(raw, ours, arrived)
    lost = not whole and not letter.text
    return replace(letter, odd=(*letter.odd, "cut_short")) if lost else letter


def cuts(path: Path) -> Iterator[Cut]:
    """The mails of a box, one after the other. An empty file is an empty box."""
    current: Cut | None = None
    after_gap = True
    for number, line, begins, following in _lines(path):
        if begins and _starts(line, following, after_gap, current is None):
            if current is not None:
                yield current
            current = Cut(number, _arrived(line))
        elif current is not None:
            current.take(line, begins)
        elif line.strip(b"\r\n\t \xef\xbb\xbf"):
            raise BadFile(
                path,
                "it is no mbox: its first line does not begin with 'From '",
                "Export the folder as mbox; a mail of its own file is none",
            )
        after_gap = begins and not line.strip()
    if current is not None:
        yield current


def _lines(path: Path) -> Iterator[tuple[int, bytes, bool, bytes]]:
    """Each line with its number, whether it is the beginning of one, and what follows it."""
    with open_bytes(path) as file:
        stream = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file)  # type: ignore[type-var]
        number, begins = 1, True
        line = stream.readline(LINE_LIMIT)
        while line:
            following = stream.readline(LINE_LIMIT)
            yield number, line, begins, following
            begins = line.endswith(b"\n")
            number += begins
            line = following


def _starts(line: bytes, following: bytes, after_gap: bool, is_first: bool) -> bool:
    """Whether a line starts a mail, and is not one of a mail that begins with "From "."""
    if not line.startswith(b"From "):
        return False
    dated = DATED.match(line.rstrip()) is not None
    if is_first and (dated or BARE.match(line)):
        return True
    return HEADER.match(following) is not None and (dated or (after_gap and bool(BARE.match(line))))


def _arrived(line: bytes) -> datetime | None:
    """When the box got the mail, by the line that starts it, which knows no zone."""
    dated = DATED.match(line.rstrip())
    found = read_date(dated.group(1).decode("ascii", "replace")) if dated else None
    return found.replace(tzinfo=UTC) if found is not None else None


OURS = N_("An address of ours, or a domain whose addresses all are; once for each.")
SAYS = N_("The mails of a mailbox file (mbox); --ours says which addresses are ours.")
SOURCES = [Source("mbox", SAYS, parse, COVERS, options={"ours": OURS}, settle=settle)]
