"""One cluster for all tests of Spark; without pyspark or Java they are skipped with the reason."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from spark.cluster import HOST, Cluster, cluster


@pytest.fixture(scope="session", name="spark")
def _spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers, and a driver in this process that knows their settings."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        pytest.skip("pyspark is not installed: run `pip install 'regard[spark]'`")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: run `make system`")
    folder = tmp_path_factory.mktemp("spark")
    with cluster(folder, Path(found.origin).parent) as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder / "settings"))
        patch.setenv("SPARK_LOCAL_IP", HOST)
        patch.delenv("SPARK_HOME", raising=False)
        yield made
