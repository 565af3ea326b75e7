"""How often labels are given: the share of things that carry each, several of them allowed."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as Relation

from regard.metrics.folds import fold_of
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
from regard.stats.clusters import Fold
from regard.stats.proportion import share


@dataclass(frozen=True)
class Labelled(Flow):
    """The share of things with each label, of all things, labelled or not; shares may pass 1.

    of: a text column of labels parted by `;`, a part of a part by `/`: who is `billing/refund` is
    `billing` too. thing: the columns that name one. name: what tells the values apart.
    """

    of: str
    thing: tuple[str, ...] = ("source", "ticket_id")
    name: str = "type"

    def moments(self, rows: Relation, frame: Frame) -> Relation:
        """Per part, label and way to cluster: the folded sums that a share needs."""
        ways = [self._way(rows, frame, cluster) for cluster in frame.clusters]
        return ibis.union(*ways) if len(ways) > 1 else ways[0]

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each label in each part, the most frequent first."""
        folds: dict[Key, dict[str, list[Fold]]] = {}
        for row in sorted(frame.run(self.moments(rows, frame)), key=lambda row: str(row["way"])):
            labels = folds.setdefault(frame.key(row), {})
            labels.setdefault(row["_label"], []).append(fold_of(row))
        return {
            key: [
                Found(share(int(told[0].y), int(told[0].x), told), {self.name: label})
                for label, told in sorted(labels.items(), key=lambda one: (-one[1][0].y, one[0]))
            ]
            for key, labels in folds.items()
        }

    def _way(self, rows: Relation, frame: Frame, cluster: str) -> Relation:
        keys = frame.keys
        sizes = rows.group_by(*keys, cluster).aggregate(x=rows.count())
        whole = sizes.group_by(*keys).aggregate(
            k=sizes.count(), x=sizes.x.sum(), xx=(sizes.x * sizes.x).sum()
        )
        given = self._given(rows, (*keys, cluster))
        held = given.group_by(*keys, cluster, "_label").aggregate(y=given.count())
        both = held.inner_join(sizes, [*keys, cluster])
        folded = both.group_by(*keys, "_label").aggregate(
            y=both.y.sum(), yy=(both.y * both.y).sum(), xy=(both.x * both.y).sum()
        )
        found = folded.inner_join(whole, list(keys))
        return found.select(
            *keys, "_label", "k", "y", "x", "yy", "xx", "xy", way=ibis.literal(cluster)
        )

    def _given(self, rows: Relation, keys: tuple[str, ...]) -> Relation:
        """One row a thing and label or part of a label, each once."""
        told = rows.filter(rows[self.of].notnull())
        told = told.select(*keys, *self.thing, _part=told[self.of].split(";").unnest())
        told = told.mutate(_steps=told["_part"].strip().split("/"))
        told = told.mutate(_level=ibis.range(1, told["_steps"].length() + 1, 1).unnest())
        label = told["_steps"][: told["_level"]].join("/")
        named = told.select(*keys, *self.thing, _label=label)
        return named.filter(named["_label"] != "").distinct()
