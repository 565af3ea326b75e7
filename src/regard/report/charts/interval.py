"""The thin bar under a number: where its interval lies, drawn with attributes alone."""

from dataclasses import dataclass

from regard.core.i18n import direction
from regard.stats.estimate import Estimate

LENGTH, HEIGHT = 100.0, 8.0


@dataclass(frozen=True)
class Bar:
    """Where interval and value lie from 0 to 100. open: the upper bound was not reached."""

    low: float
    high: float
    value: float | None
    open: bool = False


def make_bar(estimate: Estimate, unit: str) -> Bar | None:
    """Positions of an interval: shares from none to all, the rest from 0 to past its end.

    None where there is no lower bound, or nothing to set the scale by.
    """
    low, value, high = estimate.low, estimate.value, estimate.high
    if low is None or (high is None and value is None):
        return None
    start, end = (0.0, 1.0) if unit == "share" else _ends(low, value, high)
    return Bar(
        low=_place(low, start, end),
        high=LENGTH if high is None else _place(high, start, end),
        value=None if value is None else _place(value, start, end),
        open=high is None,
    )


def draw_bar(bar: Bar, language: str) -> str:
    """The bar as an `svg` element; the words beside it say the same, so it is hidden from them."""
    mirrored = direction(language) == "rtl"
    low, high = (LENGTH - bar.high, LENGTH - bar.low) if mirrored else (bar.low, bar.high)
    # An interval too thin to see would look like none.
    width = max(high - low, 1.0)
    parts = [
        f'<rect class="bar-track" x="0" y="3" width="{LENGTH:g}" height="2"/>',
        f'<rect class="bar-range" x="{low:g}" y="1.5" width="{width:g}" height="5"/>',
    ]
    if bar.value is not None:
        x = LENGTH - bar.value if mirrored else bar.value
        parts.append(f'<rect class="bar-value" x="{x - 0.5:g}" y="0" width="1" height="8"/>')
    return (
        f'<svg class="bar" viewBox="0 0 {LENGTH:g} {HEIGHT:g}" preserveAspectRatio="none" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )


def _ends(low: float, value: float | None, high: float | None) -> tuple[float, float]:
    known = [abs(number) for number in (low, value, high) if number is not None]
    end = max(known) * 1.25 or 1.0
    return (-end if low < 0 else 0.0), end


def _place(value: float, start: float, end: float) -> float:
    return round(min(1.0, max(0.0, (value - start) / (end - start))) * LENGTH, 2)
