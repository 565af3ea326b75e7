"""Messages: the rows of a log that somebody said, and their words."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.schema import table
from regard.ingest.batch import Mask, Whole
from regard.ingest.frame import Frame, Log, holds
from regard.ingest.mapping import EventLog
from regard.ingest.plain import build
from regard.ingest.values import evaluate

Columns = Mapping[str, pa.Array]


@dataclass(frozen=True)
class Said:
    """What every row says, message or not. spoken: whether it is one. Columns by name."""

    spoken: Mask
    message: Columns
    words: Columns


def read(form: EventLog, frame: Frame, log: Log) -> Said:
    """The columns of messages and words of all rows; what cannot be read rejects its row."""
    spoken = holds(form.spoken, frame)
    message = _columns(form, "message", spoken, frame, log)
    if "message_id" in message:
        unnamed = message["message_id"].is_null().to_numpy(zero_copy_only=False) & spoken
        log.reject(frame, unnamed, "no_identity", "message_id", message["message_id"])
    return Said(spoken, message, _columns(form, "message_text", spoken, frame, log))


def rows_of(
    form: EventLog, source: str, said: Said, ids: pa.Array, at: pa.Array, place: Whole, taken: Whole
) -> dict[str, pa.Table]:
    """The rows of `message` and `message_text` from rows sorted by case and time.

    ids, at, place: the case, instant and order in the case of each sorted row. taken: where it
    stood among those read. A message without an id of its own has its place in the case.
    """
    if not form.message:
        return {}
    spoken = said.spoken[taken]
    kept, count = pa.array(taken[spoken]), int(spoken.sum())
    numbers = pa.array(place[spoken], pa.int64())
    own = {
        "ticket_id": ids.filter(pa.array(spoken)),
        "message_id": pc.utf8_lpad(numbers.cast(pa.string()), 5, "0"),
        "ordinal": numbers,
        "sent_at": at.filter(pa.array(spoken)),
    }
    own["updated_at"] = own["sent_at"]
    told = {name: column.take(kept) for name, column in said.message.items()}
    made = {"message": build("message", source, own | told, count)}
    if form.words:
        words = {name: column.take(kept) for name, column in said.words.items()}
        keys = {name: (own | told)[name] for name in ("ticket_id", "message_id", "updated_at")}
        there = np.zeros(count, bool)
        for column in words.values():
            there |= column.is_valid().to_numpy(zero_copy_only=False)
        whole = build("message_text", source, keys | words, count)
        made["message_text"] = whole.filter(pa.array(there))
    return made


def _columns(form: EventLog, name: str, spoken: Mask, frame: Frame, log: Log) -> Columns:
    """The columns of all rows, read only where one is a message."""
    kinds = table(name)
    part = frame.where(spoken)
    found = {}
    for key, choice in (form.message if name == "message" else form.words).items():
        values = evaluate(choice, kinds.column(key).kind, f"{name}.{key}", part, log)
        whole = pa.nulls(len(frame), values.type)
        found[key] = pc.replace_with_mask(whole, pa.array(spoken), values)
    return found
