"""What stands beside retention and value, in sentences."""

from regard.metrics.engine import Part
from regard.report.coverage import say_coverage
from regard.stats.estimate import Estimate

SAID = Estimate(0.9, 0.8, 0.95, 100)
BOOK = {
    "start": 100,
    "new": 20,
    "reactivated": 0,
    "lost": 15,
    "end": 105,
    "new_there": 15,
    "reactivated_there": 0,
}


def _said(**found: object) -> str:
    return "; ".join(say_coverage(Part({}, SAID, found), "en")).replace("\u00a0", " ")


def test_the_bridge_leads_from_the_start_to_the_end() -> None:
    told = "100 at the start + 20 new + 0 returned − 15 left = 105 at the end"
    assert _said(**BOOK) == told
    assert _said(**BOOK, moved=-2) == f"{told} (−2 from or to other groups)"


def test_a_forecast_stands_beside_what_came() -> None:
    stayed = "A year before, 74.2 % were expected to stay; 75.0 % did"
    assert _said(expected_kept=0.742, kept=0.75, months=36) == stayed
    bought = "A year before, 135 purchases were expected since; 142 came"
    assert _said(expected_orders=134.719, orders=142) == bought
    assert _said(months=14) == "14 of the 36 months were seen"


def test_a_ratio_that_drifts_is_said_to() -> None:
    assert "changes over time" in _said(drift_p=0.01)
    assert _said(drift_p=0.5) == ""


def test_trials_and_unknown_prices_are_counted() -> None:
    assert "15 of 20 trials ended unpaid" in _said(**BOOK, trials_ended=20, trials_unconverted=15)
    assert _said(unpriced=2) == "2 without a known price or rate"
