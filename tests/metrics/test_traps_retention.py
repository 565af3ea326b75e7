"""Traps of retention: each is a named test (METRICS §9, §11)."""

from datetime import timedelta

import numpy as np
import pytest

from metrics.small import Row, at, parts
from regard.stats.hazards import hazard_ratio

NOW = at("2026-05-01 00:00")
DAY = timedelta(days=1)
SIZE = 4_000


def _company(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Days until each customer leaves, and until bad service: drawn apart, so without effect."""
    dice = np.random.default_rng(seed)
    return dice.exponential(400, SIZE), dice.exponential(300, SIZE)


def _rows(leave: np.ndarray, bad: np.ndarray, effect: bool = False) -> list[Row]:
    begins = NOW - 1_000 * DAY
    found: list[Row] = []
    for n, (days, failed) in enumerate(zip(leave.tolist(), bad.tolist(), strict=True)):
        # With an effect, who was served badly by day 90 leaves twice as fast after it.
        halved = 90 + (days - 90) / 2 if effect and failed <= 90 < days else days
        landmark, ends = begins + 90 * DAY, begins + halved * DAY
        gone, stayed = ends < NOW, halved > 90
        found.append(
            {
                "customer_id": f"c{n}",
                "plan": "gold" if n % 3 else "silver",
                "starts_at": begins,
                "landmark_at": landmark,
                "ends_at": ends if gone else None,
                "stayed": stayed,
                "after_seconds": int((ends - landmark).total_seconds())
                if gone and stayed
                else None,
                "contacts": 1,
                # Only what went wrong by day 90, and before the customer left.
                "failures": int(failed <= min(90, days)),
            }
        )
    return found


def test_immortal_time_no_effect_of_service_gives_a_hazard_ratio_near_1() -> None:
    leave, bad = _company(26)
    end = np.minimum(leave, 1_000)
    none = np.zeros(SIZE)
    naive = hazard_ratio(none, end, leave <= 1_000, bad <= end, none).estimate
    # Who leaves soon had no time to be served badly: bad service looks like a cure.
    assert naive.high is not None
    assert naive.high < 0.45
    (part,) = parts("retention_by_service", _rows(leave, bad), as_of="2026-05-01 00:00")
    assert part.estimate.value == pytest.approx(1, abs=0.12)
    assert (part.estimate.low or 0) < 1 < (part.estimate.high or 0)
    assert part.coverage["drift_p"] > 0.01
    assert part.coverage["excluded"] == {"left within 90 days": int((leave <= 90).sum())}


def test_an_effect_of_service_is_seen_as_what_it_is() -> None:
    leave, bad = _company(27)
    (part,) = parts(
        "retention_by_service", _rows(leave, bad, effect=True), as_of="2026-05-01 00:00"
    )
    assert part.estimate.value == pytest.approx(2, abs=0.25)
    assert (part.estimate.low or 0) > 1.7


def test_a_retention_of_100_10_and_20_of_whom_5_leave_is_90_and_not_85() -> None:
    began, joined, left = (at(f"2026-{day} 00:00") for day in ("01-01", "03-10", "03-20"))
    rows: list[Row] = []
    for n in range(120):
        starts = began if n < 100 else joined
        ends = left if n < 10 or 100 <= n < 105 else None
        rows.append(
            {
                "customer_id": str(n),
                "subscription_id": str(n),
                "span_id": "1",
                "starts_at": starts,
                "ends_at": ends,
                "left_at": ends,
                "stretch": 1,
                "stretch_starts_at": starts,
                "first_paid_at": starts,
                "paid": True,
                "is_trial": False,
            }
        )
    said = {"from": "2026-03-01", "to": "2026-04-01"}
    (kept,) = parts("retention_rate", rows, said)
    assert (kept.estimate.value, kept.estimate.n) == (0.9, 100)
    assert kept.coverage == {
        "start": 100,
        "new": 20,
        "reactivated": 0,
        "lost": 15,
        "end": 105,
        "new_there": 15,
        "reactivated_there": 0,
    }
