"""A change taken apart into composition and rate: hand-worked tables, Berkeley, laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.core.errors import BadValue
from regard.stats.difference import mover
from regard.stats.estimate import Estimate, nothing
from regard.stats.mean import mean
from regard.stats.mix import (
    CAME,
    HIDDEN,
    REVERSED,
    SIZES,
    STAYED,
    UNTOLD,
    WENT,
    Mix,
    Moved,
    Segment,
    taken_apart,
)
from regard.stats.proportion import share

Table = dict[str, tuple[int, int]]
"""Successes and trials by segment."""

# Admissions to six departments of the University of California at Berkeley in the fall of 1973:
# admitted and applied (Bickel, Hammel and O'Connell 1975; R's UCBAdmissions).
MEN: Table = {
    "A": (512, 825),
    "B": (353, 560),
    "C": (120, 325),
    "D": (138, 417),
    "E": (53, 191),
    "F": (22, 373),
}
WOMEN: Table = {
    "A": (89, 108),
    "B": (17, 25),
    "C": (202, 593),
    "D": (131, 375),
    "E": (94, 393),
    "F": (24, 341),
}


def segments_of(table: Table) -> dict[str, Segment]:
    return {name: Segment(n, share(k, n)) for name, (k, n) in table.items()}


def whole_of(table: Table) -> Estimate:
    return share(sum(k for k, _ in table.values()), sum(n for _, n in table.values()))


def apart(old: Table, new: Table) -> tuple[Mix, dict[str, Moved]]:
    change = mover(whole_of(new), whole_of(old))
    return taken_apart(segments_of(old), segments_of(new), change)


def value(one: Estimate) -> float:
    assert one.value is not None
    return one.value


def test_a_table_worked_by_hand() -> None:
    # 80 easy at 90 % and 20 hard at 40 % become 20 easy at 95 % and 80 hard at 50 %: 80 → 59 %.
    found, segments = apart(
        {"easy": (72, 80), "hard": (8, 20)}, {"easy": (19, 20), "hard": (40, 80)}
    )
    # Sizes: −0.6 × 0.925 + 0.6 × 0.45; values: 0.05 × 0.5 + 0.1 × 0.5.
    assert value(found.mix) == pytest.approx(-0.285)
    assert value(found.rate) == pytest.approx(0.075)
    assert value(found.change) == pytest.approx(-0.21)
    assert found.remainder == 0
    # From the middle of both wholes, 0.695: the easy lose −0.6 × 0.23, the hard −0.6 × 0.245.
    assert value(segments["easy"].mix) == pytest.approx(-0.138)
    assert value(segments["hard"].mix) == pytest.approx(-0.147)
    assert value(segments["hard"].rate) == pytest.approx(0.05)


def test_shapley_over_both_orders_gives_the_same_two_parts() -> None:
    w0, w1 = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.3, 0.5])
    r0, r1 = np.array([0.9, 0.6, 0.1]), np.array([0.8, 0.7, 0.3])
    mix = ((w1 - w0) @ r0 + (w1 - w0) @ r1) / 2
    old, new = (
        {
            str(i): Segment(w * 1000, Estimate(r, r, r, int(w * 1000)))
            for i, (w, r) in enumerate(side)
        }
        for side in (list(zip(w0, r0, strict=True)), list(zip(w1, r1, strict=True)))
    )
    found, _ = taken_apart(old, new, Estimate(float(w1 @ r1 - w0 @ r0), n=2000))
    assert value(found.mix) == pytest.approx(mix)
    assert value(found.rate) == pytest.approx(w1 @ r1 - w0 @ r0 - mix)


def test_berkeley_is_simpsons_case_only_where_departments_agree() -> None:
    found, segments = apart(MEN, WOMEN)
    assert value(found.change) == pytest.approx(557 / 1835 - 1198 / 2691)
    # Women asked for the departments that refuse most: composition is more than all of it.
    # Standardised by the applications of all, 39 % of men and 43 % of women (Freedman, Pisani and
    # Purves, Statistics, ch. 2); by those of men alone women are 7.1 points ahead, of women 0.1.
    every = {d: MEN[d][1] + WOMEN[d][1] for d in MEN}
    both = [
        sum(every[d] * side[d][0] / side[d][1] for d in every) / sum(every.values())
        for side in (MEN, WOMEN)
    ]
    assert both == pytest.approx([0.39, 0.43], abs=0.005)
    ahead = [
        sum(side[d][1] * (WOMEN[d][0] / WOMEN[d][1] - MEN[d][0] / MEN[d][1]) for d in MEN)
        / sum(applied for _, applied in side.values())
        for side in (MEN, WOMEN)
    ]
    assert ahead == pytest.approx([0.0710, 0.0011], abs=5e-5)
    assert value(found.rate) == pytest.approx(sum(ahead) / 2)
    assert value(found.mix) + value(found.rate) == pytest.approx(value(found.change), abs=1e-12)
    assert found.mix.high is not None
    assert found.mix.high < 0
    assert [name for name, one in segments.items() if value(one.own) > 0] == ["A", "B", "D", "F"]
    assert found.verdict == REVERSED


def test_each_better_and_the_whole_worse_is_reversed() -> None:
    found, _ = apart(
        {"easy": (720, 800), "hard": (80, 200)}, {"easy": (190, 200), "hard": (400, 800)}
    )
    assert found.verdict == REVERSED
    # The other way round it is as much a case.
    back, _ = apart(
        {"easy": (190, 200), "hard": (400, 800)}, {"easy": (720, 800), "hard": (80, 200)}
    )
    assert back.verdict == REVERSED


def test_a_whole_that_shows_nothing_of_its_segments_is_hidden() -> None:
    found, _ = apart(
        {"easy": (400, 500), "hard": (200, 500)}, {"easy": (350, 400), "hard": (261, 600)}
    )
    assert abs(value(found.change)) < 0.015
    assert found.verdict == HIDDEN


def test_sizes_alone_are_said_to_be_all_of_it() -> None:
    found, _ = apart(
        {"easy": (400, 500), "hard": (200, 500)}, {"easy": (160, 200), "hard": (320, 800)}
    )
    assert value(found.rate) == pytest.approx(0)
    assert value(found.mix) == pytest.approx(value(found.change)) == pytest.approx(-0.12)
    assert found.verdict == SIZES


def test_a_whole_that_clearly_fell_is_reversed_though_its_segments_rose_but_little() -> None:
    old = {"easy": (400, 500), "hard": (200, 500)}
    new = {"easy": (162, 200), "hard": (324, 800)}
    found, _ = apart(old, new)
    assert found.rate.low is not None
    assert found.rate.low < 0 < value(found.rate)
    assert found.change.high is not None
    assert found.change.high < 0
    assert found.verdict == REVERSED


def test_a_segment_clear_against_the_others_is_no_simpsons_case() -> None:
    old = {"easy": (720, 800), "hard": (80, 200), "other": (300, 400)}
    new = {"easy": (198, 200), "hard": (480, 800), "other": (250, 400)}
    found, segments = apart(old, new)
    assert value(found.rate) > 0 > value(found.change)
    assert segments["other"].own.high is not None
    assert segments["other"].own.high < 0
    assert found.verdict == ""


def test_segments_that_come_and_go_are_all_composition() -> None:
    found, segments = apart({"a": (50, 100), "gone": (90, 100)}, {"a": (50, 100), "new": (10, 100)})
    fates = {name: one.fate for name, one in segments.items()}
    assert fates == {"a": STAYED, "gone": WENT, "new": CAME}
    assert value(found.rate) == 0
    assert value(found.mix) == pytest.approx(0.3 - 0.7)
    assert segments["new"].own.value is None
    assert segments["new"].rate.value == 0
    assert segments["new"].old.value is None


def test_a_segment_of_which_no_value_can_be_told_is_left_to_the_remainder() -> None:
    old = {"a": Segment(100, share(50, 100)), "young": Segment(50, share(25, 50))}
    new = {"a": Segment(100, share(60, 100)), "young": Segment(50, nothing("UNRIPE", 50))}
    found, segments = taken_apart(old, new, Estimate(0.2, 0.1, 0.3, 300))
    assert segments["young"].fate == UNTOLD
    assert value(found.rate) == pytest.approx(0.1)
    assert found.remainder == pytest.approx(0.1)


def test_without_segments_there_is_nothing_to_take_apart() -> None:
    with pytest.raises(BadValue, match="some with cases"):
        taken_apart({}, {}, nothing())
    with pytest.raises(BadValue, match="some with cases"):
        taken_apart({"a": Segment(5, share(1, 5))}, {"a": Segment(0, nothing())}, nothing())


def test_means_weigh_by_their_cases() -> None:
    old = {
        "a": Segment(10, Estimate(100.0, 90, 110, 10)),
        "b": Segment(30, Estimate(20, 18, 22, 30)),
    }
    new = {"a": Segment(30, Estimate(80.0, 70, 90, 30)), "b": Segment(10, Estimate(10, 8, 12, 10))}
    found, _ = taken_apart(old, new, Estimate(62.5 - 40.0, 0, 50, 80))
    assert found.remainder == pytest.approx(0)
    assert value(found.mix) == pytest.approx(0.5 * 90 - 0.5 * 15)
    assert mean(()).value is None


TRIALS = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda kn: (min(kn), max(kn)))
SIDES = st.lists(st.tuples(TRIALS, TRIALS), min_size=2, max_size=6).filter(
    lambda rows: all(sum(row[side][1] for row in rows) for side in (0, 1))
)


def tables(rows: list[tuple[tuple[int, int], tuple[int, int]]]) -> tuple[Table, Table]:
    old, new = ({f"s{i}": row[side] for i, row in enumerate(rows)} for side in (0, 1))
    return old, new


@given(SIDES)
def test_the_parts_add_up_to_the_whole(rows: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    found, segments = apart(*tables(rows))
    parts = value(found.mix) + value(found.rate) + found.remainder
    assert parts == pytest.approx(value(found.change), abs=1e-12)
    assert found.remainder == pytest.approx(0, abs=1e-12)
    told = [one for one in segments.values() if one.fate != UNTOLD]
    assert sum(value(one.mix) for one in told) == pytest.approx(value(found.mix), abs=1e-12)
    assert sum(value(one.rate) for one in told) == pytest.approx(value(found.rate), abs=1e-12)
    assert sum(one.both for one in told) == pytest.approx(value(found.change), abs=1e-12)


@given(SIDES)
def test_swapping_old_and_new_turns_every_sign(
    rows: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    old, new = tables(rows)
    (there, ahead), (back, behind) = apart(old, new), apart(new, old)
    for one, other in ((there.mix, back.mix), (there.rate, back.rate)):
        assert value(one) == pytest.approx(-value(other), abs=1e-12)
        assert one.low == pytest.approx(-(other.high or 0), abs=1e-9)
    assert there.verdict == back.verdict
    for name, moved in ahead.items():
        if moved.fate != UNTOLD:
            assert value(moved.mix) == pytest.approx(-value(behind[name].mix), abs=1e-12)


@given(SIDES)
def test_splitting_a_segment_in_two_equal_halves_changes_nothing(
    rows: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    doubled = [((2 * a, 2 * b), (2 * c, 2 * d)) for (a, b), (c, d) in rows]
    old, new = tables(doubled)
    one, _ = apart(old, new)
    halved = [{**side, "s0": (side["s0"][0] // 2, side["s0"][1] // 2)} for side in (old, new)]
    for side in halved:
        side["s0 again"] = side["s0"]
    other, _ = apart(halved[0], halved[1])
    assert value(one.mix) == pytest.approx(value(other.mix), abs=1e-12)
    assert value(one.rate) == pytest.approx(value(other.rate), abs=1e-12)


def test_the_intervals_cover_what_they_should() -> None:
    rng = np.random.default_rng(7)
    w0, w1 = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
    r0, r1 = np.array([0.8, 0.5, 0.3]), np.array([0.85, 0.5, 0.35])
    truth = ((w1 - w0) @ (r0 + r1) / 2, (r1 - r0) @ (w0 + w1) / 2)
    runs, n, held = 400, 600, np.zeros(2)
    for _ in range(runs):
        sides = []
        for w, r in ((w0, r0), (w1, r1)):
            sizes = rng.multinomial(n, w)
            hits = rng.binomial(sizes, r)
            sides.append(
                {str(i): (int(k), int(m)) for i, (k, m) in enumerate(zip(hits, sizes, strict=True))}
            )
        found, _ = apart(sides[0], sides[1])
        for place, (said, true) in enumerate(zip((found.mix, found.rate), truth, strict=True)):
            assert said.low is not None
            assert said.high is not None
            held[place] += said.low <= true <= said.high
    # 95 % of 400 is 380; the bounds leave one in a thousand to chance.
    assert (held >= 364).all(), held
    assert (held <= 395).all(), held
