"""What was found in words: the newest reading of a kind for each thing that was read."""

import ibis
from ibis.expr.types import Table as Relation

from regard.facts.expressions import joined

PART = ("source", "subject_id", "part")


def found_in(reading: Relation, subject: str, kind: str) -> Relation:
    """What the newest reading of a kind says of each part of a subject: source, subject_id, part
    (an empty text where there is none), `found`; empty where the reader was unsure.
    """
    read = reading.filter(reading.subject == subject, reading.kind == kind)
    read = read.mutate(part=read.part.fill_null(""))
    newest = ibis.window(group_by=PART, order_by=[read.version.desc()])
    last = read.mutate(back=ibis.row_number().over(newest))
    last = last.filter(last.back == 0)
    return last.select(*PART, found=last.value)


def with_found(
    rows: Relation, reading: Relation, subject: str, kind: str, name: str, to: str
) -> Relation:
    """The rows with the column `to`: what was found in their words; name: the column of their id.

    Only of what is read as one piece, such as a review or a post.
    """
    told = found_in(reading, subject, kind)
    told = told.filter(told.part == "").select("source", **{name: told.subject_id, to: told.found})
    return joined(rows, told, ("source", name))
