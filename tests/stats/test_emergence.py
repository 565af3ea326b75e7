"""Kinds of matter that appear, rise, surge or fall silent: laws, known cases, chance alone."""

from math import comb

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from regard.core.errors import BadValue
from regard.stats.emergence import (
    Emerged,
    Table,
    chance_of_late,
    newcomers,
    surge_chances,
    surges,
    tail,
    vanished,
)
from regard.stats.forecast import YEAR
from regard.stats.rising import risers

DAYS = 2 * YEAR
FINDERS = (newcomers, surges, vanished, risers)


def drawn(seed: int, rates: list[float], days: int = DAYS, spread: float = 1.0) -> np.ndarray:
    """Kinds of these daily rates, busier in December, with a spread of weeks."""
    rng = np.random.default_rng(seed)
    mean = np.array(rates)[:, None] * np.array([1.2, 1.1, 1, 1, 0.9, 0.5, 0.4])[np.arange(days) % 7]
    mean = mean * np.where(np.arange(days) % YEAR >= 330, 1.7, 1.0)
    if spread > 1:
        weekly = mean.reshape(len(rates), -1, 7).sum(axis=2)
        shape = weekly / (spread - 1)
        mean = mean * np.repeat(rng.gamma(shape, 1 / shape), 7, axis=1)
    return np.asarray(rng.poisson(mean))


def table(counts: np.ndarray) -> Table:
    """The table of some counts, with nothing else beside them."""
    return Table(counts, counts.sum(axis=0))


def found(counts: np.ndarray, since: int = 0) -> list[Emerged]:
    """All that is found in some counts."""
    told = table(counts)
    return [one for find in FINDERS for one in find(told, since)]


def plain(seed: int = 1) -> np.ndarray:
    """Five kinds that do as they always do."""
    return drawn(seed, [0.05, 0.3, 2.0, 4.0, 6.0])


def test_a_flat_table_gives_nothing() -> None:
    assert found(np.full((4, DAYS), 3)) == []
    assert found(np.zeros((2, DAYS), dtype=int)) == []


def test_a_busy_december_of_all_kinds_is_no_surge_of_any() -> None:
    assert found(plain()) == []


def test_a_new_kind_is_told_within_its_first_days() -> None:
    counts = plain()
    counts = np.vstack([counts, np.zeros((1, DAYS), dtype=int)])
    counts[-1, 500:] = 2
    (one,) = found(counts)
    assert (one.what, one.kind, one.began) == ("newcomer", 5, 500)
    assert 502 <= one.told <= 504
    assert one.seen == 2 * (DAYS - 500)


def test_a_kind_that_came_once_at_the_beginning_is_not_new() -> None:
    counts = plain()
    counts[0, :] = 0
    counts[0, 3] = counts[0, 600] = 1
    assert found(counts) == []


def test_a_surge_has_its_days_and_its_size() -> None:
    counts = plain()
    counts[2, 602:605] += 20
    (one,) = found(counts)
    assert (one.what, one.kind) == ("surge", 2)
    assert 600 <= one.began <= 602
    assert one.ended == 605
    assert one.told in (602, 603)
    assert 60 <= one.seen <= 72
    assert one.expected < 12


def test_a_kind_that_stays_while_all_others_fall_does_not_surge() -> None:
    counts = plain()
    counts[:4, 600:] = counts[:4, 600:] // 3
    assert [one for one in found(counts) if one.kind == 4] == []


def test_what_came_in_the_same_weeks_of_two_former_years_is_its_season() -> None:
    counts = drawn(3, [2.0, 4.0, 6.0], days=4 * YEAR)
    for year in range(3):
        counts[0, year * YEAR + 200 : year * YEAR + 214] *= 5
    counts[1, 3 * YEAR + 200 : 3 * YEAR + 214] *= 5
    seasonal = counts.copy()
    seasonal[0, 3 * YEAR + 200 : 3 * YEAR + 214] *= 5
    told = [one.kind for one in surges(table(seasonal), since=3 * YEAR)]
    assert told == [1]


def test_a_former_outbreak_does_not_hide_the_next() -> None:
    counts = plain()
    counts[2, 500:514] += 20
    counts[2, 570:577] += 15
    assert [one.told // 7 for one in surges(table(counts))] == [500 // 7, 570 // 7]


def test_a_kind_that_stops_is_told_and_ends_when_it_comes_again() -> None:
    counts = plain()
    counts[2, 600:660] = 0
    (one,) = found(counts)
    assert (one.what, one.kind) == ("vanished", 2)
    assert 597 <= one.began <= 600
    assert 604 <= one.told <= 625
    assert one.ended is not None
    assert one.ended >= 660


@pytest.mark.parametrize("every", [91, 182])
def test_a_kind_of_one_a_quarter_never_vanishes(every: int) -> None:
    counts = drawn(4, [2.0, 4.0, 6.0], days=4 * YEAR)
    rare = np.zeros((1, 4 * YEAR), dtype=int)
    rare[0, 0 : 2 * YEAR : every] = 1
    assert vanished(table(np.vstack([counts, rare]))) == ()


def test_a_silence_of_everything_is_no_silence_of_a_kind() -> None:
    counts = plain()
    counts[:, 600:] = 0
    assert vanished(table(counts)) == ()


def test_a_kind_that_doubles_for_good_rises_and_says_since_when() -> None:
    counts = plain()
    extra = drawn(9, [3.0])[0]
    counts[3, 560:] += extra[560:]
    told = risers(table(counts))
    assert [one.kind for one in told] == [3]
    assert 550 <= told[0].began <= 575
    assert told[0].told <= 560 + 56


def test_a_tenth_more_is_no_rise_however_many_cases_there_are() -> None:
    counts = drawn(2, [200.0, 300.0, 400.0])
    counts[0, 560:] = counts[0, 560:] * 11 // 10
    assert risers(table(counts)) == ()


def eventful() -> np.ndarray:
    """A table in which everything happens."""
    counts = np.vstack([plain(), np.zeros((1, DAYS), dtype=int)])
    counts[5, 450:] = 2
    counts[2, 602:605] += 20
    counts[4, 400:] += drawn(9, [5.0])[0][400:]
    counts[3, 640:] = 0
    return counts


@pytest.mark.parametrize("cut", [470, 603, 606, 655, 700])
def test_cutting_later_days_changes_nothing_that_was_said_before(cut: int) -> None:
    counts = eventful()
    whole = [(o.what, o.kind, o.began, o.told) for o in found(counts) if o.told < cut]
    then = [(o.what, o.kind, o.began, o.told) for o in found(counts[:, :cut])]
    assert whole == then
    chances, usual = surge_chances(table(counts))
    before, was = surge_chances(table(counts[:, :cut]))
    assert np.array_equal(chances[:, :cut], before)
    assert np.array_equal(usual[:, :cut], was)


def test_since_only_leaves_out_what_was_told_before() -> None:
    counts = eventful()
    assert found(counts, 600) == [one for one in found(counts) if one.told >= 600]


def test_the_order_of_kinds_is_no_matter() -> None:
    counts = eventful()
    back = [(o.what, 5 - o.kind, o.told) for o in found(counts[::-1].copy())]
    assert sorted(back) == sorted((o.what, o.kind, o.told) for o in found(counts))


@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_by_chance_alone_alarms_stay_below_what_is_declared(spread: float) -> None:
    rates = [0.05, 0.2, 0.8, 2.0, 4.0, 8.0]
    alarms, years = 0, 0
    for seed in range(6):
        alarms += len(found(drawn(seed, rates, days=DAYS, spread=spread), since=YEAR))
        years += 1
    # Of each kind and year: 13 questions of a surge at 28e-4 and of a rise at 5e-3, one of a
    # silence and one of a newcomer at 1e-3 each.
    declared = len(rates) * years * (13 * (28e-4 + 5e-3) + 2e-3)
    assert alarms <= declared
    assert declared < years


def test_tails_are_those_of_scipy() -> None:
    mean, variance = np.array([3.0, 3.0, 50.0]), np.array([3.0, 7.5, 80.0])
    count = np.array([9.0, 9.0, 90.0])
    size = mean**2 / np.where(variance > mean, variance - mean, 1)
    wanted = [
        poisson.sf(8, 3.0),
        nbinom.sf(8, size[1], size[1] / (size[1] + 3)),
        nbinom.sf(89, size[2], size[2] / (size[2] + 50)),
    ]
    assert tail(count, mean, variance) == pytest.approx(wanted, rel=1e-9)
    assert tail(np.zeros(1), np.ones(1), np.ones(1)) == 1


def test_late_cases_are_binomial_in_clumps_of_two() -> None:
    by_hand = sum(comb(10, k) * 0.25**k * 0.75 ** (10 - k) for k in range(6, 11))
    assert chance_of_late(12, 20, 0.25) == pytest.approx(by_hand)
    assert chance_of_late(0, 20, 0.25) == 1
    assert chance_of_late(20, 20, 1.0) == 1
    with pytest.raises(BadValue):
        chance_of_late(3, 2, 0.5)


def test_a_table_must_be_one_of_days_and_add_up() -> None:
    with pytest.raises(BadValue):
        Table(np.ones((2, 5), dtype=int), np.ones(4, dtype=int))
    with pytest.raises(BadValue):
        Table(np.full((1, 3), 2), np.ones(3, dtype=int))
