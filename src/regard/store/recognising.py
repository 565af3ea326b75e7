"""Knowing again what was erased, among rows that come, by marks that say nothing themselves."""

from collections.abc import Mapping

import pyarrow as pa

from regard.core.privacy import ACCOUNT, BY, CUSTOMER, IDENTITY, POINTERS, ids_of, owners, words_of
from regard.core.schema import table
from regard.store import marks
from regard.store.belonging import Engine, Gone, engine_with, gone_subjects, spread
from regard.store.marks import Needles, bare_handle, mark_sql, quoted, stand_in_sql
from regard.store.veiling import whole

MATCHED = "(SELECT mark FROM marked)"


def recognise(
    rows: Mapping[str, pa.Table], book: Mapping[str, str], key: str, sizes: set[int]
) -> Gone:
    """What of the rows of an import belongs to somebody erased.

    book: when each mark was made, as ISO instants. sizes: how many signs erased ids have.
    """
    with engine_with(()) as engine:
        told = pa.table({"mark": list(book), "marked_at": list(book.values())})
        engine.register("marked", told)
        for name, part in rows.items():
            engine.register(f"rows_{name}", whole(part, table(name)))
        for name in rows:
            _customers(engine, name, key)
        for name in rows:
            _subjects(engine, name, key)
        spread(engine, rows)
        subjects = gone_subjects(engine)
        since = engine.execute(
            f"SELECT source, id, max(marked_at) FROM gone JOIN marked ON mark = "
            f"{mark_sql(key, 'kind', 'source', 'id')} WHERE kind = '{CUSTOMER}' GROUP BY ALL"
        ).fetchall()
        values: set[str] = set()
        mails: set[str] = set()
        phones: set[str] = set()
        handles: set[str] = set()
        for name in rows:
            values |= _values(engine, name, key, sizes)
            for column in words_of(table(name)):
                mails |= _mails(engine, name, column, key)
                phones |= _phones(engine, name, column, key)
                handles |= _handles(engine, name, column, key)
            if ACCOUNT in table(name).schema.names:
                handles |= _accounts(engine, name, key)
    needles = Needles(*(tuple(sorted(found)) for found in (mails, phones, handles)))
    at = max(book.values())
    return Gone(at, subjects, tuple(sorted(values)), needles, since=tuple(since))


def _customers(engine: Engine, name: str, key: str) -> None:
    """Customers whose own mark, that of their pseudonym, or of an address of theirs, is known."""
    if BY not in (column.name for column in table(name).columns):
        return
    ways = [
        (f"source, {BY}", mark_sql(key, quoted(CUSTOMER), "source", called))
        for called in (BY, stand_in_sql(key, BY))
    ]
    if name == IDENTITY:
        address = mark_sql(key, quoted("address"), "kind", "lower(trim(address))")
        ways.append((f"source, {BY}, kind, address", address))
    for columns, found in ways:
        engine.execute(
            f"INSERT INTO gone SELECT DISTINCT source, '{CUSTOMER}', {BY} FROM "
            f"(SELECT DISTINCT {columns} FROM rows_{name}) WHERE {found} IN {MATCHED} "
            "EXCEPT SELECT * FROM gone"
        )


def _subjects(engine: Engine, name: str, key: str) -> None:
    """What was theirs before: of it words come now, or rows that do not say whose they are."""
    told = {column.name for column in table(name).columns}
    if BY not in told and not any(column.personal for column in table(name).columns):
        return
    which = f"{BY} IS NULL" if BY in told else "true"
    for kind, columns in owners(name):
        if kind == CUSTOMER:
            continue
        shown = kind if kind in POINTERS else quoted(kind)
        id_ = " || chr(10) || ".join(f'"{column}"' for column in columns)
        engine.execute(
            f"INSERT INTO gone SELECT source, kind, id FROM (SELECT DISTINCT source, "
            f"{shown} AS kind, {id_} AS id FROM rows_{name} WHERE {which}) "
            f"WHERE {mark_sql(key, 'kind', 'source', 'id')} IN {MATCHED} EXCEPT SELECT * FROM gone"
        )


def _values(engine: Engine, name: str, key: str, sizes: set[int]) -> set[str]:
    """Ids that stood for a person by themselves."""
    found: set[str] = set()
    if not sizes:
        return found
    fits = "(" + ", ".join(str(size) for size in sorted(sizes)) + ")"
    for column in ids_of(table(name)):
        asked = (
            "SELECT told FROM (SELECT DISTINCT unnest(string_split(lines, chr(10))) AS told FROM "
            f'(SELECT DISTINCT "{column}" AS lines FROM rows_{name})) WHERE length(told) IN {fits} '
            f"AND {mark_sql(key, quoted('value'), 'told')} IN {MATCHED}"
        )
        found |= {text for (text,) in engine.execute(asked).fetchall()}
    return found


def _mails(engine: Engine, name: str, column: str, key: str) -> set[str]:
    return _tokens(engine, f"rows_{name}", column, marks.MAIL, "mail", key)


def _handles(engine: Engine, name: str, column: str, key: str) -> set[str]:
    return _tokens(engine, f"rows_{name}", column, marks.HANDLE, "handle", key)


def _tokens(engine: Engine, rows: str, column: str, form: str, kind: str, key: str) -> set[str]:
    """Known tokens of texts; a file's ending or the point of a sentence may look like a part."""
    bare = f"ltrim(told, {quoted('@' + marks.EDGES)})"
    cut = [f"regexp_replace(token, '([.][^.]+){{{count}}}$', '')" for count in (1, 2)]
    ways = ", ".join(["token", *cut])
    asked = (
        f"SELECT told FROM (SELECT DISTINCT unnest([{ways}]) AS told FROM (SELECT "
        f'unnest(regexp_extract_all(lower("{column}"), {quoted(form)})) AS token '
        f"FROM {rows} WHERE contains(\"{column}\", '@'))) "
        f"WHERE {mark_sql(key, quoted(kind), bare)} IN {MATCHED}"
    )
    return {text.lstrip("@" + marks.EDGES) for (text,) in engine.execute(asked).fetchall()}


def _accounts(engine: Engine, name: str, key: str) -> set[str]:
    asked = (
        f"SELECT DISTINCT told FROM (SELECT {bare_handle(ACCOUNT)} AS told FROM rows_{name}) "
        f"WHERE {mark_sql(key, quoted('handle'), 'told')} IN {MATCHED}"
    )
    return {text for (text,) in engine.execute(asked).fetchall()}


def _phones(engine: Engine, name: str, column: str, key: str) -> set[str]:
    """Last digits of telephones, wherever they begin in a run of digits."""
    asked = (
        "SELECT told FROM (SELECT DISTINCT substr(digits, unnest(range(1, greatest(2, "
        f"length(digits) - {marks.DIGITS} + 2))), {marks.DIGITS}) AS told FROM (SELECT DISTINCT "
        f'regexp_replace(unnest(regexp_extract_all("{column}", {quoted(marks.PHONE)})), '
        f"'\\D', '', 'g') AS digits FROM rows_{name})) "
        f"WHERE {mark_sql(key, quoted('phone'), 'told')} IN {MATCHED}"
    )
    return {text for (text,) in engine.execute(asked).fetchall()}
