"""What was planted in tickets is there with the plant and gone without it, counted plainly."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.demo.company import company
from regard.demo.plants import Plant, plant, planted

WARSAW = ZoneInfo("Europe/Warsaw")
TICKETS = 6000

Company = Mapping[str, pa.Table]
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module", name="with_all")
def _with_all() -> Company:
    return company(tickets=TICKETS)


@pytest.fixture(scope="module", name="plain")
def _plain() -> Company:
    return company(tickets=TICKETS, without=["all"])


def test_an_outage_brings_four_times_the_tickets(with_all: Company, plain: Company) -> None:
    surge = of("surge")
    assert daily(with_all["ticket"], "created_at", surge) == pytest.approx(4, rel=0.25)
    assert daily(plain["ticket"], "created_at", surge) == pytest.approx(1, rel=0.3)


def test_an_outage_brings_three_times_the_calls(with_all: Company, plain: Company) -> None:
    surge = of("surge")
    with_it = len(inside(with_all["call"], "arrived_at", surge))
    without = len(inside(plain["call"], "arrived_at", surge))
    assert with_it / without == pytest.approx(3, rel=0.25)


def test_what_an_outage_brings_is_of_one_kind(with_all: Company, plain: Company) -> None:
    surge = of("surge")
    kinds = Counter(row["type"] for row in inside(with_all["ticket"], "created_at", surge))
    assert kinds["outage"] / kinds.total() == pytest.approx(3 / 4, abs=0.08)
    assert kind_days(with_all, "outage") <= {surge.first_day + timedelta(n) for n in range(3)}
    assert kind_days(plain, "outage") == set()


def test_a_new_problem_appears_on_its_day_and_grows(with_all: Company, plain: Company) -> None:
    new = of("new_problem")
    days = kind_days(with_all, "pairing")
    assert new.first_day <= min(days) < new.first_day + timedelta(days=12)
    assert max(days) >= new.last_day - timedelta(days=3)
    middle = new.first_day + (new.last_day - new.first_day) / 2
    early = share(with_all, "pairing", new.first_day, middle)
    late = share(with_all, "pairing", middle + timedelta(days=1), new.last_day)
    assert late > 1.7 * early
    assert late == pytest.approx(0.75 * new.sizes["share_at_end"], abs=0.03)
    assert kind_days(plain, "pairing") == set()


def test_a_problem_ends(with_all: Company, plain: Company) -> None:
    ended = of("ended_problem")
    days = kind_days(with_all, "old-app")
    assert ended.first_day <= min(days)
    assert ended.last_day - timedelta(days=7) < max(days) <= ended.last_day
    found = share(with_all, "old-app", ended.first_day, ended.last_day)
    assert found == pytest.approx(ended.sizes["share"], abs=0.02)
    assert kind_days(plain, "old-app") == set()


def test_answers_are_slow_to_what_comes_on_one_afternoon(with_all: Company, plain: Company) -> None:
    slow = of("afternoon")
    assert afternoon(with_all, slow) > 2.5
    assert afternoon(plain, slow) < 1.5


def test_tickets_of_the_last_month_come_back(with_all: Company, plain: Company) -> None:
    more = of("reopened")
    usual = of("reopened", first=date(2025, 9, 1), last=date(2026, 4, 30))
    rate, before = came_back(with_all, more), came_back(with_all, usual)
    assert rate / before == pytest.approx(more.sizes["reopened"], rel=0.3)
    assert came_back(plain, more) / came_back(plain, usual) == pytest.approx(1, abs=0.4)


HARD = ("defect", "complaint")


def test_every_kind_gets_faster_and_the_whole_slower() -> None:
    one, two = mixed([])
    easy = [kind for kind in one if kind not in HARD]
    assert mean(joined(two, HARD)) < 0.97 * mean(joined(one, HARD))
    assert mean(joined(two, easy)) < 0.92 * mean(joined(one, easy))
    assert mean(joined(two, two)) > 1.05 * mean(joined(one, one))


def test_without_that_nothing_moves() -> None:
    one, two = mixed(["mix_shift"])
    easy = [kind for kind in one if kind not in HARD]
    for kinds in (HARD, easy, list(one)):
        assert mean(joined(two, kinds)) == pytest.approx(mean(joined(one, kinds)), rel=0.09)


def mixed(without: list[str]) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Hours to the first solution by kind, before and at the end of the mix shift."""
    before = of("mix_shift", first=date(2025, 6, 1), last=date(2025, 7, 31))
    after = of("mix_shift", first=date(2025, 9, 1), last=date(2025, 10, 31))
    one: dict[str, list[float]] = defaultdict(list)
    two: dict[str, list[float]] = defaultdict(list)
    for seed in (7, 8):
        demo = company(seed, 16_000, without=[*without, "ended_problem"])
        for found, days in ((one, before), (two, after)):
            for kind, hours in solving(demo, days).items():
                found[kind] += hours
    return one, two


def of(name: str, first: date | None = None, last: date | None = None) -> Plant:
    """The plant, or the same with other days."""
    found = plant(name, planted())
    assert found is not None
    return Plant(name, found.says, first or found.first_day, last or found.last_day, found.sizes)


def day_of(at: datetime) -> date:
    """The company's day."""
    return at.astimezone(WARSAW).date()


def inside(rows: pa.Table, at: str, days: Plant) -> Rows:
    """The rows whose instant lies in the plant's days."""
    return [row for row in rows.to_pylist() if days.first_day <= day_of(row[at]) <= days.last_day]


def daily(rows: pa.Table, at: str, days: Plant) -> float:
    """How many come on the plant's days, against the same days of weeks around."""
    count = len(inside(rows, at, days))
    around = 0
    weeks_around = (*range(-7, 0), 2)  # the 11th of November is a holiday
    for weeks in weeks_around:
        moved = timedelta(days=7 * weeks)
        other = Plant("", "", days.first_day + moved, days.last_day + moved)
        around += len(inside(rows, at, other))
    return count / (around / len(weeks_around))


def kind_days(demo: Company, kind: str) -> set[date]:
    """The days on which tickets of a kind came."""
    return {day_of(r["created_at"]) for r in demo["ticket"].to_pylist() if r["type"] == kind}


def share(demo: Company, kind: str, first: date, last: date) -> float:
    """The share of a kind among the tickets of these days."""
    rows = inside(demo["ticket"], "created_at", Plant("", "", first, last))
    return sum(bool(row["type"] == kind) for row in rows) / len(rows)


def afternoon(demo: Company, days: Plant) -> float:
    """The wait of letters sent on the slow afternoons, against other working afternoons."""
    reply: dict[str, datetime] = {}
    for said in demo["message"].to_pylist():
        if said["author_kind"] == "agent" and said["public"]:
            reply.setdefault(said["ticket_id"], said["sent_at"])
    waits: dict[bool, list[float]] = defaultdict(list)
    for row in inside(demo["ticket"], "created_at", days):
        local = row["created_at"].astimezone(WARSAW)
        if local.weekday() < 4 and 13 <= local.hour < 17 and row["ticket_id"] in reply:
            slow = local.weekday() == 1
            wait = reply[row["ticket_id"]] - row["created_at"]
            waits[slow].append(wait.total_seconds())
    slower: float = median(waits[True]) / median(waits[False])
    return slower


def came_back(demo: Company, days: Plant) -> float:
    """Of the tickets solved in these days for the first time, those that were opened again."""
    status: dict[str, str] = {}
    solved: dict[str, date] = {}
    back: set[str] = set()
    for row in demo["ticket_change"].to_pylist():
        if row["field"] != "status":
            continue
        ticket = row["ticket_id"]
        if row["value"] == "solved":
            solved.setdefault(ticket, day_of(row["at"]))
        elif row["value"] == "open" and status.get(ticket) == "solved":
            back.add(ticket)
        status[ticket] = row["value"]
    mine = {t for t, day in solved.items() if days.first_day <= day <= days.last_day}
    return len(mine & back) / len(mine)


def solving(demo: Company, days: Plant) -> dict[str, list[float]]:
    """Hours to the first solution of what came in these days, by kind."""
    solved: dict[str, datetime] = {}
    for row in demo["ticket_change"].to_pylist():
        if row["field"] == "status" and row["value"] == "solved":
            solved.setdefault(row["ticket_id"], row["at"])
    hours: dict[str, list[float]] = defaultdict(list)
    for row in inside(demo["ticket"], "created_at", days):
        if row["ticket_id"] in solved:
            took = solved[row["ticket_id"]] - row["created_at"]
            hours[row["type"]].append(took.total_seconds() / 3600)
    return hours


def joined(hours: dict[str, list[float]], kinds: Any) -> list[float]:
    """The hours of several kinds."""
    return [hour for kind in kinds for hour in hours[kind]]
