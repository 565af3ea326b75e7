"""How every chart looks: colours safe for colour-blind readers, on light and dark alike."""

from typing import Any

# Mid tones: at least 3:1 against white and against the dark page; blue and orange stay apart
# for every kind of colour blindness.
SERIES = "#3d82c4"
CONTRAST = "#d97a1f"
BAND_OPACITY = 0.22
# Words and lines take the colour of the page around them.
INK = "currentColor"
FONT = "system-ui, 'Noto Sans', 'Noto Sans Arabic', 'DejaVu Sans', sans-serif"


def configuration() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titleOpacity": 0.75,
            "labelOpacity": 0.85,
            "labelPadding": 6,
            "domain": False,
            "ticks": False,
            "gridColor": INK,
            "gridOpacity": 0.12,
            "labelLimit": 180,
        },
    }
