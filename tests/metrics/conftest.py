"""An engine for tests that put shapes to work."""

from collections.abc import Iterator

import pytest
from ibis.backends import BaseBackend as Backend

from regard.store.engine import connect


@pytest.fixture(scope="module", name="engine")
def _engine() -> Iterator[Backend]:
    """A calculator without files."""
    made = connect(threads=2)
    yield made
    made.disconnect()  # type: ignore[no-untyped-call]
