"""The ledger of an answer: every row of the population stands in one line, and the lines add up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from regard.core.i18n import N_
from regard.facts.reader import Reader
from regard.insight.ask import ALL, Result, Scope, rows
from regard.metrics.metric import Metric, metric
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient

EXCLUDED = "excluded"
LINES: Mapping[str, str] = {
    "done": N_("Done"),
    "provisional": N_("Done, but later events may still alter it"),
    "open": N_("Still open"),
    "unknown": N_("Its clock is not known"),
    "unripe": N_("Too early to judge"),
    EXCLUDED: N_("Left out"),
    "standing": N_("Standing at the end"),
}
"""What a row can be, in the order in which it is said, marked for translation."""


@dataclass(frozen=True)
class Line:
    """Rows of one kind. kind: one of LINES; reason: why left out, marked for translation."""

    kind: str
    rows: int
    reason: str = ""


@dataclass(frozen=True)
class Ledger:
    """The rows of a stretch: `every` is the sum of the lines.

    counted: those that the value is made of, among them the open ones of a time. silent: kept, but
    with nothing to count (no rating, not finished). Of a metric that divides two others: the rows
    of the first.
    """

    query: Query
    lines: tuple[Line, ...]
    every: int
    counted: int
    silent: int

    def of(self, kind: str) -> int:
        """The rows of a kind."""
        return sum(line.rows for line in self.lines if line.kind == kind)

    def to_json(self) -> dict[str, Any]:
        """The ledger as plain values, reasons in English."""
        return {
            "from": self.query.since.isoformat() if self.query.since else None,
            "to": self.query.until.isoformat() if self.query.until else None,
            "every": self.every,
            "counted": self.counted,
            "silent": self.silent,
            "lines": [
                {"kind": line.kind, "reason": line.reason, "rows": line.rows} for line in self.lines
            ],
        }


def ledger(answer: Result, reader: Reader, scope: Scope = ALL) -> Ledger:
    """The ledger of an unsplit answer."""
    query = replace(answer.query, by=())
    counted = rows(query, reader, scope, limit=1).total
    if _is_stock(answer.metric):
        out = rows(query, reader, scope, kind=EXCLUDED, limit=1).total
        lines = [Line("standing", counted), *([Line(EXCLUDED, out)] if out else [])]
        return Ledger(query, tuple(lines), counted + out, counted, 0)
    cover = answer.parts[0].coverage
    lines = [Line(kind, int(cover[kind])) for kind in LINES if kind != EXCLUDED and cover.get(kind)]
    kept = sum(line.rows for line in lines if line.kind != "unripe")
    left_out = sorted(cover.get(EXCLUDED, {}).items(), key=lambda pair: (-pair[1], pair[0]))
    lines += [Line(EXCLUDED, int(n), reason) for reason, n in left_out]
    every = sum(line.rows for line in lines)
    return Ledger(query, tuple(lines), every, counted, kept - counted)


def _is_stock(wanted: Metric) -> bool:
    while isinstance(wanted.shape, Quotient):
        wanted = metric(wanted.shape.top)
    return wanted.shape.stock
