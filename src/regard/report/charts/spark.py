"""The small line of a tile: no axes, gaps as gaps, the interval as a shade, drawn by hand."""

from html import escape

from regard.core.i18n import direction
from regard.insight.ask import Result
from regard.metrics.engine import Part
from regard.report.charts.trend import describe, is_hollow

WIDTH, HEIGHT, EDGE = 240.0, 44.0, 4.0

Point = tuple[float, float]


def draw_spark(result: Result, language: str) -> str:
    """An `svg` element of a result split by period; empty where fewer than two points are known.

    A thousand times cheaper than a full chart: a board holds dozens of them. Colours come from
    the page's sheet through the classes.
    """
    parts = result.parts
    if sum(part.estimate.value is not None for part in parts) < 2:
        return ""
    spots = _spots(parts, mirrored=direction(language) == "rtl")
    said = escape(describe(result, language))
    inside = "".join(f'<path class="spark-line" d="{_path(run)}"/>' for run in _runs(spots))
    shade = "".join(f'<path class="spark-band" d="{d}"/>' for d in _bands(parts, spots))
    return (
        f'<svg class="spark" role="img" aria-label="{said}" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
        f"<title>{said}</title>{shade}{inside}{_dots(parts, spots)}</svg>"
    )


def _spots(parts: tuple[Part, ...], mirrored: bool) -> list[Point | None]:
    top = _top(parts)
    step = (WIDTH - 2 * EDGE) / max(1, len(parts) - 1)
    found: list[Point | None] = []
    for place, part in enumerate(parts):
        across = EDGE + step * place
        x = WIDTH - across if mirrored else across
        value = part.estimate.value
        found.append(None if value is None else (round(x, 1), _height(value, top)))
    return found


def _top(parts: tuple[Part, ...]) -> float:
    """The end of the scale: the largest value or, within reason, upper bound."""
    values = [abs(part.estimate.value) for part in parts if part.estimate.value is not None]
    bounds = [abs(part.estimate.high) for part in parts if part.estimate.high is not None]
    largest = max(values)
    return max(largest, min(max(bounds, default=0.0), largest * 1.6)) or 1.0


def _height(value: float, top: float) -> float:
    share = min(1.0, max(0.0, value / top))
    return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)


def _runs(spots: list[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for spot in spots:
        if spot is None:
            runs.append([])
        else:
            runs[-1].append(spot)
    return [run for run in runs if len(run) > 1]


def _path(run: list[Point]) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in run)


def _bands(parts: tuple[Part, ...], spots: list[Point | None]) -> list[str]:
    top, bands, upper, lower = _top(parts), [], [], []
    for part, spot in (*zip(parts, spots, strict=True), (None, None)):
        low = part.estimate.low if part else None
        high = part.estimate.high if part else None
        if spot is not None and low is not None and high is not None:
            upper.append((spot[0], _height(high, top)))
            lower.append((spot[0], _height(low, top)))
            continue
        if len(upper) > 1:
            bands.append(_path(upper + lower[::-1]) + "Z")
        upper, lower = [], []
    return bands


def _dots(parts: tuple[Part, ...], spots: list[Point | None]) -> str:
    """A dot where a point stands alone or is not final, and at the end."""
    marks = []
    for place, (part, spot) in enumerate(zip(parts, spots, strict=True)):
        if spot is None:
            continue
        before = spots[place - 1] if place else None
        after = spots[place + 1] if place + 1 < len(spots) else None
        hollow = is_hollow(part)
        if hollow or after is None or (before is None and after is None):
            kind = "spark-hollow" if hollow else "spark-dot"
            marks.append(f'<circle class="{kind}" cx="{spot[0]:g}" cy="{spot[1]:g}" r="2.6"/>')
    return "".join(marks)
