"""Rows without what is erased: words blanked, pseudonyms in place of ids and addresses."""

from collections.abc import Mapping

import pyarrow as pa

from regard.core.privacy import ACCOUNT, BY, CUSTOMER, ids_of, namers
from regard.core.schema import NAMED, WORDS, Table, table
from regard.store.belonging import Gone, engine_with, is_gone
from regard.store.marks import GAP, KEPT, STOOD, as_list, bare_handle, listed, quoted, stand_in_sql


def veiled(declared: Table, gone: Gone, key: str, rows: str) -> tuple[str, str]:
    """SQL for the rows of a table as they are left, and for how many of them are touched.

    The engine knows as `gone` and `since` who is meant, as `engine_with` made them.
    """
    ways = {
        column.name: _way(declared, column.name, column.personal, gone, key)
        for column in declared.columns
    }
    shown = ", ".join(f'{left} AS "{name}"' for name, (left, _) in ways.items())
    hits = [f"coalesce({hit}, false)" for _, hit in ways.values() if hit]
    told = f"(SELECT *, {is_gone(declared.name)} AS is_gone FROM {rows}) AS told"
    counted = f"SELECT count(*) FROM {told} WHERE {' OR '.join(hits) or 'false'}"
    return f"SELECT {shown} FROM {told}", counted


def _way(declared: Table, name: str, personal: str, gone: Gone, key: str) -> tuple[str, str]:
    """SQL for what is left of a column, and for whether it changes; empty: never."""
    column = f'"{name}"'
    if personal == WORDS:
        return _words(column, gone)
    if personal == NAMED:
        hit = f"is_gone AND {column} IS NOT NULL AND NOT {_stood(column)}"
        left = stand_in_sql(key, f"lower(trim({column}))")
        return f"CASE WHEN {hit} THEN {left} ELSE {column} END", hit
    if name == "erased_at":
        at = (
            "coalesce((SELECT max(since_at) FROM since WHERE since.source = told.source "
            f"AND since.id = told.{BY}), {quoted(gone.at)})::TIMESTAMPTZ"
        )
        hit = f"is_gone AND {column} IS NULL"
        return f"CASE WHEN {hit} THEN {at} ELSE {column} END", hit
    if name in ids_of(declared):
        return _id(declared, name, gone, key)
    return column, ""


def _words(column: str, gone: Gone) -> tuple[str, str]:
    """Nobody's words but theirs are blanked; in others' words a gap stands for each address."""
    if not gone.needles:
        return f"CASE WHEN is_gone THEN NULL ELSE {column} END", f"is_gone AND {column} IS NOT NULL"
    within = quoted(gone.needles.pattern)
    hit = f"regexp_matches({column}, {within}, 'i')"
    kept = f"regexp_replace({column}, {within}, '{KEPT}{GAP}', 'gi')"
    return (
        f"CASE WHEN is_gone THEN NULL WHEN {hit} THEN {kept} ELSE {column} END",
        f"{column} IS NOT NULL AND (is_gone OR {hit})",
    )


def _id(declared: Table, name: str, gone: Gone, key: str) -> tuple[str, str]:
    """A pseudonym for a customer's id where it names one, and for ids that are addresses."""
    column = f'"{name}"'
    ways = []
    for namer, kind in namers(declared.name):
        if namer == name:
            own = f"(source, '{CUSTOMER}', {column}) IN (FROM gone)"
            ways.append(f"({quoted(CUSTOMER)} = {kind} AND {own})" if kind else own)
    if name == ACCOUNT:
        ways.append(f"(source, '{ACCOUNT}', {column}) IN (FROM gone)")
        if gone.needles.handles:
            ways.append(f"{bare_handle(column)} IN {listed(gone.needles.handles)}")
    if gone.values:
        ways.append(f"{column} IN {listed(gone.values)}")
    if not ways:
        return column, ""
    hit = f"({' OR '.join(ways)}) AND NOT {_stood(column)}"
    left = f"CASE WHEN {hit} THEN {stand_in_sql(key, column)}"
    if gone.values:
        # A column may name several, one a line.
        lines = f"string_split({column}, chr(10))"
        several = f"list_has_any({lines}, {as_list(gone.values)})"
        each = f"CASE WHEN line IN {listed(gone.values)} THEN {stand_in_sql(key, 'line')} ELSE line"
        changed = f"list_transform({lines}, lambda line: {each} END)"
        left += f" WHEN {several} THEN array_to_string({changed}, chr(10))"
        hit = f"({hit}) OR {several}"
    return f"{left} ELSE {column} END", hit


def _stood(column: str) -> str:
    return f"regexp_full_match({column}, {quoted(STOOD)})"


def veil(
    rows: Mapping[str, pa.Table], gone: Gone, key: str
) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Rows of an import without what is gone, and how many rows of each table were touched."""
    made, touched = dict(rows), {}
    with engine_with(gone.subjects, gone.since) as engine:
        for name, told in rows.items():
            engine.register("incoming", whole(told, table(name)))
            shown, asked = veiled(table(name), gone, key, "incoming")
            ((count,),) = engine.execute(asked).fetchall()
            if count:
                found = engine.sql(shown).to_arrow_table().select(told.column_names)
                made[name], touched[name] = found.cast(told.schema), int(count)
            engine.unregister("incoming")
    return made, touched


def whole(rows: pa.Table, declared: Table) -> pa.Table:
    """The rows with every declared column."""
    for column in declared.columns:
        if column.name not in rows.column_names:
            rows = rows.append_column(column.name, pa.nulls(rows.num_rows, column.type))
    return rows.select(declared.schema.names)
