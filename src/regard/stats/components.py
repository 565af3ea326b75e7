"""Things that hang together: which of them are linked by any chain of pairs."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(size: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of `size` things the number of the group it belongs to, pairs being linked.

    left, right: the two of each pair, as places from 0. Groups are numbered from 0.
    """
    links = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    _, labels = connected_components(links, directed=False)
    return np.asarray(labels, np.int64)
