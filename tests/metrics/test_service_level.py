"""One day on the telephone, and what six formulas make of it (METRICS §4)."""

import pytest

from metrics.small import parts
from regard.metrics.catalogue.calls import call
from regard.metrics.catalogue.service_level import DAY
from regard.metrics.metric import catalogue

FORMULAS = {"f1": 83.0, "f2": 86.0, "f3": 81.1, "f4": 82.7, "f5": 82.1, "f6": 81.9}


@pytest.mark.parametrize(("formula", "percent"), FORMULAS.items())
def test_each_formula_gives_the_books_number(formula: str, percent: float) -> None:
    (part,) = parts(f"service_level_{formula}", DAY)
    assert round(100 * (part.estimate.value or 0), 1) == percent


def test_the_default_is_the_fourth() -> None:
    (default,), (fourth,) = parts("service_level", DAY), parts("service_level_f4", DAY)
    assert default.estimate == fourth.estimate


def test_flowed_out_callbacks_and_long_waits_stand_in_the_lower_half() -> None:
    told = [
        call(1, "answered", 10),
        call(2, "flowed_out", 10),
        call(3, "voicemail", 3),
        call(4, "abandoned", 10),
        call(5, None, None, is_waiting=True, queued_at="2026-03-02T10:00:00Z"),
    ]
    values = {name: parts(f"service_level_{name}", told)[0].estimate.value for name in FORMULAS}
    # F1 and F4 take a caller who left in time for one of theirs, F5 and F6 only within 5 s.
    assert values["f3"] == pytest.approx(1 / 5)
    assert values["f6"] == pytest.approx(1 / 5)
    assert values["f1"] == pytest.approx(2 / 5)
    assert values["f4"] == pytest.approx(1 / 4)


def test_a_callback_never_connected_is_no_short_abandon() -> None:
    told = [call(1, "answered", 10), call(2, "abandoned", 3, callback=True)]
    values = {name: parts(f"service_level_{name}", told)[0].estimate.value for name in FORMULAS}
    assert values == {**dict.fromkeys(FORMULAS, 0.5), "f2": 1.0}


def test_who_has_waited_less_than_the_target_is_not_yet_a_failure() -> None:
    fresh = call(2, None, None, is_waiting=True, queued_at="2026-04-30T23:59:45Z")
    (part,) = parts("service_level", [call(1, "answered", 10), fresh])
    assert (part.estimate.value, part.estimate.n) == (1.0, 1)
    assert sum(part.coverage["excluded"].values()) == 1


def test_the_second_formula_never_comes_without_the_abandonments_it_hides() -> None:
    assert "abandon_rate" in catalogue()["service_level_f2"].beside
    assert "abandon_rate" in {c.key for c in catalogue()["service_level"].counters}
