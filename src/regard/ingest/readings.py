"""Readings: what text/ finds in customers' words, as rows with a version."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import table
from regard.ingest.first_words import TICKET, by_customers, first_words, types_told
from regard.ingest.models import readers_of
from regard.ingest.plain import build
from regard.store.deltas import BUCKETS
from regard.text.reading import Reading, TextReader

Relation = Any
"""Rows in the store's engine, whose library stays at home there."""

if TYPE_CHECKING:
    from regard.store.snapshot import Snapshot
    from regard.store.store import Store

MESSAGE, MESSAGE_TEXT, WORDS, MATTER = "message", "message_text", "words", "ticket"
KEY = list(table(MESSAGE).key)
SAID = ["text", "updated_at"]
SUBJECT = ["source", "subject", "subject_id", "part"]
MILLION = 1_000_000
TEXTS_AT_ONCE = 10_000
SPOKEN_IN = (MESSAGE, MESSAGE_TEXT)
TOLD = ("ticket", "ticket_change")


def read_rows(rows: Mapping[str, pa.Table], store: "Store", workspace: Path) -> pa.Table | None:
    """Rows of `reading` for the customers' words among an import's rows; None: no words in it.

    An import that brings messages without words, or words without messages, finds the other half
    in the store, and so the first words of its tickets.
    """
    if not {*rows} & {*SPOKEN_IN, WORDS}:
        return None
    readers = readers_of(workspace)
    parts = [_subjects_of_words(rows[WORDS])] if WORDS in rows else []
    if {*rows} & {*SPOKEN_IN}:
        messages, words = (rows.get(name, build(name, "", {}, 0)) for name in SPOKEN_IN)
        with store.snapshot() as snapshot:
            messages = _with_stored(MESSAGE, messages, words, KEY, snapshot)
            words = _with_stored(MESSAGE_TEXT, words, messages, KEY, snapshot)
            parts.append(_subjects_of_messages(messages, words))
            if any(MATTER in one.subjects for one in readers):
                parts.append(_touched(rows, words, snapshot))
    return read_words(pa.concat_tables(parts), readers)


def read_messages(messages: pa.Table, words: pa.Table, readers: Sequence[TextReader]) -> pa.Table:
    """What the readers find in the customers' words, a row a message and reader.

    messages, words: rows of `message` and `message_text`. Machines' messages and those without
    words are left out. Words that stand twice are read once.
    """
    return read_words(_subjects_of_messages(messages, words), readers)


def read_words(told: pa.Table, readers: Sequence[TextReader]) -> pa.Table:
    """What the readers find: rows of `reading`.

    told: source, subject, subject_id, part, text and updated_at; each reader reads what is told of
    its own subjects.
    """
    told = told.sort_by([(name, "ascending") for name in SUBJECT])
    parts = [build("reading", "", {}, 0)]
    for subjects in dict.fromkeys(one.subjects for one in readers):
        own = told.filter(pc.is_in(told.column("subject"), pa.array(subjects, pa.string())))
        alike = [one for one in readers if one.subjects == subjects]
        if own.num_rows:
            parts += _read(own, alike)
    return pa.concat_tables(parts).combine_chunks()


def refresh(store: "Store", workspace: Path) -> int:
    """Read all stored words that lack a reading of a reader's present version; how many rows.

    What older versions found stays. Where nothing is lacking, the store stays as it is.
    """
    head = store.head()
    if not {*head.tables} & {MESSAGE_TEXT, WORDS}:
        return 0
    readers = readers_of(workspace)
    with store.snapshot(head.version) as snapshot:
        # A question costs the engine more time than its answer: first, who lacks anything at all.
        behind = [one for one in readers if any(_unread(snapshot, one, None, count=True))]
        buckets = range(BUCKETS) if behind else ()
        made = [
            read_words(pa.concat_tables(_unread(snapshot, one, bucket)), [one])
            for bucket in buckets
            for one in behind
        ]
    rows = pa.concat_tables([build("reading", "", {}, 0), *made]).combine_chunks()
    if rows.num_rows:
        sources = pc.unique(rows.column("source")).to_pylist()
        store.upsert({"reading": rows}, dict.fromkeys(sources, ("reading",)))
    return int(rows.num_rows)


def counts(store: "Store") -> dict[tuple[str, str], tuple[int, int]]:
    """Of each kind and version, how many rows were read and of how many something is said."""
    if "reading" not in store.head().tables:
        return {}
    with store.snapshot() as snapshot:
        read = snapshot.table("reading")
        found = read.group_by("kind", "version").aggregate(
            rows=read.count(), said=read.value.notnull().sum()
        )
        listed = found.order_by("kind", "version").to_pyarrow().to_pylist()
    return {(row["kind"], row["version"]): (row["rows"], row["said"]) for row in listed}


def _unread(
    snapshot: "Snapshot", reader: TextReader, bucket: int | None, count: bool = False
) -> list[Any]:
    """What is told of a reader's subjects and what it has not read, in a bucket or everywhere.

    Messages, words and readings lie in buckets by their first id: one at a time is enough, and
    only what is lacking leaves the engine. count: only how many rows.
    """
    filled = {*snapshot.manifest.tables}
    stored = {
        name: snapshot.table(name) if bucket is None else snapshot.table_of(name, [bucket])
        for name in (*SPOKEN_IN, WORDS, *TOLD, "reading")
    }
    read = stored["reading"]
    done = read.filter(read.kind == reader.kind, read.version == reader.version)
    made = []
    if WORDS in filled:
        rows = _unread_words(stored[WORDS], done, reader.subjects)
        made.append(rows.count() if count else _told_of_words(rows.to_pyarrow()))
    if MESSAGE in reader.subjects and {*SPOKEN_IN} <= filled:
        rows = _unread_messages(stored, done)
        made.append(rows.count() if count else _told_of_messages(rows.to_pyarrow()))
    if MATTER in reader.subjects and {*SPOKEN_IN} <= filled:
        said, told = _unread_tickets(stored, done)
        made.append(told.count() if count else _told_of_tickets(said, told))
    return [one.to_pyarrow().as_py() for one in made] if count else made


def _unread_words(words: Relation, done: Relation, subjects: Sequence[str]) -> Relation:
    told = words.filter(words.text.notnull(), words.subject.isin(subjects))
    return told.anti_join(done, SUBJECT).select(*SUBJECT, *SAID)


def _unread_messages(stored: Mapping[str, Relation], done: Relation) -> Relation:
    done = done.filter(done.subject == MESSAGE)
    done = done.select("source", ticket_id=done.subject_id, message_id=done.part)
    said, told = _customers_words(stored)
    return said.select(*KEY).inner_join(told.select(*KEY, *SAID), KEY).anti_join(done, KEY)


def _unread_tickets(stored: Mapping[str, Relation], done: Relation) -> tuple[Relation, Relation]:
    """Messages and words of tickets whose source tells no type."""
    ticket, change = (stored[name] for name in TOLD)
    done = done.filter(done.subject == MATTER)
    done = done.select("source", ticket_id=done.subject_id)
    typed = ticket.filter(ticket.type.fill_null("").strip() != "")
    changed = change.filter(change.field == "type", change.value.fill_null("").strip() != "")
    said, told = _customers_words(stored)
    for known in (done, typed, changed):
        said = said.anti_join(known, TICKET)
    return said, told.semi_join(said, KEY)


def _customers_words(stored: Mapping[str, Relation]) -> tuple[Relation, Relation]:
    """Customers' messages, and the words that are known."""
    messages, words = (stored[name] for name in SPOKEN_IN)
    human = ~messages.automatic.fill_null(False)
    said = messages.filter(messages.author_kind == "customer", human)
    return said, words.filter(words.text.notnull())


def _told_of_words(rows: pa.Table) -> pa.Table:
    return rows.cast(build(WORDS, "", {}, 0).select([*SUBJECT, *SAID]).schema)


def _told_of_messages(rows: pa.Table) -> pa.Table:
    schema = build(MESSAGE_TEXT, "", {}, 0).select([*KEY, *SAID]).schema
    return _subjects(MESSAGE, rows.select(schema.names).cast(schema), "ticket_id", "message_id")


def _told_of_tickets(said: Relation, told: Relation) -> pa.Table:
    made = [
        rows.to_pyarrow().cast(table(name).schema)
        for rows, name in ((said, MESSAGE), (told, MESSAGE_TEXT))
    ]
    return _subjects(MATTER, first_words(*made), "ticket_id", None)


def _subjects_of_messages(messages: pa.Table, words: pa.Table) -> pa.Table:
    told = words.select([*KEY, *SAID]).filter(pc.is_valid(words.column("text")))
    said = messages.select(KEY).filter(by_customers(messages))
    joined = said.join(told, KEY, join_type="inner", use_threads=False)
    return _subjects(MESSAGE, joined, "ticket_id", "message_id")


def _subjects_of_words(words: pa.Table) -> pa.Table:
    told = words.filter(pc.is_valid(words.column("text")))
    return told.select([*SUBJECT, *SAID])


def _untyped(rows: Mapping[str, pa.Table], messages: pa.Table, words: pa.Table) -> pa.Table:
    """The first words of tickets whose source tells no type."""
    typed = types_told(rows["ticket"], rows["ticket_change"])
    first = _without(first_words(messages, words), typed, TICKET)
    return _subjects(MATTER, first, "ticket_id", None)


def _touched(rows: Mapping[str, pa.Table], words: pa.Table, snapshot: "Snapshot") -> pa.Table:
    """The same of the tickets that an import's words belong to, with all that is stored of them."""
    whose = words.select(TICKET).group_by(TICKET, use_threads=False).aggregate([])
    whole = {
        name: _with_stored(name, _of(rows.get(name), name, whose), whose, TICKET, snapshot)
        for name in (*SPOKEN_IN, *TOLD)
    }
    return _untyped(whole, whole[MESSAGE], whole[MESSAGE_TEXT])


def _of(rows: pa.Table | None, name: str, whose: pa.Table) -> pa.Table:
    """The rows of those tickets."""
    if rows is None:
        return build(name, "", {}, 0)
    return rows.join(whose, TICKET, join_type="left semi", use_threads=False)


def _subjects(subject: str, rows: pa.Table, first: str, rest: str | None) -> pa.Table:
    """Words under the identity of what was read, as `reading` names it."""
    count = rows.num_rows
    columns = {
        "source": rows.column("source"),
        "subject": _same(subject, count),
        "subject_id": rows.column(first),
        "part": _same("", count) if rest is None else rows.column(rest),
        "text": rows.column("text"),
        "updated_at": rows.column("updated_at"),
    }
    return pa.table(columns)


def _read(told: pa.Table, readers: Sequence[TextReader]) -> list[pa.Table]:
    """Rows of `reading` by each reader."""
    encoded = told.column("text").combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    found: list[list[Reading]] = [[] for _ in readers]
    # Readers look at the same texts in turn: what one has counted, the next need not.
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        some = texts[start : start + TEXTS_AT_ONCE]
        for one, reader in zip(found, readers, strict=True):
            one += reader.read_many(some)
    return [
        _rows(told, encoded.indices, reader, one)
        for one, reader in zip(found, readers, strict=True)
    ]


def _rows(
    told: pa.Table, indices: pa.Array, reader: TextReader, found: Sequence[Reading]
) -> pa.Table:
    values = pa.array([one.value for one in found], pa.string())
    certain = pa.array([round(one.certainty * MILLION) for one in found], pa.int64())
    count = told.num_rows
    columns = {
        **{name: told.column(name).combine_chunks() for name in SUBJECT[1:]},
        "kind": _same(reader.kind, count),
        "version": _same(reader.version, count),
        "value": values.take(indices),
        "certainty_micro": certain.take(indices),
        # Words that changed are read anew, and the reading of the newer ones counts.
        "updated_at": told.column("updated_at").combine_chunks(),
    }
    made = build("reading", "", columns, count)
    place = made.schema.get_field_index("source")
    return made.set_column(place, made.schema.field(place), told.column("source"))


def _with_stored(
    name: str, rows: pa.Table, wanted: pa.Table, key: list[str], snapshot: "Snapshot"
) -> pa.Table:
    """The rows, and of the store those whose keys are wanted and that are not among the rows."""
    if not wanted.num_rows or name not in snapshot.manifest.tables:
        return rows
    lacking = wanted.select(key)
    if key == list(table(name).key):
        lacking = _without(lacking, rows, key)
    if not lacking.num_rows:
        return rows
    stored = snapshot.rows_like(name, lacking).select(rows.column_names)
    return pa.concat_tables([rows, _without(stored, rows, list(table(name).key))])


def _without(rows: pa.Table, others: pa.Table, key: list[str]) -> pa.Table:
    """The rows whose keys are not among the others'."""
    place = pa.array(range(rows.num_rows), pa.int64())
    keyed = rows.select(key).append_column("_place", place)
    left = keyed.join(others.select(key), key, join_type="left anti", use_threads=False)
    return rows.take(left.column("_place").combine_chunks().sort())


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)
