"""The benchmark of coverage runs, and says by its exit code whether intervals hold the truth."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def told() -> dict[str, list[dict[str, float | str | bool]]]:
    command = [sys.executable, str(BENCHMARK), "--worlds", "120", "--only", "60 × 4, unequal"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    found: dict[str, list[dict[str, float | str | bool]]] = json.loads(said.stdout.splitlines()[-1])
    return found


def test_intervals_of_shapes_over_customers_of_unlike_sizes_cover_about_95_percent(
    told: dict[str, list[dict[str, float | str | bool]]],
) -> None:
    shapes = {str(line["shape"]) for line in told["lines"]}
    assert {"Share", "Mean", "Ratio", "Net", "Incidence", "Scores", "Share difference"} <= shapes
    # A hundred and twenty worlds: four Monte-Carlo errors about 95 %.
    asserted = [float(line["covered"]) for line in told["lines"] if line["asserted"]]
    assert min(asserted) > 0.86
    assert told["missed"] == []


def test_nothing_is_called_something_about_one_time_in_twenty(
    told: dict[str, list[dict[str, float | str | bool]]],
) -> None:
    called = [float(tail["called"]) for tail in told["tails"]]
    assert called
    assert max(called) < 0.10
