"""What a customer with a contract brings in over 36 months: retention curve times monthly price."""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.facts.expressions import joined, seconds_between
from regard.metrics.exposure import MONTH_SECONDS
from regard.metrics.folds import WIDE
from regard.metrics.retained import CUSTOMER, at_end, whole_key
from regard.metrics.revenue import paid_monthly
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.stretch import OverTime, within
from regard.stats.estimate import nothing
from regard.stats.lifetable import MONTHS, kept_after, life_table, lifetime_value
from regard.store.engine import MOMENT

YEAR = 12
THOUSAND = 1_000
Lives = dict[tuple[int, bool], int]


@dataclass(frozen=True)
class ContractValue(OverTime):
    """The life table of first stretches known by the end of each part, times what is paid then.

    Beside: how many months of the 36 the table has seen, and what a table of a year earlier would
    have said of those there then (`expected_kept`), with what came (`kept`).
    """

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """First stretches by the month of theirs in which they were last seen, and who left."""
        return _lives(rows, frame, 0)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The value of a new customer of each part, in the workspace's currency."""
        now = _books(frame.run("lives", lambda: _lives(rows, frame, 0)), frame)
        then = _books(frame.run("past", lambda: _lives(rows, frame, YEAR)), frame)
        pays = {frame.key(row): row for row in frame.run("pays", lambda: _pays(rows, frame))}
        there = _books(frame.run("there", lambda: _there(rows, frame)), frame)
        found = {}
        for key, lives in now.items():
            table, row = life_table(lives), pays.get(key)
            said = nothing()
            if row:
                sums = [float(row[name] or 0) for name in ("n", "y", "yy")]
                money = (sums[0], sums[1] / THOUSAND, sums[2] / THOUSAND**2)
                said = lifetime_value(table, money)
            beside = {"months": min(MONTHS, len(table.risk))} | _tested(
                then.get(key, {}), there.get(key, {})
            )
            found[key] = [Found(said, beside=beside)]
        return found

    def uses(self, rows: Relation) -> BooleanValue | None:
        """Stretches that are paid for."""
        paid: BooleanValue = rows.paid
        return paid

    def empty(self, frame: Frame, key: Key) -> list[Found]:
        """Nobody ever paid."""
        return [Found(nothing())]


def _tested(lives: Lives, there: Lives) -> dict[str, Any]:
    """Of those there a year before: the share a table of then expects to stay, and that stayed."""
    n = sum(there.values())
    table = life_table(lives)
    if not n or not len(table.risk):
        return {}
    expected = sum(m * kept_after(table, age, YEAR) for (age, _), m in there.items()) / n
    kept = sum(m for (_, stays), m in there.items() if stays) / n
    return {"expected_kept": round(expected, 6), "kept": round(kept, 6)}


def _books(told: list[dict[str, Any]], frame: Frame) -> dict[Key, Lives]:
    found: dict[Key, Lives] = {}
    for row in told:
        found.setdefault(frame.key(row), {})[int(row["month"]), bool(row["so"])] = int(row["n"])
    return found


def _first(rows: Relation, frame: Frame, back: int) -> Relation:
    """One row a part and customer who began before it ended, so many months back."""
    begun = rows.filter(rows.paid, rows.stretch == 1)
    # Whoever began and left before the part is seen by its end all the same.
    ever = within(begun.mutate(_ever=ibis.null(MOMENT)), frame, "starts_at", "_ever")
    until = ever["_until"] - ibis.interval(seconds=back * MONTH_SECONDS)
    once = ever.group_by(*frame.keys, *CUSTOMER).aggregate(
        begins=ever.stretch_starts_at.min(), left_at=ever.left_at.max(), until=until.max()
    )
    return once.filter(once.begins < once["until"])


def _lives(rows: Relation, frame: Frame, back: int) -> Relation:
    """First stretches by the month in which they were last seen, and whether they left in it."""
    each = _first(rows, frame, back)
    gone = (each.left_at < each["until"]).fill_null(False)
    over = ibis.ifelse(gone, each.left_at, each["until"])
    told = each.mutate(so=gone, month=seconds_between(each.begins, over) // MONTH_SECONDS)
    return told.group_by(*frame.keys, "month", "so").aggregate(n=told.count())


def _there(rows: Relation, frame: Frame) -> Relation:
    """Those there a year before by their age in months then; `so` says who stayed till now."""
    each = _first(rows, frame, YEAR)
    each = each.filter(each.left_at.isnull() | (each.left_at >= each["until"]))
    later = each["until"] + ibis.interval(seconds=YEAR * MONTH_SECONDS)
    told = each.mutate(
        so=each.left_at.isnull() | (each.left_at >= later),
        month=seconds_between(each.begins, each["until"]) // MONTH_SECONDS,
    )
    return told.group_by(*frame.keys, "month", "so").aggregate(n=told.count())


def _pays(rows: Relation, frame: Frame) -> Relation:
    """What those there as each part ends pay a month, folded over customers, in thousandths."""
    there = within(rows.filter(rows.paid), frame, "starts_at", "ends_at", touching=True)
    there = there.filter(at_end(there)).select(*frame.keys, *CUSTOMER).distinct()
    each = joined(there, paid_monthly(frame), tuple(whole_key(frame)))
    each = each.filter(each.unknown == 0)
    each = each.mutate(y=each.after.cast(WIDE))
    return each.group_by(*frame.keys).aggregate(
        n=each.count(), y=each.y.sum(), yy=(each.y * each.y).sum()
    )
