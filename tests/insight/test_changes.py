"""What changed is one short list, and silent when nothing did."""

from dataclasses import replace
from datetime import date

from regard.insight.changes import Asked, family, ranked
from regard.insight.sentence import Sentence
from regard.insight.signal import Signal
from regard.insight.volumes import is_volume
from regard.insight.watch import gathered
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.stats.discovery import chance_of_step
from regard.stats.estimate import Estimate

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def signal(metric: str, chance: float, **said: object) -> Signal:
    """A change of a metric from 1 to 2."""
    one = Signal(
        kind="change",
        metric=metric,
        since=APRIL,
        until=MAY,
        says=Sentence("says"),
        why=Sentence("why"),
        evidence=Query(metric, APRIL, MAY),
        seen=Estimate(2.0),
        usual=Estimate(1.0),
        chance=chance,
    )
    return replace(one, **said)  # type: ignore[arg-type]


def test_the_family_is_fixed_by_what_is_declared() -> None:
    keys = {one.key for one in family()}
    assert {"repeat_contact_rate", "first_response_time", "tickets_new", "csat"} <= keys
    for one in family():
        assert not one.variant_of
        assert not one.anonymous
        assert one.better in ("high", "low") or is_volume(one)
    assert not keys & {"first_response_time_finished", "agent_nps", "surveys_sent", "likes"}
    assert all(
        other.variant_of in catalogue() for other in catalogue().values() if other.variant_of
    )


def test_what_would_stand_alone_does_not_stand_among_a_hundred_questions() -> None:
    assert ranked([Asked((signal("csat", 0.04),), 1)])
    assert not ranked([Asked((signal("csat", 0.04),), 100)])
    assert not ranked([Asked((), 100)])


def test_failures_come_first_then_what_is_worse_then_by_chance() -> None:
    told = (
        signal("csat", 1e-9, good=True),
        signal("reopen_rate", 1e-5, good=False),
        signal("handle_time", 1e-3, kind="price", good=False),
        signal("nps", 1e-7, good=False),
    )
    found = ranked([Asked(told, 4)])
    assert [one.metric for one in found] == ["handle_time", "nps", "reopen_rate", "csat"]


def test_kindred_counts_are_one_change_and_a_segment_of_what_changed_is_none() -> None:
    told = (
        signal("calls_offered", 1e-6),
        signal("calls_answered", 1e-5),
        signal("reopen_rate", 1e-6, good=False),
        signal("reopen_rate", 1e-6, good=False, where=(("team", "billing"),)),
    )
    found = ranked([Asked(told, 10)])
    assert [(one.metric, one.others) for one in found] == [
        ("reopen_rate", ()),
        ("calls_offered", ("calls_answered",)),
    ]


def test_one_metric_that_changed_and_drifts_is_told_once() -> None:
    told = (
        signal("reopen_rate", 1e-4, good=False),
        signal("reopen_rate", 1e-6, good=False, kind="drift"),
        signal("reopen_rate", 1e-5, good=False, where=(("team", "billing"),), kind="unasked"),
    )
    found = ranked([Asked(told, 10)])
    assert [(one.kind, one.where) for one in found] == [
        ("drift", ()),
        ("unasked", (("team", "billing"),)),
    ]


def test_metrics_that_stray_on_one_day_are_one_warning() -> None:
    def stray(metric: str, day: int, chance: float) -> Signal:
        return signal(metric, chance, kind="surge", told=date(2026, 4, day))

    found = gathered([stray("tickets_new", 7, 1e-9), stray("contacts", 8, 1e-5)])
    assert [(one.metric, one.others) for one in found] == [("tickets_new", ("contacts",))]
    assert len(gathered([stray("tickets_new", 7, 1e-9), stray("contacts", 20, 1e-5)])) == 2


def test_a_december_like_the_last_is_no_change() -> None:
    busy, usual = Estimate(165.0, 140.0, 194.0, 165), Estimate(100.0, 81.0, 122.0, 100)
    grown = [
        replace(one, value=2 * (one.value or 0), low=2 * (one.low or 0), high=2 * (one.high or 0))
        for one in (busy, usual)
    ]
    assert chance_of_step((grown[0], grown[1]), (busy, usual)) > 0.9
    assert chance_of_step((busy, usual), (usual, usual)) < 0.05
    assert chance_of_step((busy, Estimate(None)), (busy, usual)) == 1.0
