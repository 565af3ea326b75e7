"""With which words each ticket began, and of which type it was found to be."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import table

KEY = list(table("message").key)
TICKET = list(table("ticket").key)
ORDER = ("sent_at", "ordinal", "message_id")


def first_words(messages: pa.Table, words: pa.Table) -> pa.Table:
    """Source, ticket, text and `updated_at` of the first message of each ticket that a customer
    wrote and whose words are known; its subject line stands before its text.
    """
    told = words.select([*KEY, "subject", "text", "updated_at"])
    told = told.filter(pc.is_valid(told.column("text")))
    said = messages.filter(by_customers(messages)).select([*KEY, "sent_at", "ordinal"])
    joined = said.join(told, KEY, join_type="inner", use_threads=False)
    joined = joined.sort_by([(name, "ascending") for name in (*TICKET, *ORDER)])
    first = _first_of(joined, TICKET)
    text = pc.binary_join_element_wise(
        pc.fill_null(first.column("subject"), ""), first.column("text"), "\n"
    )
    return first.select([*TICKET, "updated_at"]).append_column("text", text)


def by_customers(messages: pa.Table) -> pa.ChunkedArray:
    """Which messages customers wrote, and no machine for them."""
    human = pc.invert(pc.fill_null(messages.column("automatic"), False))
    customer = pc.fill_null(pc.equal(messages.column("author_kind"), "customer"), False)
    return pc.and_(human, customer)


def types_told(tickets: pa.Table, changes: pa.Table) -> pa.Table:
    """Source, ticket and `type` of the tickets whose source tells one: the last that it told."""
    changed = changes.filter(pc.equal(changes.column("field"), "type"))
    changed = changed.select([*TICKET, "at", "ordinal", "value"]).rename_columns(
        [*TICKET, "at", "ordinal", "type"]
    )
    changed = changed.sort_by([("at", "descending"), ("ordinal", "descending")])
    changed = _first_of(_told(changed), TICKET).select([*TICKET, "type"])
    rest = _told(tickets.select([*TICKET, "type"]))
    rest = rest.join(changed.select(TICKET), TICKET, join_type="left anti", use_threads=False)
    return pa.concat_tables([changed, rest.select([*TICKET, "type"])])


def _told(rows: pa.Table) -> pa.Table:
    said = pc.fill_null(pc.utf8_trim_whitespace(rows.column("type")), "")
    return rows.filter(pc.not_equal(said, ""))


def _first_of(rows: pa.Table, key: list[str]) -> pa.Table:
    """The first row of each key, in the order of the rows."""
    place = pa.array(range(rows.num_rows), pa.int64())
    keyed = rows.select(key).append_column("_place", place)
    first = keyed.group_by(key, use_threads=False).aggregate([("_place", "min")])
    return rows.take(first.column("_place_min").combine_chunks().sort())


def texts_by_ticket(rows: Mapping[str, pa.Table]) -> dict[tuple[str, str], str]:
    """The first words of each ticket by source and id."""
    first = first_words(rows["message"], rows["message_text"])
    listed = (first.column(name).to_pylist() for name in (*TICKET, "text"))
    return {(source, ticket): text for source, ticket, text in zip(*listed, strict=True)}
