"""What is said of the demo's company in public, what it is blamed for, and what that costs."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.demo.company import company
from regard.demo.plants import plantings

Company = Mapping[str, pa.Table]
Row = dict[str, Any]
WARSAW = ZoneInfo("Europe/Warsaw")
UNTIL = date(2026, 6, 1)


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


def test_invited_reviews_are_better_than_organic_ones(demo: Company) -> None:
    ours = [row for row in demo["review"].to_pylist() if row["side"] == "ours"]
    part = {
        invited: mean(row["stars"] / row["scale_max"] for row in ours if row["invited"] is invited)
        for invited in (True, False)
    }
    assert part[True] > part[False] + 0.05
    assert all(row["customer_id"] for row in ours if row["invited"])
    assert all(1 <= row["stars"] <= row["scale_max"] for row in ours)


def test_reviews_stand_on_three_sites_and_two_competitors_have_some(demo: Company) -> None:
    rows = demo["review"].to_pylist()
    assert {(row["site"], row["scale_max"]) for row in rows} == {
        ("shopvoice", 5),
        ("mapstars", 5),
        ("gadgetbench", 10),
    }
    theirs = [row for row in rows if row["side"] == "competitor"]
    assert {row["subject"] for row in theirs} == {"Nookline", "Domavia"}
    assert all(row["customer_id"] is row["invited"] is None for row in theirs)


def test_most_reviews_are_replied_to_after_they_came(demo: Company) -> None:
    reviews = {row["review_id"]: row for row in demo["review"].to_pylist()}
    replies = demo["review_reply"].to_pylist()
    for reply in replies:
        assert reply["at"] > reviews[reply["review_id"]]["posted_at"]
        assert reviews[reply["review_id"]]["side"] == "ours"
        assert reply["automatic"] == (reply["agent"] == "bot")
    ours = sum(row["side"] == "ours" for row in reviews.values())
    assert 0.4 < len(replies) / ours < 0.85


def test_a_post_is_a_mention_an_addition_a_reply_or_an_answer_to_us(demo: Company) -> None:
    posts = {row["post_id"]: row for row in demo["post"].to_pylist()}
    kinds: Counter[tuple[str, str | None]] = Counter()
    for post in posts.values():
        head = posts.get(post["in_reply_to"])
        kinds[post["side"], head["side"] if head else None] += 1
        if head:
            assert post["at"] > head["at"]
            assert post["network"] == head["network"]
    assert set(kinds) == {
        ("customer", None),
        ("customer", "customer"),
        ("customer", "ours"),
        ("ours", None),
        ("ours", "customer"),
        ("competitor", None),
    }
    assert 0.5 < kinds["ours", "customer"] / kinds["customer", None] < 0.8


def test_a_campaign_of_a_competitor_lowers_our_share_of_voice(demo: Company) -> None:
    first, last = plantings()["campaign"].when(UNTIL)
    assert (first, last) == (date(2026, 4, 1), date(2026, 4, 30))
    plain = company(without=["campaign"])
    assert voice(demo, first, last) < 0.75 * voice(plain, first, last)
    assert voice(demo, first, last) < 0.75 * voice(demo, first - timedelta(90), first)
    assert rivals(demo, first, last) > 3 * rivals(plain, first, last)
    assert growth(demo, "nookline") > growth(plain, "nookline") + 0.15
    assert growth(demo, "domavia") == growth(plain, "domavia")


def test_accounts_are_counted_once_a_week(demo: Company) -> None:
    counts: dict[str, list[datetime]] = defaultdict(list)
    for row in demo["account_snapshot"].to_pylist():
        counts[row["account"]].append(row["at"])
    assert len(counts) == 6
    for instants in counts.values():
        gaps = {(other.date() - one.date()).days for one, other in pairwise(instants)}
        assert gaps == {7}


def test_complaints_are_acknowledged_and_then_settled(demo: Company) -> None:
    rows = demo["complaint"].to_pylist()
    for row in rows:
        seen, over = row["acknowledged_at"], row["settled_at"]
        assert seen is None or seen >= row["received_at"]
        assert over is None or over >= (seen or row["received_at"])
        assert (over is None) == (row["remedy"] is None) == (row["upheld"] is None)
    assert 0.7 < mean(bool(row["settled_at"]) for row in rows) < 0.97
    done = [row["upheld"] for row in rows if row["settled_at"]]
    assert 0.4 < mean(done) < 0.8
    by = Counter((row["customer_id"], row["cause"]) for row in rows if row["customer_id"])
    assert any(count > 1 for count in by.values()), "someone complains about the same again"


def test_no_complaint_is_carried_twice(demo: Company) -> None:
    carried = Counter((row["carrier"], row["carrier_id"]) for row in demo["complaint"].to_pylist())
    assert set(carried.values()) == {1}


def test_two_raters_of_the_same_work_mostly_agree(demo: Company) -> None:
    scores: dict[str, list[Row]] = defaultdict(list)
    for row in demo["quality_review"].to_pylist():
        assert row["agent"] != row["rater"]
        assert 0 <= row["score"] <= row["scale_max"] == 10
        scores[row["ticket_id"] or row["call_id"]].append(row)
    twice = [rows for rows in scores.values() if len(rows) == 2]
    assert len(twice) > 20
    assert all(one["rater"] != other["rater"] for one, other in twice)
    assert mean(abs(one["score"] - other["score"]) for one, other in twice) < 1.6
    sampled = [row["sampled"] for row in demo["quality_review"].to_pylist()]
    assert 0.75 < mean(sampled) < 0.97


def test_service_costs_some_euros_a_contact(demo: Company) -> None:
    rows = demo["cost"].to_pylist()
    contacts = len(demo["ticket"]) + len(demo["call"])
    assert 3 < sum(row["amount_minor"] for row in rows) / 100 / contacts < 12
    assert {row["currency"] for row in rows} == {"EUR"}
    months = {row["on"] for row in rows}
    assert len(months) == 12
    assert all((day + timedelta(days=1)).day == 1 for day in months)
    channels = {row["channel"] for row in rows}
    assert channels == {"email", "web", "chat", "social", "marketplace", "phone"}


def test_benchmarks_say_that_they_are_invented(demo: Company) -> None:
    rows = demo["benchmark"].to_pylist()
    assert all("invented" in row["cited"] and float(row["value_text"]) > 0 for row in rows)


def day_of(row: Row) -> date:
    """The local day of a post."""
    at: datetime = row["at"]
    return at.astimezone(WARSAW).date()


def voice(demo: Company, first: date, last: date) -> float:
    """Our mentions among ours and competitors' posts in these days."""
    rows = [row for row in demo["post"].to_pylist() if first <= day_of(row) <= last]
    ours = sum(row["side"] == "customer" and not row["in_reply_to"] for row in rows)
    theirs = sum(row["side"] == "competitor" for row in rows)
    return float(ours / (ours + theirs))


def rivals(demo: Company, first: date, last: date) -> int:
    """What people say of the competitor in these days."""
    return sum(
        row["about"] in ("nookline", "nookline.home") and row["account"] != row["about"]
        for row in demo["post"].to_pylist()
        if first <= day_of(row) <= last
    )


def growth(demo: Company, account: str) -> float:
    """How many times more followers an account has at the end than two months before."""
    rows = [row for row in demo["account_snapshot"].to_pylist() if row["account"] == account]
    return float(rows[-1]["followers"] / rows[-10]["followers"])
