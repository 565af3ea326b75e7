"""How many cases stand behind a number, and who is missing from it, in sentences."""

from regard.core.i18n import N_, translate, translate_count
from regard.metrics.engine import Part
from regard.report.format import isolate, say_count, say_share
from regard.report.staying import say_staying


def say_cases(n: int, language: str) -> str:
    """How many cases stand behind a value."""
    return translate_count(
        "{count} case", "{count} cases", n, language, count=say_count(n, language)
    )


def say_size(part: Part, language: str) -> str:
    """How many cases stand behind a part; of people of ours only the band that they lie in."""
    if "people" in part.coverage:
        return isolate(str(part.coverage["people"]), language)
    return say_count(part.estimate.n, language) if part.estimate.n else ""


def say_weighting(part: Part, language: str) -> str:
    """The share as counted beside a weighted one, and what those who did not answer could make."""
    found = part.coverage
    if "raw" not in found:
        return ""
    return translate(
        N_("{raw} as counted; {low} to {high} if those silent were like the worst or best group"),
        language,
        raw=say_share(found["raw"], language),
        low=say_share(found["if_worst"], language),
        high=say_share(found["if_best"], language),
    )


def say_coverage(part: Part, language: str) -> tuple[str, ...]:
    """Who is missing from the number: waiting, unripe, unknown, provisional, left out."""
    found = part.coverage
    waiting = int(found.get("open", 0))
    said = (
        say_waiting(waiting, max(part.estimate.n, waiting), language),
        say_unripe(int(found.get("unripe", 0)), language),
        say_unknown(int(found.get("unknown", 0)), language),
        say_provisional(int(found.get("provisional", 0)), language),
        say_left_out(sum(found.get("excluded", {}).values()), language),
        say_weighting(part, language),
        *say_staying(part, language),
    )
    return tuple(sentence for sentence in said if sentence)


def say_waiting(n: int, total: int, language: str) -> str:
    """How many are not finished yet; empty for none."""
    if not n:
        return ""
    return translate_count(
        "{count} of {total} still waiting",
        "{count} of {total} still waiting",
        n,
        language,
        count=say_count(n, language),
        total=say_count(total, language),
    )


def say_unripe(n: int, language: str) -> str:
    """How many cannot be judged yet; empty for none."""
    if not n:
        return ""
    return translate_count(
        "{count} too recent to judge",
        "{count} too recent to judge",
        n,
        language,
        count=say_count(n, language),
    )


def say_unknown(n: int, language: str) -> str:
    """Of how many the source kept no time; empty for none."""
    if not n:
        return ""
    return translate_count(
        "{count} without a known time",
        "{count} without a known time",
        n,
        language,
        count=say_count(n, language),
    )


def say_provisional(n: int, language: str) -> str:
    """How many are solved so recently that they may come back; empty for none."""
    if not n:
        return ""
    return translate_count(
        "{count} may still be reopened",
        "{count} may still be reopened",
        n,
        language,
        count=say_count(n, language),
    )


def say_left_out(n: int, language: str) -> str:
    """How many are left out of the measure, with reasons elsewhere; empty for none."""
    if not n:
        return ""
    return translate_count(
        "{count} left out", "{count} left out", n, language, count=say_count(n, language)
    )
