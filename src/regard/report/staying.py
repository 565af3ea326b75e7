"""What stands beside retention and value: the bridge, the proof of a forecast, a drifting ratio."""

from collections.abc import Mapping
from typing import Any

from regard.core.i18n import N_, translate, translate_count
from regard.metrics.engine import Part
from regard.report.format import say_count, say_number, say_share

BRIDGE = N_("{start} at the start + {new} new + {back} returned − {lost} left = {end} at the end")
MOVED = N_("{bridge} ({moved} from or to other groups)")
STAYED = N_("A year before, {expected} were expected to stay; {kept} did")
BOUGHT = N_("A year before, {expected} purchases were expected since; {bought} came")
DRIFT = N_("The ratio changes over time: one number says too little of it")
SEEN = N_("{months} of the 36 months were seen")
CHANCE = 0.05
MONTHS = 36


def say_staying(part: Part, language: str) -> tuple[str, ...]:
    """The sentences that a part has something for."""
    found = part.coverage
    said = (
        _bridge(found, language),
        _trials(found, language),
        _unpriced(int(found.get("unpriced", 0)), language),
        _tested(found, language),
        _seen(found, language),
        translate(DRIFT, language) if found.get("drift_p", 1.0) < CHANCE else "",
    )
    return tuple(sentence for sentence in said if sentence)


def _bridge(found: Mapping[str, Any], language: str) -> str:
    if "reactivated" not in found:
        return ""
    names = {"start": "start", "new": "new", "back": "reactivated", "lost": "lost", "end": "end"}
    told = {name: say_count(found[key], language) for name, key in names.items()}
    said = translate(BRIDGE, language, **told)
    if not found.get("moved"):
        return said
    return translate(MOVED, language, bridge=said, moved=say_number(found["moved"], language, 0))


def _trials(found: Mapping[str, Any], language: str) -> str:
    if "trials_ended" not in found:
        return ""
    return translate(
        N_("{unpaid} of {ended} trials ended unpaid"),
        language,
        unpaid=say_count(found["trials_unconverted"], language),
        ended=say_count(found["trials_ended"], language),
    )


def _unpriced(n: int, language: str) -> str:
    if not n:
        return ""
    return translate_count(
        "{count} without a known price or rate",
        "{count} without a known price or rate",
        n,
        language,
        count=say_count(n, language),
    )


def _tested(found: Mapping[str, Any], language: str) -> str:
    if "expected_kept" in found:
        expected, kept = (say_share(found[name], language) for name in ("expected_kept", "kept"))
        return translate(STAYED, language, expected=expected, kept=kept)
    if "expected_orders" in found:
        expected = say_number(found["expected_orders"], language, 0)
        bought = say_count(found["orders"], language)
        return translate(BOUGHT, language, expected=expected, bought=bought)
    return ""


def _seen(found: Mapping[str, Any], language: str) -> str:
    months = found.get("months")
    if months is None or months >= MONTHS:
        return ""
    return translate(SEEN, language, months=say_count(months, language))
