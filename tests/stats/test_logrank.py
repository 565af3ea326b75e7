"""The log-rank test against lifelines, and over the customers of a telephone company."""

import csv
from pathlib import Path

import numpy as np
import pytest
from lifelines.statistics import multivariate_logrank_test

from regard.core.errors import BadValue
from regard.stats.logrank import logrank


def test_it_says_what_lifelines_says() -> None:
    dice = np.random.default_rng(7)
    groups = dice.integers(0, 3, 300)
    times = np.ceil(dice.exponential(10 + 4 * groups))
    happened = dice.random(300) < 0.7
    ours = logrank(times, happened, list(groups))
    theirs = multivariate_logrank_test(times, groups, happened)
    assert (ours.chi2, ours.p) == pytest.approx((theirs.test_statistic, theirs.p_value))
    assert ours.df == 2


def test_groups_alike_differ_by_chance_alone() -> None:
    times = [1, 2, 3, 4] * 2
    assert logrank(times, [1] * 8, ["a"] * 4 + ["b"] * 4).chi2 == pytest.approx(0)


def test_one_group_is_no_comparison() -> None:
    with pytest.raises(BadValue, match="2 or more"):
        logrank([1, 2], [1, 1], ["a", "a"])


@pytest.mark.real
def test_contracts_of_the_telephone_company_come_to_2352_87(shared_data: Path) -> None:
    with (shared_data / "retention" / "telco_churn.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    times = [int(row["tenure"]) for row in rows]
    happened = [row["Churn"] == "Yes" for row in rows]
    told = logrank(times, happened, [row["Contract"] for row in rows])
    assert round(told.chi2, 2) == 2352.87
    assert told.df == 2
