"""Who was not asked, against the rows themselves; and what watches make of a small world."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from regard.core.schema import table
from regard.core.settings import Settings
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.looking import Alarm, Course, looks, runs, window
from regard.insight.unasked import FEWEST, RATES, Unasked, unasked
from regard.insight.watch import Watched
from regard.insight.watching import answers, articles
from regard.insight.watching import unasked as watching
from regard.report.sentences import say_sentence
from regard.stats.difference import mover
from regard.stats.discovery import chance_of
from regard.stats.estimate import Estimate, nothing
from regard.stats.proportion import wilson
from regard.store.store import open_store
from regard.store.workspace import init_workspace

FIRST = date(2026, 1, 5)
WEEKS, SILENT = 20, 10
"""So many weeks, all Mondays to Fridays; from this one on cyd leaves out six of seven."""
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SCANNED = NOON + timedelta(weeks=15)
SINCE, UNTIL = FIRST, FIRST + timedelta(weeks=WEEKS)


def occasion(number: int, at: datetime, agent: str, place: int) -> dict[str, Any]:
    """An occasion to ask: one of five is left out by chance, one of five has a quiet time."""
    row: dict[str, Any] = {
        "source": "s",
        "invitation_id": f"{number:05d}",
        "survey_id": "after",
        "customer_id": f"c{number}",
        "channel": "mail" if number % 4 else "sms",
        "eligible_at": at,
        "sampled_out": place % 5 == 3,
        "credited_to": f'["{agent}"]',
    }
    if place % 5 == 4:
        row["suppressed_reason"] = "quiet_time"
    silent = agent == "cyd" and at >= NOON + timedelta(weeks=SILENT) and place % 7
    if place % 5 > 2 or silent:
        return row
    later = at + timedelta(minutes=5)
    row |= {"sent_at": at, "delivered_at": later}
    if at >= SCANNED and row["channel"] == "mail" and place % 3 == 0:
        row |= {"opened_at": later, "started_at": later}
        row["sent_at"] = later - timedelta(seconds=5)
    elif place % 2:
        opened = later + timedelta(hours=2)
        row |= {"opened_at": opened, "started_at": opened + timedelta(seconds=20)}
        row["answered_at"] = opened + timedelta(seconds=80)
    return row


def rows() -> list[dict[str, Any]]:
    """Three people with an occasion on every working day, eight each."""
    found: list[dict[str, Any]] = []
    for day in range(7 * WEEKS):
        at = NOON + timedelta(days=day)
        if at.weekday() > 4:
            continue
        for agent in ("ann", "bob", "cyd"):
            for n in range(8):
                found.append(
                    occasion(len(found), at + timedelta(minutes=n), agent, len(found) // 3)
                )
    return found


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("unasked") / "w"
    init_workspace(folder, Settings(name="Small", zone="UTC"), "")
    survey = {"source": "s", "survey_id": "after", "version": 1, "kind": "csat"}
    told = {"invitation": rows(), "survey": [survey | {"transactional": True}], "response": []}
    made = {
        name: pa.Table.from_pylist([table(name).row(**one) for one in some], table(name).schema)
        for name, some in told.items()
    }
    open_store(folder).upsert(made, covers={"s": tuple(made)})
    build(folder)
    with open_reader(folder) as reader:
        yield reader


@pytest.fixture(scope="module", name="told")
def _told(world: Reader) -> Unasked:
    return unasked(world, date(2026, 3, 16), date(2026, 5, 4))


def asked_about() -> list[dict[str, Any]]:
    """The rows of the days that `told` is about, all older than a fortnight."""
    return [
        row for row in rows() if date(2026, 3, 16) <= row["eligible_at"].date() < date(2026, 5, 4)
    ]


def test_every_step_of_every_person_is_what_the_rows_say(told: Unasked) -> None:
    for part in (one for one in told.parts if one.split == "agent"):
        mine = [row for row in asked_about() if row["credited_to"] == f'["{part.value}"]']
        assert part.steps == {
            "eligible": len(mine),
            "sampled_out": sum(row["sampled_out"] for row in mine),
            "suppressed": sum("suppressed_reason" in row for row in mine),
            "sent": sum("sent_at" in row for row in mine),
            "delivered": sum("sent_at" in row for row in mine),
            "answered": sum("answered_at" in row for row in mine),
        }
        others = [row for row in asked_about() if row not in mine]
        rate = part.rates["asked_share"]
        assert rate.value.value == sum("sent_at" in row for row in mine) / len(mine)
        assert rate.others.value == sum("sent_at" in row for row in others) / len(others)


def test_gaps_are_held_against_all_others_and_adjusted_over_all(told: Unasked) -> None:
    judged = [
        one for part in told.parts for one in part.rates.values()
        if min(one.value.n, one.others.n) >= FEWEST
    ]  # fmt: skip
    assert [one.gap for one in judged] == [mover(one.value, one.others) for one in judged]
    # Benjamini and Hochberg as they wrote it: the largest rank within its share of the level.
    raw = sorted(chance_of(one.gap) for one in judged)
    within = [n for n, p in enumerate(raw, 1) if p <= 0.05 * n / len(raw)]
    called = sum(one.chance <= 0.05 for one in judged)
    assert called == max(within, default=0)
    assert 0 < called < len(judged)


def test_who_leaves_people_out_is_said_first(told: Unasked) -> None:
    assert list(told.whole.rates) == list(RATES)
    said = [say_sentence(one, "en") for one in told.sentences]
    assert any("cyd" in one and "without a reason" in one for one in said)
    assert not any("Agent: ann" in one for one in said)
    assert next(one.value for one in told.parts if one.split == "agent") == "cyd"
    assert told.to_json()["whole"]["steps"]["eligible"] == len(asked_about())


def test_the_watch_tells_of_cyd_alone_and_not_before_it_could(world: Reader) -> None:
    looked = watching.look(Watched(world, SINCE, UNTIL))
    (signal,) = looked.signals
    assert signal.where == (("agent", "cyd"),)
    began = FIRST + timedelta(weeks=SILENT)
    assert signal.told is not None
    assert signal.began is not None
    assert timedelta(days=14) < signal.told - began < timedelta(days=45)
    assert abs(signal.began - began) < timedelta(days=15)
    # Three people by two metrics in every week that was a fortnight old before the end.
    assert looked.asked == 2 * 3 * (WEEKS - 2)


def test_what_happens_after_a_day_changes_nothing_that_was_told_by_then(world: Reader) -> None:
    whole = watching.look(Watched(world, SINCE, UNTIL)).signals[0]
    assert whole.told is not None
    before = watching.look(Watched(world, SINCE, whole.told))
    assert before.signals == ()
    on_the_day = watching.look(Watched(world, SINCE, whole.told + timedelta(days=1)))
    assert [one.told for one in on_the_day.signals] == [whole.told]


def test_machines_that_open_mails_are_told_of_within_days(world: Reader) -> None:
    looked = answers.look(Watched(world, SINCE, UNTIL))
    (signal,) = looked.signals
    assert signal.metric == "surveys_scanned"
    assert signal.told is not None
    assert timedelta(0) <= signal.told - SCANNED.date() < timedelta(days=7)
    assert signal.began == SCANNED.date()
    scanned = [row for row in rows() if row.get("started_at") == row.get("delivered_at", 0)]
    assert signal.cost == len(scanned)


def test_an_unread_article_is_one_that_many_find_and_few_read() -> None:
    week = f"{FIRST.isocalendar().year}-W{FIRST.isocalendar().week:02d}"

    def course(*by_name: tuple[str, int, int]) -> dict[str, Course]:
        return {name: {week: wilson(hits, n)} for name, hits, n in by_name}

    views: dict[str, Course] = {
        name: {week: Estimate(n, n, n, n)} for name, n in (("a", 90), ("b", 80))
    }
    told = {
        articles.LOOKS: views | {"c": {week: nothing()}},
        articles.READ: course(("a", 10, 90), ("b", 60, 80)),
        articles.ESCAPED: course(("a", 30, 40), ("b", 3, 40)),
    }
    a, b = articles._articles(told, FIRST, FIRST + timedelta(weeks=4))
    assert (a.row["looks"], a.row["reads"], a.row["escaped"]) == (90, 10, 30)
    assert a.read_usual == b.read
    unread, sent = mover(a.read, b.read), mover(a.escaped, b.escaped)
    assert a.chance == pytest.approx(max(chance_of(unread), chance_of(sent)))
    assert b.chance == 1.0


def test_looks_end_with_weeks_and_are_told_when_these_are_ripe() -> None:
    found = list(looks(date(2026, 1, 19), date(2026, 2, 2), "week", 14))
    # The week to 5 January is ripe at the end of the 18th, one day too early.
    assert found == [
        (date(2026, 1, 12), date(2026, 1, 25)),
        (date(2026, 1, 19), date(2026, 2, 1)),
    ]
    assert list(looks(FIRST, FIRST + timedelta(days=2), "day", 0)) == [
        (FIRST + timedelta(days=1), FIRST),
        (FIRST + timedelta(days=2), FIRST + timedelta(days=1)),
    ]


def test_alarms_near_each_other_are_one_run() -> None:
    at = [Alarm("m", FIRST + timedelta(days=n), FIRST, UNTIL, nothing(), nothing(), 0.0)
          for n in (40, 0, 7, 90)]  # fmt: skip
    assert [len(run) for run in runs(at, 35)] == [3, 1]
    assert window({"2026-01-06": wilson(1, 2)}, "day", FIRST, UNTIL) == [wilson(1, 2)]
