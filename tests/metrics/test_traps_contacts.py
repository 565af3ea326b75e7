"""Classic wrong answers about contacts: each is a test (METRICS §11)."""

from pathlib import Path

import pytest

from metrics.small import answer, parts, value
from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.rows import DEMO
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace
from worlds import ALWAYS, Told, built, call, ticket

MARCH = {"from": "2026-03-01", "to": "2026-04-01"}
BOUNDED = ("first_contact_resolution", "contacts_per_resolution", "repeat_contact_rate")


def rang(name: str, when: str, who: str | None = None, topic: str | None = "refund") -> Told:
    """A call that somebody took, 310 seconds long."""
    begun = call(name, when, customer_id=who, type=topic)
    return begun.queued("main", 10).talked("ann", 300).ended("answered")


LATER = ticket("later", "2026-05-01 09:00", customer_id="zed", type="other")
"""So that what came in March can be judged."""


def test_unidentified_callers_are_no_successes_at_the_first_contact(tmp_path: Path) -> None:
    told = (
        *(rang(f"nobody {n}", f"2026-03-{n + 2:02d} 09:00") for n in range(10)),
        rang("first", "2026-03-02 10:00", "ann"),
        rang("again", "2026-03-05 10:00", "ann"),
        LATER,
    )
    folder = built(tmp_path / "w", *told, calendars=ALWAYS)
    (part,) = answer(folder, "first_contact_resolution", MARCH).parts
    assert (part.estimate.value, part.estimate.n) == (0.0, 1)
    assert part.coverage["excluded"] == {"it is not known who came": 10}
    assert answer(folder, "repeat_contact_rate", MARCH).parts[0].estimate.value == 1.0
    assert answer(folder, "identified_share", MARCH).parts[0].estimate.value == pytest.approx(
        2 / 12
    )


def test_what_is_never_resolved_is_a_failure_after_thirty_days_and_unjudged_before(
    tmp_path: Path,
) -> None:
    open_one = ticket("open", "2026-03-02 09:00", customer_id="ann", type="refund").asked("+0s")
    folder = built(
        tmp_path / "w", open_one, rang("good", "2026-03-02 09:00", "bob"), LATER, calendars=ALWAYS
    )
    key = "first_contact_resolution"
    assert answer(folder, key, MARCH).parts[0].estimate.value == 0.5
    (early,) = answer(folder, key, MARCH | {"as_of": "2026-03-20T00:00:00Z"}).parts
    assert (early.estimate.value, early.coverage["unripe"]) == (1.0, 1)
    (first,) = answer(folder, key, MARCH | {"as_of": "2026-03-05T00:00:00Z"}).parts
    assert (first.estimate.value, first.coverage["unripe"]) == (None, 2)


def test_without_topics_both_bounds_are_told_and_the_headline_says_why_not(tmp_path: Path) -> None:
    told = (
        rang("one", "2026-03-02 09:00", "ann", None),
        rang("two", "2026-03-04 09:00", "ann", None),
        LATER,
    )
    folder = built(tmp_path / "w", *told, calendars=ALWAYS)
    (headline,) = answer(folder, "repeat_contact_rate", MARCH).parts
    assert headline.estimate.value is None
    assert headline.coverage["excluded"] == {"it is not known what it was about": 2}
    found = {
        name: answer(folder, f"repeat_contact_rate_{name}", MARCH).parts[0].estimate.value
        for name in ("linked", "any")
    }
    assert found == {"linked": 0.0, "any": 1.0}


@pytest.mark.parametrize("key", BOUNDED)
def test_no_bound_is_shown_without_the_other(key: str) -> None:
    assert catalogue()[key].beside == (f"{key}_linked", f"{key}_any")
    assert f"{key}_any" in catalogue()[f"{key}_linked"].beside
    assert f"{key}_linked" in catalogue()[f"{key}_any"].beside


def test_bounds_lie_around_the_issues_joined_by_topic(small_demo: Path) -> None:
    with open_reader(small_demo) as reader:
        counts = {
            joining: _issues(reader, joining, known_topic=True)
            for joining in ("any", "topic", "linked")
        }
    assert 0 < counts["any"] <= counts["topic"] <= counts["linked"]


def _issues(reader: Reader, joining: str, known_topic: bool) -> int:
    rows = reader.fact("episode_fact")
    rows = rows.filter(rows.joining == joining, rows.identified, ~rows.shared)
    if known_topic and joining != "any":
        rows = rows.filter(rows.topic.notnull())
    return int(rows.count().to_pyarrow().as_py())


def test_a_call_resolves_nothing_while_a_ticket_on_the_same_matter_stands_open(
    tmp_path: Path,
) -> None:
    told = (
        ticket("t", "2026-03-02 09:00", customer_id="ann", type="refund")
        .asked("+0s")
        .said("+5d")
        .solved("+1h"),
        rang("asks where it is", "2026-03-04 09:00", "ann"),
        LATER,
    )
    folder = built(tmp_path / "w", *told, calendars=ALWAYS)
    (part,) = answer(folder, "contacts_per_resolution", MARCH).parts
    assert part.estimate.value == 2.0
    # The second contact came before the resolution: it repeats nothing.
    assert answer(folder, "repeat_contact_rate", MARCH).parts[0].estimate.value == 0.0


def test_an_amount_without_a_rate_is_not_summed_and_that_is_said() -> None:
    rows = [
        {"cost_id": "1", "at": "2026-03-31T12:00:00Z", "amount_minor": 5000, "currency": "EUR"},
        {"cost_id": "2", "at": "2026-03-31T12:00:00Z", "amount_minor": 700, "currency": "JPY"},
        {
            "cost_id": "3",
            "at": "2026-03-31T12:00:00Z",
            "amount_minor": 1000,
            "currency": "JPY",
            "rate_micro": 6200,
        },
    ]
    (part,) = parts("service_costs", rows, MARCH)
    assert part.estimate.value == pytest.approx(50 + 6.2)
    assert part.coverage["unknown"] == 1


@pytest.fixture(scope="module", name="with_and_without")
def _with_and_without(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for name, without in (("with", ()), ("without", ("seed001",))):
        folder = tmp_path_factory.mktemp(name) / "w"
        init_workspace(folder, Settings(zone="Europe/Warsaw"), CALENDARS_TOML)
        rows = company(tickets=2400, months=3, without=without)
        open_store(folder).upsert(rows, covers={DEMO: tuple(rows)})
        build(folder)
        made[name] = folder
    return made


@pytest.mark.heavy
def test_seed_001_callers_who_come_twice_as_often_are_seen(
    with_and_without: dict[str, Path],
) -> None:
    rise = {}
    for name, folder in with_and_without.items():
        with open_reader(folder) as reader:
            before, month = (
                value(
                    reader,
                    "repeat_contact_rate",
                    **{"from": since, "to": until, "where": ["channel=phone"]},
                )
                for since, until in (("2026-04-01", "2026-05-01"), ("2026-05-01", "2026-06-01"))
            )
            assert before is not None
            assert month is not None
            rise[name] = month / before
            more = ask(Query.parse("calls_answered", {"by": "month"}), reader)
            assert len(more.parts) == 3
    assert rise["with"] > 1.5
    assert rise["without"] < 1.3
