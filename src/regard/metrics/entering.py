"""Time to something as a period saw it: all whose clock ran in it, entering late at their age.

The cohort view follows those who came in a period, into later periods. This one stays in it: who
waits already when it begins enters at the age reached by then, who waits still when it ends is
censored there. It says how fast things went in a month, whoever they were (left truncation,
METRICS §1.4; Andersen, Borgan, Gill and Keiding 1993, §III.3).
"""

from dataclasses import dataclass
from datetime import datetime
from math import floor

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import whole_second
from regard.metrics.curves import ENTRY
from regard.metrics.incidence import Incidence
from regard.metrics.shape import Frame


@dataclass(frozen=True)
class PeriodIncidence(Incidence):
    """The time by which a share of all open in a period was served. at: when a clock starts."""

    at: str = "created_at"
    stock = True

    def behind(self, rows: Relation, start: datetime, end: datetime) -> BooleanValue:
        """Whether a row stands behind the value of a range: its clock ran in it."""
        since, until = floor(start.timestamp()), floor(end.timestamp())
        begun = whole_second(rows[self.at])
        ends, _ = self.ended(rows)
        return (begun < until) & (begun + ends >= since)

    def _timed(self, rows: Relation, frame: Frame) -> Relation:
        """Rows as (entry, t, kind), each once for every period in which its clock ran."""
        # Whoever comes later, or was over before, has no part in any of the periods.
        rows = rows.filter(rows[self.at] < frame.instant("until"))
        end, kind = self.ended(rows)
        start = whole_second(rows[self.at])
        told = rows.select(
            *(key for key in frame.keys if key != frame.moment_key),
            *frame.clusters,
            _start=start,
            _end=start + end,
            _kind=kind,
        )
        since = whole_second(frame.instant("since"))
        told = told.filter(
            told["_kind"].notnull(), told["_end"] >= told["_start"], told["_end"] >= since
        )
        spans = frame.told(seconds_of)
        both = told.inner_join(
            spans, [told["_start"] < spans["_until"], told["_end"] >= spans["_since"]]
        )
        over = both["_end"] < both["_until"]
        return both.select(
            *frame.keys,
            *frame.clusters,
            kind=ibis.ifelse(over, both["_kind"], 0),
            t=ibis.least(both["_end"], both["_until"]) - both["_start"],
            **{ENTRY: ibis.greatest(both["_since"] - both["_start"], 0)},
        )


def seconds_of(frame: Frame) -> pa.Table:
    """The seconds from which and until which each period runs."""
    names = (frame.moment_key, "_since", "_until")
    columns = [
        pa.array([label for label, _, _ in frame.spans], pa.string()),
        pa.array([floor(start.timestamp()) for _, start, _ in frame.spans], pa.int64()),
        pa.array([floor(end.timestamp()) for _, _, end in frame.spans], pa.int64()),
    ]
    return pa.Table.from_arrays(columns, names=list(names))
