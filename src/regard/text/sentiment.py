"""Is what somebody wrote content, neither, or discontent: positive, neutral or negative."""

from functools import partial

from regard.text.head import head_reader
from regard.text.reading import JUDGED
from regard.text.shipped import shipped_head

KIND, VERSION = "sentiment", "001"
NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
LOW, HIGH = 0.4, 0.6
"""Places on a scale, 0 its worst and 1 its best score: below low is negative."""
NPS_LOW, NPS_HIGH = 0.65, 0.85
"""For "how likely would you recommend us": up to 6 of 10, and from 9 on."""


def sentiment_of(score: int, worst: int, best: int, kind: str = "csat") -> str:
    """What a score says of the words beside it. worst, best: the ends of its scale."""
    place = (score - worst) / (best - worst)
    low, high = (NPS_LOW, NPS_HIGH) if kind.endswith("nps") else (LOW, HIGH)
    return NEGATIVE if place < low else POSITIVE if place > high else NEUTRAL


READERS = [head_reader(KIND, VERSION, partial(shipped_head, KIND, VERSION), JUDGED)]
