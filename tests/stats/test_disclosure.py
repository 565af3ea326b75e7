"""Cells that may be published together never give away a few people, nor people who all agree."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from regard.stats.disclosure import LEAST, Path, Tally, band, publishable, totals

NAMES = ("a", "b", "c")
PATHS = st.lists(st.sampled_from(NAMES), min_size=0, max_size=3).map(tuple)
SMALL = st.integers(min_value=0, max_value=7)


def people(up: int, down: int, neither: int = 0) -> Tally:
    """One answer a person."""
    return Tally(up + down + neither, up, down, neither)


TREES = st.dictionaries(PATHS, st.builds(people, SMALL, SMALL, SMALL), min_size=1, max_size=10)


def _inside(one: Path, other: Path) -> bool:
    return len(one) > len(other) and one[: len(other)] == other


def _told(shown: dict[Path, Tally]) -> list[tuple[Path, tuple[Path, ...], Tally]]:
    """Every cell less every set of published cells within it that do not overlap."""
    found = []
    for path, tally in shown.items():
        within = [one for one in shown if _inside(one, path)]
        for size in range(len(within) + 1):
            for parts in combinations(within, size):
                if any(_inside(a, b) or _inside(b, a) for a, b in combinations(parts, 2)):
                    continue
                left = tally
                for part in parts:
                    left = left.less(shown[part])
                found.append((path, parts, left))
    return found


@given(TREES)
def test_no_two_published_cells_differ_by_one_to_four_people(leaves: dict[Path, Tally]) -> None:
    for _, _, left in _told(publishable(leaves)):
        assert left.people == 0 or left.people >= LEAST


@given(TREES)
def test_no_difference_of_published_cells_is_of_people_who_all_agree(
    leaves: dict[Path, Tally],
) -> None:
    for _, _, left in _told(publishable(leaves)):
        assert left == Tally() or max(left.up, left.down, left.neither) < left.answers


@given(TREES)
def test_what_is_published_is_what_was_answered(leaves: dict[Path, Tally]) -> None:
    shown = publishable(leaves)
    for path, tally in shown.items():
        beneath = [one for leaf, one in leaves.items() if leaf[: len(path)] == path]
        assert tally.people == sum(one.people for one in beneath)
        assert tally.up == sum(one.up for one in beneath)
    assert set(shown) <= set(totals(leaves))


def test_all_units_but_one_never_give_that_one_away() -> None:
    leaves: dict[Path, Tally] = {("a",): people(5, 5), ("b",): people(4, 3), ("c",): people(2, 1)}
    # The whole less a and b would be c's three people: the smaller of the two goes too.
    assert set(publishable(leaves)) == {(), ("a",)}


def test_a_unit_and_the_only_one_within_it_are_both_withheld_where_they_differ_by_few() -> None:
    leaves = {("a", "x"): people(5, 5), ("a", "y"): people(2, 1), ("b",): people(6, 6)}
    # a less a/x would be three people; with both gone the whole less b is thirteen.
    assert set(publishable(leaves)) == {(), ("b",)}


def test_people_who_all_agree_are_withheld_and_cannot_be_computed() -> None:
    leaves: dict[Path, Tally] = {("a",): people(8, 0), ("b",): people(5, 5), ("c",): people(6, 5)}
    assert set(publishable(leaves)) == {(), ("c",)}


def test_three_people_are_nothing_to_publish() -> None:
    assert publishable({("a",): people(2, 1)}) == {}
    assert set(publishable({("a",): people(3, 2)})) == {(), ("a",)}


def test_numbers_of_people_are_said_in_bands() -> None:
    said = {
        5: "5–9",
        9: "5–9",
        10: "10–19",
        19: "10–19",
        20: "20–49",
        999: "500–999",
        1000: "1000+",
    }
    assert {n: band(n)[1] for n in said} == said
    assert all(band(n)[0] <= n for n in range(5, 2000))
