"""Of stretches laid over one another the uppermost shows."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.demo.layers import Layer, seen

Pairs = list[tuple[int, int]]
PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6)


def test_the_uppermost_shows_and_the_lower_one_goes_on_after_it() -> None:
    assert shown([(0, 10)], [(3, 5)]) == [(0, 3, 0), (3, 5, 1), (5, 10, 0)]


def test_stretches_of_one_layer_that_touch_or_overlap_are_one() -> None:
    assert shown([(0, 4), (4, 6), (5, 9)]) == [(0, 9, 0)]


def test_nothing_shows_where_nothing_lies() -> None:
    assert shown([(0, 2), (5, 6)]) == [(0, 2, 0), (5, 6, 0)]


def test_what_ends_before_it_begins_is_not_there() -> None:
    assert shown([(0, 4)], [(3, 1), (2, 2)]) == [(0, 4, 0)]
    assert shown([]) == []


@given(st.lists(PAIRS, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_every_point_shows_its_uppermost_layer(layers: list[Pairs]) -> None:
    found = shown(*layers)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    for point in range(31):
        over = [n for n, pairs in enumerate(layers) if any(a <= point < b for a, b in pairs)]
        here = [layer for start, end, layer in found if start <= point < end]
        assert here == over[-1:]


def shown(*layers: Pairs) -> list[tuple[int, int, int]]:
    """What shows, as (from, until, number of the layer)."""
    made = []
    for pairs in layers:
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        made.append(Layer("state", None, ends[:, 0], ends[:, 1]))
    found = seen(made)
    return list(zip(found.starts.tolist(), found.ends.tolist(), found.layer.tolist(), strict=True))
