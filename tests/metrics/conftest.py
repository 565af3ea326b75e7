"""An engine for tests that put shapes to work."""

from collections.abc import Iterator

import pytest
from ibis.backends import BaseBackend as Backend

from regard.metrics import framing
from regard.store.engine import connect


@pytest.fixture(scope="module", name="engine")
def _engine() -> Iterator[Backend]:
    """A calculator without files."""
    made = connect(threads=2)
    yield made
    made.disconnect()  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True)
def _kept_sql_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQL that is kept is held against SQL laid out anew wherever a test asks twice."""
    monkeypatch.setattr(framing, "PROVING", True)
