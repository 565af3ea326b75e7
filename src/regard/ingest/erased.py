"""Customers who were erased: known by marks alone, so that no import brings them back."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from regard.core.errors import RegardError
from regard.core.i18n import N_
from regard.core.privacy import ACCOUNT, CUSTOMER, carriers
from regard.ingest.frame import Log
from regard.ingest.parcel import Parcel, Reject
from regard.ingest.pseudonyms import KEY, key_of
from regard.ingest.quarantine import write_whole
from regard.store import marks
from regard.store.belonging import Gone
from regard.store.marks import mark
from regard.store.recognising import recognise
from regard.store.veiling import veil

FILE = "erased.json"
OURS_ALONE = 0o600
"""The mode of a file that nobody but its owner may read."""
STORE, LOCK, TURN = "store", "erase.lock", "erasing.lock"
ERASED = N_("the customer was erased")
JOINING = ("mail", "phone", "external")
ID_LIKE = re.compile(
    r"id$|case|ticket|customer|client|requester|caller|author|from|key|number|user|account"
    r"|mail|phone|contact|call|name",
    re.IGNORECASE,
)
"""Names of columns of a system that may hold an id."""
SURE_ID = 4
"""An id of so many signs is one in whatever column it stands."""
PARTS = re.compile(r"""[\s,;|"':{}\[\]()=]+""")
LONGEST_ID = 200
ENDINGS = 2


@dataclass(frozen=True)
class Book:
    """The marks of all who were erased. key: under which they were made. marks: mark to instant.

    sizes: how many signs those of their ids have that are addresses.
    """

    key: str
    marks: Mapping[str, str]
    sizes: frozenset[int]

    def has(self, kind: str, *parts: str) -> bool:
        """Whether a thing of a kind was erased."""
        return mark(self.key, kind, *parts) in self.marks

    def customer(self, source: str, customer_id: str) -> bool:
        """Whether that customer was erased, by that name or by the pseudonym of it."""
        names = (customer_id, marks.stand_in(self.key, customer_id))
        return any(self.has(CUSTOMER, source, name) for name in names)

    def address(self, text: str) -> bool:
        """Whether that mail address, telephone or name of an account was erased."""
        bare = text.strip().lower()
        return (
            self.has("mail", bare)
            or self.has("handle", bare.removeprefix("@"))
            or (marks.is_phone(bare) and self.has("phone", marks.digits_of(bare)))
        )


def lock_of(workspace: Path) -> Path:
    """The lock that imports hold together and an erasure alone."""
    return workspace / STORE / LOCK


def turn_of(workspace: Path) -> Path:
    """The lock that one erasure holds from its beginning to its end: they take turns."""
    return workspace / STORE / TURN


def read_book(workspace: Path) -> Book | None:
    """Who was erased from a workspace; None where nobody was.

    Raises RegardError where the file is damaged, or the key is not the one of the marks: nobody
    would be known again.
    """
    path = workspace / FILE
    if not path.exists():
        return None
    try:
        said = json.loads(path.read_text("utf-8"))
        made_with = said["key"]
        found = {str(one): str(at) for one, at in said["marks"].items()}
        sizes = frozenset(map(int, said["sizes"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RegardError(
            f"The file {FILE} of the workspace is damaged: erased customers would come back. "
            "Restore it from a copy. Nothing was changed."
        ) from None
    key = key_text(workspace) if (workspace / KEY).exists() else ""
    if made_with != mark(key, "key"):
        raise RegardError(
            f"The file pseudonym.key of the workspace is not the one that {FILE} was made with: "
            "erased customers would come back. Restore it from a copy. Nothing was changed."
        )
    return Book(key, found, sizes)


def enter(workspace: Path, gone: Gone) -> Book:
    """The book with all that is gone entered; written whole or not at all."""
    book = read_book(workspace) or Book(key_text(workspace), {}, frozenset())
    new = as_book(gone, book.key)
    more = replace(book, marks={**new.marks, **book.marks}, sizes=book.sizes | new.sizes)
    if more != book:
        said = {
            "key": mark(more.key, "key"),
            "marks": dict(more.marks),
            "sizes": sorted(more.sizes),
        }
        write_whole(workspace / FILE, json.dumps(said, indent=1, sort_keys=True), OURS_ALONE)
    return more


def as_book(gone: Gone, key: str) -> Book:
    """A book of what is gone alone."""
    told = dict.fromkeys(_marks_of(gone, key), gone.at)
    told |= {mark(key, CUSTOMER, source, id_): at for source, id_, at in gone.since}
    return Book(key, told, frozenset(len(value) for value in gone.values))


def without_erased(rows: Mapping[str, pa.Table], workspace: Path, log: Log) -> dict[str, pa.Table]:
    """Rows of an import, without words and addresses of who was erased; counted in the log.

    What is theirs and new is entered in the book, for its words may come later.
    """
    book = read_book(workspace)
    if book is None or not rows:
        return dict(rows)
    gone = recognise(rows, book.marks, book.key, set(book.sizes))
    if not gone:
        return dict(rows)
    enter(workspace, gone)
    made, touched = veil(rows, gone, book.key)
    for name, count in touched.items():
        log.note("erased", name, count, "")
    return made


def without_rejects(parcels: Sequence[Parcel], workspace: Path) -> tuple[Parcel, ...]:
    """The parcels with nothing left of rejected rows that speak of somebody erased."""
    book = read_book(workspace)
    if book is None:
        return tuple(parcels)
    sources = tuple(dict.fromkeys(parcel.source for parcel in parcels))
    return tuple(_cleaned(book, parcel, sources) for parcel in parcels)


def speaks_of(book: Book, source: str, raw: Mapping[str, Any]) -> bool:
    """Whether a row as read has an id or an address of somebody erased in it."""
    return any(
        (len(text) in book.sizes and book.has("value", text))
        or any(_addresses_in(book, text))
        or any(_is_id(book, source, part) for part in _likely_ids(name, text))
        for name, text in _texts(raw)
    )


def scrubbed(book: Book, text: str, sources: Iterable[str]) -> str:
    """A text with a gap in place of every erased address, and of each part that is the id of a
    customer erased in one of the sources."""
    told = ", ".join(
        marks.GAP
        if (len(part) in book.sizes and book.has("value", part))
        or any(book.customer(source, part) for source in sources)
        else part
        for part in text.split(", ")
    )
    for found in dict.fromkeys(_addresses_in(book, told)):
        told = told.replace(found, marks.GAP)
    return told


def blank(reject: Reject) -> Reject:
    """What is left of a rejected row of somebody erased: where it stood, and its kind."""
    return replace(reject, reason=ERASED, value="", raw={})


def _cleaned(book: Book, parcel: Parcel, sources: Sequence[str]) -> Parcel:
    rejects = tuple(
        blank(one) if _rejected(book, parcel.source, one) else one for one in parcel.rejects
    )
    beside = tuple(one for one in parcel.beside if not speaks_of(book, parcel.source, one[1]))
    findings = tuple(
        replace(one, example=scrubbed(book, one.example, sources)) for one in parcel.findings
    )
    origin = parcel.origin and replace(
        parcel.origin, file=scrubbed(book, parcel.origin.file, sources)
    )
    return replace(parcel, rejects=rejects, beside=beside, findings=findings, origin=origin)


def _likely_ids(name: str, text: str) -> Iterator[str]:
    """What of a text may be an id. A line of which nobody can tell the columns: any part of it."""
    if not name:
        yield from dict.fromkeys(part for part in PARTS.split(text) if part)
    elif len(text) <= LONGEST_ID and (len(text) >= SURE_ID or ID_LIKE.search(name)):
        yield text.strip()


def _is_id(book: Book, source: str, text: str) -> bool:
    return any(book.has(kind, source, text) for kind in (CUSTOMER, ACCOUNT, *carriers()))


def _rejected(book: Book, source: str, one: Reject) -> bool:
    return speaks_of(book, source, {**one.raw, one.column: [one.raw.get(one.column), one.value]})


def _marks_of(gone: Gone, key: str) -> Iterator[str]:
    for source, kind, id_ in gone.subjects:
        yield mark(key, kind, source, id_)
        if kind == CUSTOMER:
            yield mark(key, CUSTOMER, source, marks.stand_in(key, id_))
    for value in gone.values:
        yield mark(key, "value", value)
    for mail in gone.needles.mails:
        yield mark(key, "mail", mail)
    for phone in gone.needles.phones:
        yield mark(key, "phone", phone)
    for handle in gone.needles.handles:
        yield mark(key, "handle", handle)
    for kind, address in gone.addresses:
        if kind in JOINING:
            yield mark(key, "address", kind, address)


def _addresses_in(book: Book, text: str) -> Iterator[str]:
    """The erased addresses in a text, as they stand there."""
    if "@" in text:
        for found in re.finditer(marks.MAIL, text):
            # A file's ending or the point of a sentence may look like more of a host's name.
            ways = (found[0].rsplit(".", cut)[0] for cut in range(ENDINGS + 1))
            bare = (way.lstrip(marks.EDGES) for way in ways)
            yield from (way for way in bare if book.has("mail", way.lower()))
        for found in re.finditer(marks.HANDLE, text):
            ways = (found[0].rsplit(".", cut)[0] for cut in range(ENDINGS + 1))
            yield from (way for way in ways if book.has("handle", way[1:].lower()))
    for found in re.finditer(marks.PHONE, text):
        digits = re.sub(r"\D", "", found[0])
        starts = range(max(1, len(digits) - marks.DIGITS + 1))
        if any(book.has("phone", digits[at : at + marks.DIGITS]) for at in starts):
            yield found[0]


def _texts(raw: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a row as read, with the name of its column."""
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            yield from _texts(value, str(key))
    elif isinstance(raw, list | tuple):
        for value in raw:
            yield from _texts(value, name)
    elif raw is not None:
        yield name, str(raw)


def key_text(workspace: Path) -> str:
    """The key of a workspace as text; RegardError where its file is damaged."""
    key = key_of(workspace).decode("ascii", "replace").strip()
    if not re.fullmatch(r"[0-9a-f]+", key):
        raise RegardError(
            "The file pseudonym.key of the workspace is damaged. Restore it from a copy: without "
            "it nobody who was erased is known again."
        )
    return key
