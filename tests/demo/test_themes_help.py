"""The demo's help centre and its bot: who reads, who is served, and who gets in touch anyway."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any

import pyarrow as pa
import pytest

from regard.demo.company import company
from regard.demo.plants import plantings

Company = Mapping[str, pa.Table]
Row = dict[str, Any]
UNTIL = date(2026, 6, 1)
UNREAD = "h-login-code-"


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


@pytest.fixture(scope="module", name="views")
def _views(demo: Company) -> list[Row]:
    return with_article(demo)


def test_articles_come_in_five_languages_and_several_versions(demo: Company) -> None:
    rows = demo["article"].to_pylist()
    assert {row["language"] for row in rows} == {"en", "pl", "ms", "ar", "bg"}
    versions = Counter(row["article_id"] for row in rows)
    assert set(versions.values()) == {1, 2, 3}
    assert len({row["title"] for row in rows}) == len(versions)
    assert all(row["address"] == f"/{row['language']}/help/{slug(row)}" for row in rows)
    assert len({row["number"] for row in rows if row["number"]}) == 2


def test_articles_are_about_what_tickets_are_about(demo: Company) -> None:
    kinds = set(demo["ticket"]["type"].to_pylist())
    topics = set(demo["article"]["topic"].to_pylist())
    assert topics <= kinds
    assert {"cancellation", "complaint"} <= kinds - topics


def test_some_read_and_some_only_look(views: list[Row]) -> None:
    usual = [view for view in views if not view["article_id"].startswith(UNREAD)]
    assert 0.35 < mean(is_read(view) for view in usual) < 0.75
    assert 0.2 < mean(bool(view["customer_id"]) for view in usual) < 0.5
    votes = [view["helpful"] for view in usual if view["helpful"] is not None]
    assert 0.05 < len(votes) / len(usual) < 0.12
    assert 0.5 < mean(votes) < 0.9
    assert all(0 <= view["scroll_percent"] <= 100 for view in views)


def test_a_known_reader_has_one_pseudonym(views: list[Row]) -> None:
    visitors: dict[str, set[str]] = defaultdict(set)
    readers: dict[str, set[str]] = defaultdict(set)
    for view in views:
        if view["customer_id"]:
            visitors[view["customer_id"]].add(view["visitor"])
            readers[view["visitor"]].add(view["customer_id"])
    assert max(map(len, visitors.values())) == max(map(len, readers.values())) == 1


def test_a_contact_started_from_an_article_is_a_real_one_within_the_hour(
    demo: Company, views: list[Row]
) -> None:
    contacts = {t["ticket_id"]: (t["created_at"], t) for t in demo["ticket"].to_pylist()}
    contacts |= {c["call_id"]: (c["arrived_at"], c) for c in demo["call"].to_pylist()}
    started = [view for view in views if view["contact_started"]]
    assert len(started) > 40
    for view in started:
        at, contact = contacts[view["contact_started"]]
        assert timedelta(0) < at - view["at"] <= timedelta(hours=1)
        assert contact["customer_id"] == view["customer_id"]
    assert {view["contact_started"][0] for view in started} == {"t", "k"}


def test_many_find_an_article_and_write_all_the_same_where_that_is_planted(
    demo: Company, views: list[Row]
) -> None:
    first, last = plantings()["unread_article"].when(UNTIL)
    assert (first, last) == (date(2026, 2, 1), date(2026, 5, 31))
    planted = story(demo, views, first, last)
    without = company(without=["unread_article"])
    plain = story(without, with_article(without), first, last)
    assert planted["views"] > 2 * plain["views"]
    assert planted["seconds"] < plain["seconds"] / 3
    assert planted["read"] < 0.3 < plain["read"]
    assert planted["escapes"] > 1.5 * plain["escapes"]


def test_some_searches_find_nothing(demo: Company) -> None:
    rows = demo["help_search"].to_pylist()
    empty = [row for row in rows if row["results"] == 0]
    assert 0.05 < len(empty) / len(rows) < 0.35
    assert not any(row["clicked"] for row in empty)
    often = Counter(row["query"] for row in empty).most_common(8)
    assert {"warranty", "gwarancja"} & {query for query, _ in often}
    assert 0.3 < mean(bool(row["clicked"]) for row in rows) < 0.9


def test_a_search_that_was_clicked_leads_to_a_view(demo: Company, views: list[Row]) -> None:
    seen: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for view in views:
        seen[view["visitor"], view["article_id"]].append(view["at"])
    for row in demo["help_search"].to_pylist():
        if row["clicked"]:
            later = [at - row["at"] for at in seen[row["visitor"], row["clicked"]]]
            assert any(timedelta(0) < gap < timedelta(minutes=1) for gap in later)


def test_what_the_bot_hands_over_becomes_a_ticket(demo: Company) -> None:
    tickets = {row["ticket_id"]: row for row in demo["ticket"].to_pylist()}
    became = [row for row in demo["bot_session"].to_pylist() if row["ticket_id"]]
    assert len(became) > 100
    for row in became:
        ticket = tickets[row["ticket_id"]]
        assert row["outcome"] == "handed_over"
        assert row["handed_over_at"] == ticket["created_at"]
        assert row["customer_id"] == ticket["customer_id"]
        assert row["human_at"] is None or row["human_at"] >= row["handed_over_at"]


def test_the_bot_solves_some_matters_and_silence_is_no_solution(demo: Company) -> None:
    rows = demo["bot_session"].to_pylist()
    outcomes = Counter(row["outcome"] for row in rows)
    assert set(outcomes) == {"resolved", "unconfirmed", "abandoned", "handed_over"}
    for row in rows:
        assert (row["confirmed"] is True) == (row["outcome"] == "resolved")
        assert (row["handed_over_at"] is not None) == (row["outcome"] == "handed_over")
        assert row["started_at"] <= row["ended_at"]
    assert 0.6 < mean(bool(row["customer_id"]) for row in rows) < 0.9


def test_some_of_those_whom_the_bot_had_get_in_touch_within_a_week(demo: Company) -> None:
    contacts: dict[str, list[datetime]] = defaultdict(list)
    for name, at in (("ticket", "created_at"), ("call", "arrived_at")):
        for row in demo[name].to_pylist():
            contacts[row["customer_id"]].append(row[at])
    known = [row for row in demo["bot_session"].to_pylist() if row["customer_id"]]
    again = [
        any(
            timedelta(0) <= at - row["started_at"] <= timedelta(days=7)
            for at in contacts[row["customer_id"]]
        )
        for row in known
        if not row["ticket_id"]
    ]
    assert 0.2 < mean(again) < 0.7


def with_article(demo: Company) -> list[Row]:
    """Views with the words, pictures and topic of their article."""
    articles = {row["article_id"]: row for row in demo["article"].to_pylist()}
    found = []
    for view in demo["article_view"].to_pylist():
        article = articles[view["article_id"]]
        found.append(view | {name: article[name] for name in ("words", "pictures", "topic")})
    return found


def slug(row: Row) -> str:
    """The name of an article in its address."""
    name = row["article_id"].removeprefix("h-")
    return str(name.rsplit("-", 1)[0])


def is_read(view: Row) -> bool:
    """Half of the expected time, and half of the way down."""
    expected = view["words"] / 200 * 60 + view["pictures"] * 5
    return bool(view["active_seconds"] >= expected / 2 and view["scroll_percent"] >= 50)


def story(demo: Company, views: list[Row], first: date, last: date) -> dict[str, float]:
    """What happened to the article in these days: views, time, reading, tickets within a day."""
    tickets: dict[str, list[datetime]] = defaultdict(list)
    for row in demo["ticket"].to_pylist():
        tickets[row["customer_id"]].append(row["created_at"])
    mine = [
        view
        for view in views
        if view["article_id"].startswith(UNREAD) and first <= view["at"].date() <= last
    ]
    known = [view for view in mine if view["customer_id"]]
    return {
        "views": len(mine),
        "seconds": median(view["active_seconds"] for view in mine),
        "read": mean(is_read(view) for view in mine),
        "escapes": mean(
            any(
                timedelta(0) < at - view["at"] <= timedelta(days=1)
                for at in tickets[view["customer_id"]]
            )
            for view in known
        ),
    }
