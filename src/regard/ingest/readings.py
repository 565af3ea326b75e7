"""Readings of messages: what text/ finds in the customers' words, as rows with a version."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import table
from regard.ingest.plain import build
from regard.store.deltas import BUCKETS
from regard.text.reading import TextReader, text_readers

if TYPE_CHECKING:
    from regard.store.snapshot import Snapshot
    from regard.store.store import Store

MESSAGE, WORDS = "message", "message_text"
KEY = list(table(MESSAGE).key)
MILLION = 1_000_000


def read_rows(rows: Mapping[str, pa.Table], store: "Store") -> pa.Table | None:
    """Rows of `reading` for the customers' messages among an import's rows; None: no words in it.

    An import that brings messages without words, or words without messages, finds the other half
    in the store.
    """
    if MESSAGE not in rows and WORDS not in rows:
        return None
    messages = rows.get(MESSAGE, _none(MESSAGE))
    words = rows.get(WORDS, _none(WORDS))
    with store.snapshot() as snapshot:
        messages = _with_stored(MESSAGE, messages, words, snapshot)
        words = _with_stored(WORDS, words, messages, snapshot)
    return read_messages(messages, words, tuple(text_readers().values()))


def read_messages(messages: pa.Table, words: pa.Table, readers: Sequence[TextReader]) -> pa.Table:
    """What the readers find in the customers' words, a row a message and reader.

    messages, words: rows of `message` and `message_text`. Machines' messages and those without
    words are left out. Words that stand twice are read once.
    """
    told = words.select([*KEY, "text", "updated_at"]).filter(pc.is_valid(words.column("text")))
    said = messages.filter(_by_customers(messages)).select(KEY)
    joined = said.join(told, KEY, join_type="inner", use_threads=False)
    joined = joined.sort_by([(name, "ascending") for name in KEY])
    parts = [_read(joined, reader) for reader in readers]
    return pa.concat_tables([build("reading", "", {}, 0), *parts]).combine_chunks()


def refresh(store: "Store") -> int:
    """Read all stored messages that lack a reading of a reader's present version; how many rows.

    What older versions found stays. Where nothing is lacking, the store stays as it is.
    """
    head = store.head()
    if WORDS not in head.tables or MESSAGE not in head.tables:
        return 0
    with store.snapshot(head.version) as snapshot:
        made = [
            _read(_unread(snapshot, reader, bucket), reader)
            for reader in text_readers().values()
            for bucket in range(BUCKETS)
        ]
    rows = pa.concat_tables([build("reading", "", {}, 0), *made]).combine_chunks()
    if rows.num_rows:
        sources = pc.unique(rows.column("source")).to_pylist()
        store.upsert({"reading": rows}, dict.fromkeys(sources, ("reading",)))
    return int(rows.num_rows)


def _unread(snapshot: "Snapshot", reader: TextReader, bucket: int) -> pa.Table:
    """Keys, words and instants of the customers' messages that the reader has not read.

    Messages, words and readings lie in buckets by their ticket: one at a time is enough.
    """
    messages, words, read = (
        snapshot.table_of(name, [bucket]) for name in (MESSAGE, WORDS, "reading")
    )
    own = messages.filter(messages.author_kind == "customer", ~messages.automatic.fill_null(False))
    told = words.filter(words.text.notnull()).select(*KEY, "text", "updated_at")
    read = read.filter(
        read.subject == MESSAGE, read.kind == reader.kind, read.version == reader.version
    )
    done = read.select("source", ticket_id=read.subject_id, message_id=read.part)
    return own.select(*KEY).inner_join(told, KEY).anti_join(done, KEY).to_pyarrow()


def _read(joined: pa.Table, reader: TextReader) -> pa.Table:
    """Rows of `reading` from keys, words and instants."""
    encoded = joined.column("text").combine_chunks().dictionary_encode()
    found = [reader.read(text) for text in encoded.dictionary.to_pylist()]
    values = pa.array([one.value for one in found], pa.string())
    certain = pa.array([round(one.certainty * MILLION) for one in found], pa.int64())
    count = joined.num_rows
    columns = {
        "subject": _same(MESSAGE, count),
        "subject_id": joined.column("ticket_id").combine_chunks(),
        "part": joined.column("message_id").combine_chunks(),
        "kind": _same(reader.kind, count),
        "version": _same(reader.version, count),
        "value": values.take(encoded.indices),
        "certainty_micro": certain.take(encoded.indices),
        # Words that changed are read anew, and the reading of the newer ones counts.
        "updated_at": joined.column("updated_at").combine_chunks(),
    }
    made = build("reading", "", columns, count)
    place = made.schema.get_field_index("source")
    return made.set_column(place, made.schema.field(place), joined.column("source"))


def _with_stored(name: str, rows: pa.Table, wanted: pa.Table, snapshot: "Snapshot") -> pa.Table:
    """The rows, and of the store those whose keys are wanted and that are not among the rows."""
    lacking = wanted.select(KEY).join(rows.select(KEY), KEY, join_type="left anti")
    if not lacking.num_rows or name not in snapshot.manifest.tables:
        return rows
    stored = snapshot.rows_like(name, lacking).select(rows.column_names)
    return pa.concat_tables([rows, stored])


def _by_customers(messages: pa.Table) -> pa.ChunkedArray:
    human = pc.invert(pc.fill_null(messages.column("automatic"), False))
    customer = pc.fill_null(pc.equal(messages.column("author_kind"), "customer"), False)
    return pc.and_(human, customer)


def _none(name: str) -> pa.Table:
    return build(name, "", {}, 0)


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, pa.string()), count)
