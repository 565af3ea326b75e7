"""A metric beside another product's way of counting it, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from regard.core.i18n import translate, translate_count
from regard.insight.beside import Beside, why_only
from regard.metrics.standing import Only
from regard.report.format import isolate, say_count
from regard.report.parts import PartLine, say_parts

OURS = "Regard"


@dataclass(frozen=True)
class Told:
    """One value of one of the two: the labels of its part, whose it is, the value in words."""

    labels: tuple[str, ...]
    who: str
    line: PartLine


@dataclass(frozen=True)
class Compared:
    """Both ways of counting in words.

    called: the product's own name for what it shows. heads: of the labels. reasons: why there is
    no data, if so. tickets: sentences on whom both or only one of the two count.
    """

    product: str
    called: str
    differs: str
    lacks: str
    cited: str
    heads: tuple[str, ...]
    lines: tuple[Told, ...]
    reasons: tuple[str, ...]
    tickets: tuple[str, ...]


def say_beside(found: Beside, language: str) -> Compared:
    """Both answers in a language, part by part, ours first."""
    way = found.way
    why = (found.ours.why(language), found.theirs.why(language))
    return Compared(
        product=way.vendor.name,
        called=way.metric.label,
        differs=translate(way.differs, language),
        lacks=translate(way.lacks, language),
        cited=translate(way.cited, language),
        heads=say_parts(found.ours, language).heads,
        lines=tuple(_lines(found, language)),
        reasons=tuple(dict.fromkeys(text for text in why if text)),
        tickets=tuple(_tickets(found, language)),
    )


def _lines(found: Beside, language: str) -> Iterator[Told]:
    """Part by part; a part that only one of the two has stands alone."""
    sides = {OURS: found.ours, found.way.vendor.name: found.theirs}
    told = {
        who: {line.labels: line for line in say_parts(result, language).lines}
        for who, result in sides.items()
    }
    for labels in dict.fromkeys(labels for lines in told.values() for labels in lines):
        for who, lines in told.items():
            if labels in lines:
                yield Told(labels, who, lines[labels])


def _tickets(found: Beside, language: str) -> Iterator[str]:
    if not (found.both or found.only_ours or found.only_theirs):
        return
    yield translate_count(
        "{count} ticket is counted by both.",
        "{count} tickets are counted by both.",
        found.both,
        language,
        count=say_count(found.both, language),
    )
    yield from _alone(found.only_ours, OURS, language)
    yield from _alone(found.only_theirs, found.way.vendor.name, language)


def _alone(those: Iterable[Only], who: str, language: str) -> Iterator[str]:
    for one in those:
        yield translate_count(
            "{count} ticket is counted by {who} alone. The other leaves it out: {reason}",
            "{count} tickets are counted by {who} alone. The other leaves them out: {reason}",
            one.tickets,
            language,
            count=say_count(one.tickets, language),
            who=isolate(who, language),
            reason=why_only(one, language),
        )
