"""The same thing by several ways: against statsmodels, hand computation and chance."""

import numpy as np
import pytest
from scipy.stats import chi2
from statsmodels.stats.multitest import multipletests

from regard.stats.conflict import LEAST, conflicts

EVEN = {"email": {"solved": 15, "escalated": 5}, "chat": {"solved": 15, "escalated": 5}}
APART = {"email": {"solved": 18, "escalated": 2}, "chat": {"solved": 4, "escalated": 16}}


def test_the_chance_is_that_of_the_chi_square_computed_by_hand() -> None:
    found = conflicts({"refund": APART})["refund"]
    # Expected 11 and 9 by either way: Σ (7² / 11 + 7² / 9) over both.
    wanted = 2 * (49 / 11 + 49 / 9)
    assert found.chance == pytest.approx(chi2.sf(wanted, 1))
    assert (found.way, found.outcome, found.n) == ("chat", "escalated", 40)
    assert found.gap.value == pytest.approx(16 / 20 - 2 / 20)
    assert found.beyond_noise


def test_what_ends_alike_by_all_ways_is_no_conflict() -> None:
    found = conflicts({"login": EVEN})["login"]
    assert found.chance == pytest.approx(1.0)
    assert not found.beyond_noise


def test_many_topics_are_corrected_together() -> None:
    rng = np.random.default_rng(5)
    books = {
        f"topic {n:02d}": {
            way: {"solved": int(k), "unsolved": int(60 - k)}
            for way, k in zip(("a", "b"), rng.binomial(60, (0.5, 0.5 + n / 50)), strict=True)
        }
        for n in range(12)
    }
    found = conflicts(books)
    _, wanted, _, _ = multipletests([one.chance for one in found.values()], method="fdr_bh")
    assert [one.adjusted for one in found.values()] == pytest.approx(list(wanted))


def test_noise_alone_is_seldom_called_a_conflict() -> None:
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(200):
        books = {
            str(n): {
                way: dict(zip("xyz", map(int, rng.multinomial(80, (0.6, 0.3, 0.1))), strict=True))
                for way in ("a", "b", "c")
            }
            for n in range(5)
        }
        called += any(one.beyond_noise for one in conflicts(books).values())
    # Where nothing differs, the chance of any false call is that of a false share: 5 %.
    assert called / 200 < 0.10


def test_ways_with_few_cases_and_single_outcomes_are_not_compared() -> None:
    few = {"email": {"solved": 20}, "chat": {"escalated": LEAST - 1}}
    one = {"email": {"solved": 20}, "chat": {"solved": 20}}
    assert conflicts({"few": few, "one": one, "none": {}}) == {}


def test_rare_outcomes_are_taken_together() -> None:
    ways = {
        "email": {"solved": 95, "reopened": 1, "unsolved": 4},
        "chat": {"solved": 19, "refunded": 1},
    }
    found = conflicts({"x": ways})["x"]
    # Expected by chat: 1/6 each of the rare ones; together with the four 1.0 of 6.
    assert found.n == 120
    assert found.outcome in ("other", "solved")
