"""What is measured of stretches over the stretch of a part: who was there, from when until when."""

from dataclasses import dataclass
from datetime import datetime

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.metrics.laying import Zoned
from regard.metrics.level import MOMENT
from regard.metrics.shape import Frame


@dataclass(frozen=True)
class OverTime:
    """What shapes over stretches share. starts, ends: the stretch; an empty end: it goes on."""

    starts: str = "starts_at"
    ends: str = "ends_at"
    stock = True
    additive = False

    def uses(self, rows: Relation) -> BooleanValue | None:
        """All that lie in the range."""
        return None

    def behind(self, rows: Relation, start: datetime, end: datetime) -> BooleanValue:
        """Whether a row stands behind the value of a range: it lies in it."""
        begun: BooleanValue = rows[self.starts] < ibis.literal(end, MOMENT)
        ends = rows[self.ends]
        return begun & (ends.isnull() | (ends > ibis.literal(start, MOMENT)))


def within(
    rows: Relation, frame: Frame, starts: str, ends: str, touching: bool = False
) -> Relation:
    """One row a stretch and part in time that it lies in, which runs `_from` … `_until`.

    touching: a stretch that ends as the part begins lies in it too.
    """
    given = frame.told(spans_of)
    begun = given["_from"]
    kept = rows.drop(frame.moment_key) if frame.moment_key in rows.columns else rows
    return kept.inner_join(
        given,
        [
            kept[starts] < given["_until"],
            kept[ends].isnull() | ((kept[ends] >= begun) if touching else (kept[ends] > begun)),
        ],
    )


def spans_of(frame: Frame) -> pa.Table:
    """From when until when each part in time runs."""
    names = [("_from", Zoned), ("_until", Zoned)]
    schema = pa.schema([(frame.moment_key, pa.string()), *names])
    told = [{frame.moment_key: n, "_from": since, "_until": u} for n, since, u in frame.spans]
    return pa.Table.from_pylist(told, schema=schema)
