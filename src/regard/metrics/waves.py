"""What our own people answered, published wave by wave and unit by unit, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from ibis.expr.types import Table as Relation

from regard.facts.expressions import count_where
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.disclosure import Path, Tally, band, publishable, totals
from regard.stats.estimate import WITHHELD, Estimate, nothing
from regard.stats.netscore import net_limits
from regard.stats.proportion import score_limits

ALL_UNITS = "all"
"""How the whole of a wave is named beside its units."""
WAVE = ("source", "survey_id", "wave")
ROUNDING = 1e-9

Wave = tuple[str, ...]
Leaves = Mapping[Path, Tally]
Waves = Mapping[Wave, Leaves]


@dataclass(frozen=True)
class ByWave(Flow):
    """The share of top boxes, or with `net` promoters less detractors, of each wave and unit.

    Values are rounded to whole percents or points, n is the lower end of a band, and what could
    give somebody away is withheld; see `stats.disclosure`.
    """

    net: bool = False

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """By part, wave and unit: people, and answers for, against and neither."""
        return self.tallied(rows, frame.keys)

    def tallied(self, rows: Relation, keys: tuple[str, ...] = ()) -> Relation:
        """The same by these columns."""
        up, down = rows.top_box.fill_null(False), rows.bad_box.fill_null(False)
        against = down if self.net else ~up
        return rows.group_by(*keys, *WAVE, "unit").aggregate(
            people=rows.response_id.nunique(),
            up=count_where(up),
            down=count_where(against & ~up),
            neither=count_where(~up & ~against),
        )

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """Every unit of every wave, and the wave as a whole, as far as they may be told."""
        told: dict[Key, list[Mapping[str, Any]]] = {}
        for row in frame.run("moments", lambda: self.moments(rows, frame)):
            told.setdefault(frame.key(row), []).append(row)
        return {key: self.published(waves_of(each)) for key, each in told.items()}

    def published(self, waves: Waves) -> list[Found]:
        """What may be told of waves, in their order; the others are withheld."""
        names = _names(waves)
        found = []
        for wave, leaves in sorted(waves.items(), key=lambda one: names[one[0]]):
            shown = publishable(leaves)
            for path in sorted(totals(leaves)):
                by = {"wave": names[wave], "unit": "/".join(path) or ALL_UNITS}
                found.append(self._found(shown.get(path), by))
        return found

    def _found(self, tally: Tally | None, by: Mapping[str, str]) -> Found:
        if tally is None:
            return Found(nothing(WITHHELD), by)
        low, said = band(tally.people)
        told = _net(tally, low) if self.net else _share(tally, low)
        return Found(told, by, {"people": said})


def waves_of(rows: Iterable[Mapping[str, Any]]) -> Waves:
    """The tallies of rows of moments, by wave and unit."""
    found: dict[Wave, dict[Path, Tally]] = {}
    for row in rows:
        leaves = found.setdefault(tuple(row[name] or "" for name in WAVE), {})
        path = tuple(part.strip() for part in (row["unit"] or "").split("/") if part.strip())
        tally = Tally(*(int(row[name]) for name in ("people", "up", "down", "neither")))
        leaves[path] = leaves.get(path, Tally()).plus(tally)
    return found


def _names(waves: Waves) -> dict[Wave, str]:
    """The name of each wave: its own where that is no other's, else with its survey's."""
    own = {key: key[2] or key[1] for key in waves}
    said = list(own.values())
    return {
        key: name if said.count(name) == 1 else " · ".join(part for part in key[::-1] if part)
        for key, name in own.items()
    }


def _share(tally: Tally, n: int) -> Estimate:
    value = tally.up / tally.answers
    low, high = score_limits(value, n)
    return Estimate(round(value, 2), _down(low), _up(high), n)


def _net(tally: Tally, n: int) -> Estimate:
    up, down = tally.up / tally.answers, tally.down / tally.answers
    low, high = net_limits(up * n, down * n, n)
    limits = (round(100 * _down(low)), round(100 * _up(high)))
    return Estimate(round(100 * (up - down)), *limits, n)


def _down(value: float) -> float:
    return round(floor(100 * value + ROUNDING) / 100, 2)


def _up(value: float) -> float:
    return round(ceil(100 * value - ROUNDING) / 100, 2)
