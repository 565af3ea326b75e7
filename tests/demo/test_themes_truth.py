"""What the demo says was meant by its side themes is what its tables hold, counted plainly."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.demo.company import Block, blocks

WARSAW = ZoneInfo("Europe/Warsaw")
GRACE = timedelta(days=3)
Row = dict[str, Any]
MONTHS = [f"{2025 + (5 + n) // 12}-{(5 + n) % 12 + 1:02d}" for n in range(12)]


@pytest.fixture(scope="module", name="block")
def _block() -> Block:
    (found,) = blocks(seed=7, tickets=500)
    return found


@pytest.fixture(scope="module", name="demo")
def _demo(block: Block) -> Mapping[str, pa.Table]:
    return block.tables


def test_paying_customers_are_those_with_paid_access(
    block: Block, demo: Mapping[str, pa.Table]
) -> None:
    access = stretches(demo)
    for month, meant in block.truth["customers_paying"].items():
        year, number = map(int, month.split("-"))
        start = datetime(year, number, 1, tzinfo=WARSAW)
        assert sum(has(mine, start) for mine in access.values()) == meant, month
    assert sum(block.truth["customers_paying"].values()) > 1000


def test_customers_leave_with_their_last_subscription(
    block: Block, demo: Mapping[str, pa.Table]
) -> None:
    left = []
    for mine in stretches(demo).values():
        for _, until in mine:
            if until and not has([one for one in mine if one[1] != until], until):
                left.append(until)
    assert counted(left) == meant(block, "customers_left")


def test_trials_end_bought_or_not(block: Block, demo: Mapping[str, pa.Table]) -> None:
    ended, bought = [], []
    for rows in by(demo["subscription"].to_pylist(), "subscription_id").values():
        if rows[0]["trial"] and rows[0]["ends_at"]:
            ended.append(rows[0]["ends_at"])
            if len(rows) > 1:
                bought.append(rows[0]["ends_at"])
    assert counted(ended) == meant(block, "trials_ended")
    assert counted(bought) == meant(block, "trials_converted")


def test_answers_are_counted_in_the_month_of_the_answer(
    block: Block, demo: Mapping[str, pa.Table]
) -> None:
    at = {row["response_id"]: row["at"] for row in demo["response"].to_pylist()}
    answers = demo["answer"].to_pylist()
    satisfied = []
    for row in answers:
        if row["kind"] == "csat":
            low, high = row["scale_min"], row["scale_max"]
            good = low + high - row["score"] if row["scale_inverted"] else row["score"]
            if good >= {5: 4, 7: 6}[high]:
                satisfied.append(at[row["response_id"]])
    assert counted(satisfied) == meant(block, "csat_satisfied")
    for name, keep in (
        ("nps_answers", lambda score: True),
        ("nps_promoters", lambda score: score >= 9),
        ("nps_detractors", lambda score: score <= 6),
    ):
        mine = [r for r in answers if r["kind"] == "nps" and keep(r["score"])]
        assert counted(at[row["response_id"]] for row in mine) == meant(block, name)


def test_people_not_asked_are_counted_apart(block: Block, demo: Mapping[str, pa.Table]) -> None:
    rows = demo["invitation"].to_pylist()
    sent = [row["sent_at"] for row in rows if row["sent_at"]]
    assert counted(sent) == meant(block, "surveys_sent")
    plain = [
        row["eligible_at"]
        for row in rows
        if not (row["sent_at"] or row["sampled_out"] or row["suppressed_reason"])
    ]
    assert counted(plain) == meant(block, "surveys_not_asked")


def test_counts_of_the_other_themes(block: Block, demo: Mapping[str, pa.Table]) -> None:
    def rows(name: str, column: str, keep: Any = lambda row: True) -> Counter[str]:
        found = [row[column] for row in demo[name].to_pylist() if keep(row)]
        return counted(at for at in found if at)

    for name, found in {
        "orders": rows("order", "at"),
        "bot_sessions": rows("bot_session", "started_at"),
        "bot_confirmed": rows("bot_session", "started_at", lambda r: r["confirmed"]),
        "bot_handed_over": rows("bot_session", "started_at", lambda r: r["handed_over_at"]),
        "bot_identified": rows("bot_session", "started_at", lambda r: r["customer_id"]),
        "article_views": rows("article_view", "at"),
        "article_contacts": rows("article_view", "at", lambda r: r["contact_started"]),
        "searches_without_result": rows("help_search", "at", lambda r: r["results"] == 0),
        "reviews": rows("review", "posted_at", lambda r: r["side"] == "ours"),
        "review_replies": rows("review_reply", "at", lambda r: not r["automatic"]),
        "mentions_begun": rows(
            "post", "at", lambda r: r["side"] == "customer" and not r["in_reply_to"]
        ),
        "competitor_posts": rows("post", "at", lambda r: r["side"] == "competitor"),
        "complaints": rows("complaint", "received_at"),
        "complaints_upheld": rows("complaint", "settled_at", lambda r: r["upheld"]),
        "cases": rows("case", "opened_at"),
    }.items():
        assert found == meant(block, name), name


def counted(instants: Iterable[datetime]) -> Counter[str]:
    """How many instants lie in each local month of the window."""
    months = Counter(at.astimezone(WARSAW).strftime("%Y-%m") for at in instants)
    return Counter({month: count for month, count in months.items() if month in MONTHS})


def meant(block: Block, name: str) -> Counter[str]:
    """The counts that the demo tells, without the months that have none."""
    told = block.truth[name]
    assert list(told) == MONTHS
    return Counter({month: count for month, count in told.items() if count})


def by(rows: list[Row], column: str) -> dict[str, list[Row]]:
    """Rows by a column."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def stretches(demo: Mapping[str, pa.Table]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """Each customer's stretches of paid access; gaps within the grace are none."""
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for rows in by(demo["subscription"].to_pylist(), "subscription_id").values():
        paid = [row for row in rows if not row["trial"]]
        if not paid:
            continue
        mine = found.setdefault(paid[0]["customer_id"], [])
        since = paid[0]["starts_at"]
        for one, other in pairwise(paid):
            if other["starts_at"] - one["ends_at"] > GRACE:
                mine.append((since, one["ends_at"]))
                since = other["starts_at"]
        mine.append((since, paid[-1]["ends_at"]))
    return found


def has(mine: list[tuple[datetime, datetime | None]], at: datetime) -> bool:
    """Whether one of the stretches covers the instant."""
    return any(since <= at and (until is None or at < until) for since, until in mine)


def test_the_months_of_truth_are_the_window_s(block: Block) -> None:
    assert block.world.window.first == date(2025, 6, 1)
    assert list(block.truth["orders"]) == MONTHS
