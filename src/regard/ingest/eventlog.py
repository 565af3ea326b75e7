"""Event logs: from what happened to a case, row by row, to a ticket and its changes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import table
from regard.ingest import messages, named, threads
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.mapping import Change, Choice, EventLog
from regard.ingest.plain import build
from regard.ingest.values import evaluate, text_of

PLACES = 32
"""Changes that one row may make: ordinals are the row's place in the case times this."""
COMBINED = "solved+closed"
DONE = ("solved", "closed")


@dataclass(frozen=True)
class Cases:
    """The good rows, sorted by case and time.

    frame: the rows. case: a number by case. place: the row's place in its case, from 1, among
    all its rows, also those put aside, so that a row tried again later finds its place free.
    first: the case's first row. at: instants.
    """

    frame: Frame
    ids: pa.Array
    case: Whole
    place: Whole
    first: Mask
    at: pa.Array


def translate(form: EventLog, source: str, frame: Frame, log: Log) -> dict[str, pa.Table]:
    """Tickets, changes and what else the mapping takes from the rows of a whole log."""
    ids, depth = cases_of(form, frame, log)
    at = evaluate(form.at, "instant", "at", frame, log)
    log.reject(
        frame,
        ids.is_null().to_numpy(zero_copy_only=False),
        "no_case",
        "/".join(form.case.columns),
        ids,
    )
    unsaid = at.is_null().to_numpy(zero_copy_only=False)
    log.reject(frame, unsaid, "no_instant", "", at.cast(pa.string()))
    # Values are read before rows are sorted, so that every reject is known by then.
    values = [_value(change, frame, log) for change in form.changes]
    numbers = [evaluate(f.value, "whole", f.name, frame, log) for f in form.figures]
    said = messages.read(form, frame, log)
    cases, rows = _sort(form, ids, at, depth, frame, log)
    trial = Log()
    tickets = _tickets(form, source, cases, trial)
    if trial.wrong:
        # A case's first row cannot be read: judge them all, and let the next good one be first.
        _ticket_columns(form, frame, log)
        cases, rows = _sort(form, ids, at, depth, frame, log)
        trial = Log()
        tickets = _tickets(form, source, cases, trial)
    log.take_odd(trial)
    rows_taken = pa.array(rows)
    made = {"ticket": tickets}
    parts = [
        _changes(change, place, value.take(rows_taken), cases, log)
        for place, (change, value) in enumerate(zip(form.changes, values, strict=True))
    ]
    made["ticket_change"] = _join_changes(parts, source)
    order = cases.place * PLACES
    made |= messages.rows_of(form, source, said, cases.ids, cases.at, order, rows)
    made |= named.teams(form, source, cases.frame)
    made |= named.agents(form, source, cases.frame)
    made |= named.customers(form, source, cases.frame, cases.at)
    taken = [number.take(rows_taken) for number in numbers]
    made |= named.figures(form, source, cases.ids, cases.case, cases.at, taken)
    _note_repeats(form, cases, at.take(rows_taken), log)
    return made


# --- order -----------------------------------------------------------------------------------


def cases_of(form: EventLog, frame: Frame, log: Log) -> tuple[pa.Array, Whole]:
    """The case of each row, and what puts rows of one instant in order before their lines do."""
    own = text_of(form.case, frame)
    if form.links is None:
        return own, np.zeros(len(frame), np.int64)
    found = threads.find(form.links, own, frame, log)
    return found.ids, found.depth


def _sort(
    form: EventLog, ids: pa.Array, at: pa.Array, depth: Whole, frame: Frame, log: Log
) -> tuple[Cases, Whole]:
    """The cases, and the positions in the frame of their rows."""
    if not len(frame):
        nothing = np.zeros(0, np.int64)
        return Cases(frame, ids, nothing, nothing, nothing.astype(bool), at), nothing
    encoded = ids.fill_null("").dictionary_encode()
    # Cases by name, so that the order of rows in the file does not show in the order of rows made.
    rank = np.empty(len(encoded.dictionary), np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    case = rank[encoded.indices.to_numpy(zero_copy_only=False)]
    us = _fill_unknown(at, case)
    if form.ordered:
        at, us = _set_back(at, us, case, frame, log)
    rows = np.lexsort((np.arange(len(frame)), depth, us, case))
    case = case[rows]
    starts = _starts(case)
    place = np.arange(len(rows)) - np.flatnonzero(starts)[np.cumsum(starts) - 1] + 1
    kept = log.good(frame)[rows]
    rows, case, place = rows[kept], case[kept], place[kept]
    taken = pa.array(rows)
    sorted_ = Frame(frame.rows.take(taken), frame.lines[rows], frame.mapping, frame.at[rows])
    return Cases(sorted_, ids.take(taken), case, place, _starts(case), at.take(taken)), rows


def _fill_unknown(at: pa.Array, case: Whole) -> Whole:
    """Instants as numbers; a row without one stands right after the row before it in the file."""
    us: Whole = at.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False).copy()
    if (us < 0).any():
        by_case = np.argsort(case, kind="stable")
        known = np.where(us[by_case] >= 0, np.arange(len(us)), -1)
        starts = np.flatnonzero(_starts(case[by_case]))
        floor = np.repeat(starts, np.diff([*starts, len(us)]))
        source = np.maximum.accumulate(known)
        us[by_case] = np.where(source >= floor, us[by_case][np.maximum(source, 0)], 0)
    return us


def _set_back(
    at: pa.Array, us: Whole, case: Whole, frame: Frame, log: Log
) -> tuple[pa.Array, Whole]:
    """Instants of rows that stand in order: one later than a following row's is set back to it."""
    by_case = np.argsort(case, kind="stable")[::-1]
    # Each case gets a range of its own, falling as the walk goes back, so that one running
    # minimum serves all.
    span = int(us.max()) + 1
    shift = case[by_case].astype(object) * span
    lowest = np.minimum.accumulate(us[by_case] + shift) - shift
    monotone = us.copy()
    monotone[by_case] = lowest.astype(np.int64)
    moved = at.is_valid().to_numpy(zero_copy_only=False) & (monotone < us)
    log.note_rows(frame, moved, "impossible_order", "at", at.cast(pa.string()))
    set_back = pa.array(monotone).cast(pa.timestamp("us", tz="UTC"))
    return pc.if_else(pa.array(moved), set_back, at), monotone


def _starts(case: Whole) -> Mask:
    """Where a run of equal numbers begins."""
    starts = np.ones(len(case), bool)
    starts[1:] = case[1:] != case[:-1]
    return starts


# --- tickets ---------------------------------------------------------------------------------


def _tickets(form: EventLog, source: str, cases: Cases, log: Log) -> pa.Table:
    rows = cases.frame.where(cases.first)
    first = pa.array(cases.first)
    columns = _ticket_columns(form, rows, log)
    began = cases.at.filter(first)
    created = columns.get("created_at")
    columns["created_at"] = began if created is None else pc.coalesce(created, began)
    columns["ticket_id"] = cases.ids.filter(first)
    if form.message and "customer_id" in form.ticket:
        columns["customer_id"] = _first_said(form.ticket["customer_id"], cases)
    # The ticket is what its first row says: the same however far the log goes on.
    columns["updated_at"] = began
    return build("ticket", source, columns, len(rows))


def _ticket_columns(form: EventLog, frame: Frame, log: Log) -> dict[str, pa.Array]:
    ticket = table("ticket")
    return {
        name: evaluate(choice, ticket.column(name).kind, f"ticket.{name}", frame, log)
        for name, choice in form.ticket.items()
    }


def _first_said(choice: Choice, cases: Cases) -> pa.Array:
    """What the first row of each case that says something says: a case may begin with our words."""
    said = evaluate(choice, "text", "ticket.customer_id", cases.frame, Log())
    places = np.flatnonzero(said.is_valid().to_numpy(zero_copy_only=False))
    number = np.cumsum(cases.first) - 1
    told, first = np.unique(number[places], return_index=True)
    rows = np.full(int(cases.first.sum()), -1, np.int64)
    rows[told] = places[first]
    return said.take(pa.array(rows, mask=rows < 0))


# --- changes ---------------------------------------------------------------------------------


def _value(change: Change, frame: Frame, log: Log) -> pa.Array:
    return evaluate(change.value, "text", f"ticket_change.{change.name}", frame, log)


def _changes(
    change: Change, position: int, said: pa.Array, cases: Cases, log: Log
) -> dict[str, pa.Array]:
    """The rows of one field: where it takes another value than the case's last one."""
    raw = _raw(change, cases.frame)
    if change.first:
        said = _first_values(change, raw, said, cases.first)
    rows, values, part = _unfold(said)
    case = cases.case[rows]
    kept = np.ones(len(rows), bool)
    # A combined status says "solved" only of what is not solved or closed by then.
    before = _before(values, case)
    kept &= ~((part == 0) & np.isin(before, DONE))
    rows, values, part, case = rows[kept], values[kept], part[kept], case[kept]
    told = (_before(values, case) != values) | (np.isin(values, change.restates) & (part < 0))
    rows, values, part = rows[told], values[told], part[told]
    taken = pa.array(rows)
    frame = Frame(cases.frame.rows.take(taken), cases.frame.lines[rows], cases.frame.mapping, rows)
    told_by = Log()
    more = {
        name: evaluate(choice, "text", f"ticket_change.{name}", frame, told_by)
        for name, choice in (
            ("actor", change.actor),
            ("actor_kind", change.actor_kind),
            ("reason", change.reason),
        )
    }
    # Who did it and why are asides: what cannot be read of them is counted, and loses no row.
    log.take_odd(told_by)
    if change.name == "status":
        closed = pa.array(values == "closed")
        more["reason"] = pc.if_else(closed, more["reason"], pa.scalar(None, pa.string()))
    place = cases.place[rows]
    return {
        "ticket_id": cases.ids.take(taken),
        "change_id": _change_ids(place, change.name, part),
        "ordinal": pa.array(place * PLACES + 2 * position + (part == 1), pa.int64()),
        "at": cases.at.take(taken),
        "field": pa.repeat(pa.scalar(change.name, pa.string()), len(rows)),
        "value": pa.array(values, pa.string()),
        "raw_value": raw.take(taken),
        **more,
    }


def _raw(change: Change, frame: Frame) -> pa.Array:
    """The value in the source's words: its columns without the map."""
    result = pa.nulls(len(frame), pa.string())
    for value in change.value:
        if value.columns:
            result = pc.coalesce(result, text_of(value, frame))
    return result


def _first_values(change: Change, raw: pa.Array, said: pa.Array, first: Mask) -> pa.Array:
    """The values with those of the map for first rows put in."""
    encoded = raw.dictionary_encode()
    words = [change.first.get(word.casefold()) for word in encoded.dictionary.to_pylist()]
    given = pa.array(words, pa.string()).take(encoded.indices)
    use = pc.and_(pa.array(first), given.is_valid())
    return pc.if_else(use, given, said)


def _unfold(said: pa.Array) -> tuple[Whole, npt.NDArray[np.object_], Whole]:
    """Rows that say something, with a combined status as two: part 0 and 1 instead of -1."""
    rows = np.flatnonzero(said.is_valid().to_numpy(zero_copy_only=False))
    values = said.take(pa.array(rows)).to_numpy(zero_copy_only=False)
    double = values == COMBINED
    times = np.where(double, 2, 1)
    part = np.full(int(times.sum()), -1, np.int64)
    ends = np.cumsum(times)
    part[ends[double] - 2], part[ends[double] - 1] = 0, 1
    values = np.repeat(values, times)
    values[part == 0], values[part == 1] = DONE
    return np.repeat(rows, times), values, part


def _before(values: npt.NDArray[np.object_], case: Whole) -> npt.NDArray[np.object_]:
    """The value before each in its case; empty for the first."""
    before = np.full(len(values), "", object)
    same = case[1:] == case[:-1]
    before[1:][same] = values[:-1][same]
    return before


def _change_ids(place: Whole, field: str, part: Whole) -> pa.Array:
    numbers = pc.utf8_lpad(pa.array(place, pa.int64()).cast(pa.string()), 5, "0")
    ends = pa.array(np.where(part == 1, f"/{field}+closed", f"/{field}"), pa.string())
    return pc.binary_join_element_wise(numbers, ends, "")


def _join_changes(parts: list[dict[str, pa.Array]], source: str) -> pa.Table:
    tables = [
        build("ticket_change", source, part | {"updated_at": part["at"]}, len(part["at"]))
        for part in parts
    ]
    joined = pa.concat_tables(tables or [build("ticket_change", source, {}, 0)])
    return joined.combine_chunks().sort_by([("ticket_id", "ascending"), ("ordinal", "ascending")])


# --- oddities --------------------------------------------------------------------------------


def _note_repeats(form: EventLog, cases: Cases, at: pa.Array, log: Log) -> None:
    us = at.cast(pa.int64()).to_numpy(zero_copy_only=False)
    if form.activity:
        encoded = cases.frame.text(form.activity).dictionary_encode().indices.fill_null(-1)
        code = encoded.to_numpy(zero_copy_only=False)
        log.note("repeated_row", form.activity, *_repeats(cases, us, code))


def _repeats(cases: Cases, us: Whole, code: Whole) -> tuple[int, str]:
    """How many rows repeat the case, instant and activity of another, and the first of them."""
    rows = np.lexsort((np.arange(len(us)), code, us, cases.case))
    keys = np.stack([cases.case[rows], us[rows], code[rows]])
    again = np.zeros(len(rows), bool)
    again[1:] = (keys[:, 1:] == keys[:, :-1]).all(axis=0)
    found = rows[again]
    return len(found), f"line {cases.frame.lines[found[0]]}" if len(found) else ""
