"""Published sets of labelled texts, read as the benchmark reads them."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "text_accuracy.py"


@pytest.fixture(scope="session")
def benchmark() -> Iterator[ModuleType]:
    """The benchmark of text, as a module."""
    spec = importlib.util.spec_from_file_location("text_accuracy", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    sys.modules["text_accuracy"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["text_accuracy"]
