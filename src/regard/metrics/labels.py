"""How often labels are given: the share of things that carry each, several of them allowed."""

from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as Relation

from regard.metrics.buckets import bucketed, folds_by
from regard.metrics.shape import Found, Frame, Key
from regard.metrics.shapes import Flow
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
        given = self._given(rows, (*frame.keys, *frame.clusters))
        return bucketed(rows, given, "_label", frame.keys, frame.clusters)

    def measure(self, rows: Relation, frame: Frame) -> dict[Key, list[Found]]:
        """The share of each label in each part, the most frequent first."""
        folds = folds_by(
            frame.run("moments", lambda: self.moments(rows, frame)), "_label", frame.keys
        )
        return {
            key: [
                Found(share(int(told[0].y), int(told[0].x), told), {self.name: label})
                for label, told in sorted(labels.items(), key=lambda one: (-one[1][0].y, one[0]))
            ]
            for key, labels in folds.items()
        }

    def _given(self, rows: Relation, keys: tuple[str, ...]) -> Relation:
        """One row a thing and label or part of a label, each once."""
        told = rows.filter(rows[self.of].notnull())
        told = told.select(*keys, *self.thing, _part=told[self.of].split(";").unnest())
        told = told.mutate(_steps=told["_part"].strip().split("/"))
        told = told.mutate(_level=ibis.range(1, told["_steps"].length() + 1, 1).unnest())
        label = told["_steps"][: told["_level"]].join("/")
        named = told.select(*keys, *self.thing, _label=label)
        return named.filter(named["_label"] != "").distinct()
