"""A question as plain data: which metric, over what, split how, seen from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from regard.core.errors import BadValue, UnknownName
from regard.core.period import parse_day, parse_instant, parse_zone

NAMES = ("from", "to", "by", "where", "as_of", "zone", "quantile")


@dataclass(frozen=True)
class Query:
    """A question to the store; the one value behind page, command, library and API.

    since: first local day counted; until: first local day not counted; None: all there is.
    by: ways to split. where: (dimension, value) pairs; the same dimension twice means either.
    as_of: seen from that instant; None: each source's last event. zone: IANA, whose days and
    months are meant; None: the workspace's. quantile: which one, for times. within: what a scope
    allows, (dimension, values) pairs that hold on top of `where`; never read from people's words.
    """

    metric: str
    since: date | None = None
    until: date | None = None
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    as_of: datetime | None = None
    zone: str | None = None
    quantile: float = 0.5
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        if self.as_of is not None:
            # One instant is one value, however its zone was written.
            object.__setattr__(self, "as_of", parse_instant("as-of", self.as_of))
        if self.since and self.until and self.since >= self.until:
            raise BadValue("The end of the period", self.until, f"after its start, {self.since}")
        if not 0 < self.quantile < 1:
            raise BadValue("The quantile", self.quantile, "between 0 and 1, such as 0.9")

    @classmethod
    def parse(cls, metric: str, said: Mapping[str, Any]) -> "Query":
        """A query from the words of a command line or an address.

        said: `from`, `to` (days), `by` (`team,month`), `where` (a list of `name=value`),
        `as_of` (instant), `zone`, `quantile`.
        """
        for name in said:
            if name not in NAMES:
                raise UnknownName("part of a query", name, NAMES)
        where = said.get("where") or ()
        pairs = [where] if isinstance(where, str) else where
        return cls(
            metric=metric,
            since=parse_day("from", said.get("from")),
            until=parse_day("to", said.get("to")),
            by=tuple(part.strip() for part in (said.get("by") or "").split(",") if part.strip()),
            where=tuple(_pair(text) for text in pairs),
            as_of=parse_instant("as-of", said.get("as_of")),
            zone=parse_zone(said.get("zone")),
            quantile=_quantile(said.get("quantile")),
        )

    def to_json(self) -> dict[str, Any]:
        """The query as plain values, under the names that `parse` reads."""
        return {
            "metric": self.metric,
            "from": self.since.isoformat() if self.since else None,
            "to": self.until.isoformat() if self.until else None,
            "by": ",".join(self.by),
            "where": [f"{name}={value}" for name, value in self.where],
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "zone": self.zone,
            "quantile": self.quantile,
        }


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadValue("The filter", text, "of the form name=value, such as priority=high")
    return name.strip(), value.strip()


def _quantile(text: Any) -> float:
    if text in (None, ""):
        return 0.5
    try:
        return float(text)
    except ValueError:
        raise BadValue("The quantile", text, "a number such as 0.9") from None
