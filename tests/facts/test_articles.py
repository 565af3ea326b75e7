"""Looks at articles, contacts that begin at them, and searches in the help centre."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from regard.facts.build import build
from worlds import Told, at, built, call, fact_table, row_of, rows_of, some, take, thing, ticket

DAY, HOUR = 86_400, 3_600
MONDAY = "2026-03-02 10:00"


def article(name: str, since: str | None = None, **more: Any) -> Told:
    """An article of 400 words, which two minutes suffice to read."""
    said: dict[str, Any] = {"words": 400, "pictures": 0, "topic": "login"} | more
    return thing("article", article_id=name, valid_from=at(since) if since else None, **said)


def view(name: str, when: str = MONDAY, of: str = "a", **more: Any) -> Told:
    """A look at an article."""
    return thing("article_view", view_id=name, article_id=of, at=at(when), **more)


def reads(folder: Path) -> dict[str, bool | None]:
    """Whether each look was a read."""
    return {row["view_id"]: row["read"] for row in rows_of(folder, "article_view_fact")}


def test_half_of_the_time_and_half_of_the_page_make_a_read(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a"),
        article("odd", words=201, pictures=1),
        article("unknown", words=None),
        view("1", active_seconds=60, scroll_percent=50),
        view("2", active_seconds=59, scroll_percent=100),
        view("3", active_seconds=60, scroll_percent=49),
        view("4", active_seconds=None, scroll_percent=100),
        view("5", active_seconds=None, scroll_percent=10),
        view("6", active_seconds=600, scroll_percent=None),
        view("7", of="unknown", active_seconds=600, scroll_percent=100),
        # 201 words are 60.3 seconds, and one picture 5: half of it is 32.65.
        view("8", of="odd", active_seconds=32, scroll_percent=100),
        view("9", of="odd", active_seconds=33, scroll_percent=100),
    )
    assert reads(folder) == {
        "1": True,
        "2": False,
        "3": False,
        "4": None,
        "5": False,
        "6": None,
        "7": None,
        "8": False,
        "9": True,
    }
    assert row_of(folder, "article_view_fact", view_id="9")["expected_seconds"] == 66


def test_what_was_read_is_the_version_of_then(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a", "2026-02-01", words=100, title="Old"),
        article("a", "2026-03-02 10:00", words=1000, title="New"),
        view("before", "2026-01-01 10:00"),
        view("old", "2026-03-02 09:59"),
        view("new", "2026-03-02 10:00"),
    )
    titles = {row["view_id"]: row["title"] for row in rows_of(folder, "article_view_fact")}
    assert titles == {"before": "Old", "old": "Old", "new": "New"}


def test_a_visitor_known_at_another_time_is_the_same_person_now(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a"),
        view("1", visitor="v"),
        view("2", "2026-03-03 10:00", visitor="v", customer_id="c"),
        view("3", visitor="shared", customer_id="c"),
        view("4", visitor="shared", customer_id="d"),
        view("5", visitor="shared"),
        ticket("1", "2026-03-02 11:00", customer_id="c"),
    )
    rows = {row["view_id"]: row for row in rows_of(folder, "article_view_fact")}
    wanted = "person reader escaped_24h"
    assert some(rows["1"], wanted) == {
        "person": "desk/c",
        "reader": "desk/c",
        "escaped_24h": True,
    }
    assert some(rows["5"], wanted) == {
        "person": None,
        "reader": "desk//shared",
        "escaped_24h": None,
    }


def test_a_reader_of_one_source_who_calls_in_another_escaped(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a", source="help"),
        view("1", source="help", customer_id="x"),
        thing("customer_identity", source="help", customer_id="x", kind="mail", address="c@m"),
        thing("customer_identity", customer_id="c", kind="mail", address="c@m"),
        call("k", "2026-03-03 09:00", customer_id="c").queued("q", 20).ended("abandoned"),
    )
    row = row_of(folder, "article_view_fact")
    assert some(row, "escaped_24h escaped_7d contact_seconds") == {
        "escaped_24h": True,
        "escaped_7d": True,
        "contact_seconds": 23 * HOUR,
    }


def test_where_no_contacts_are_known_nobody_stayed_away(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", article("a"), view("1", customer_id="c"))
    assert row_of(folder, "article_view_fact")["escaped_24h"] is None


def test_looks_of_before_contacts_were_known_say_nothing(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a"),
        view("1", "2026-01-01 10:00", customer_id="c"),
        view("2", "2026-03-01 10:00", customer_id="c"),
        ticket("1", MONDAY, customer_id="d"),
    )
    rows = rows_of(folder, "article_view_fact")
    assert [row["escaped_7d"] for row in rows] == [None, False]


WHO = st.sampled_from("ab")
LOOKS = st.lists(st.tuples(WHO, st.integers(0, 20 * 24)), min_size=1, max_size=8)
CAME = st.lists(st.tuples(WHO, st.integers(0, 20 * 24)), min_size=1, max_size=8)


@settings(max_examples=8, deadline=None)
@given(LOOKS, CAME)
def test_escapes_are_those_of_looking_at_every_pair(
    looks: list[tuple[str, int]], came: list[tuple[str, int]]
) -> None:
    begin = at("2026-03-02 00:00")

    def when(hour: int) -> str:
        return f"{begin + timedelta(hours=hour):%Y-%m-%d %H:%M}"

    told = [
        article("a"),
        *(view(f"{n}", when(hour), customer_id=who) for n, (who, hour) in enumerate(looks)),
        *(ticket(f"{n}", when(hour), customer_id=who) for n, (who, hour) in enumerate(came)),
    ]
    with TemporaryDirectory() as folder:
        rows = rows_of(built(Path(folder) / "w", *told), "article_view_fact")
    first = min(hour for _, hour in came)
    for row in rows:
        who, hour = looks[int(row["view_id"])]
        after = [then - hour for other, then in came if other == who and then >= hour]
        if first - hour > 7 * 24:
            assert row["escaped_24h"] is None
            continue
        assert row["escaped_24h"] == any(hours <= 24 for hours in after)
        assert row["escaped_7d"] == any(hours <= 7 * 24 for hours in after)
        assert row["contact_seconds"] == (min(after) * HOUR if after else None)


def test_a_contact_begins_at_an_article_once_however_many_say_so(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a", number="800"),
        article("b", number="900"),
        article("c", number="900"),
        article("d", number=None),
        view("1", "2026-03-02 09:00", of="a", contact_started="k1"),
        view("2", "2026-03-02 09:05", of="b", contact_started="t1"),
        view("3", "2026-03-02 09:10", of="b", contact_started="t1"),
        view("4", "2026-03-02 09:15", of="d", contact_started="never seen"),
        call("k1", MONDAY, number_called="800").queued("q", 20).ended("abandoned"),
        call("k2", MONDAY, number_called="900").queued("q", 20).ended("abandoned"),
        call("k3", MONDAY, number_called="1", article_id="d").queued("q", 20).ended("abandoned"),
        call("k4", MONDAY, number_called="1").queued("q", 20).ended("abandoned"),
        ticket("t1", MONDAY),
        thing(
            "chat_session",
            session_id="s",
            article_id="a",
            started_at=at(MONDAY),
            queued_at=at(MONDAY),
            customer_id="c",
        ),
    )
    found = {
        (row["contact_kind"], row["contact_id"]): row["article_id"]
        for row in rows_of(folder, "article_contact_fact")
    }
    assert found == {
        ("call", "k1"): "a",
        ("call", "k3"): "d",
        ("chat", "s"): "a",
        ("ticket", "t1"): "b",
        ("started", "4"): "d",
    }


def test_searches_know_whether_they_found_anything(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        *(
            thing("help_search", search_id=str(n), at=at(MONDAY), query=" Reset ", results=found)
            for n, found in enumerate((0, 3, None))
        ),
    )
    rows = rows_of(folder, "help_search_fact")
    assert [(row["query"], row["has_results"]) for row in rows] == [
        ("Reset", False),
        ("Reset", True),
        ("Reset", None),
    ]


def test_a_contact_imported_later_reaches_the_looks_before_it(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", article("a"), view("1", customer_id="c"), ticket("0", MONDAY))
    assert row_of(folder, "article_view_fact")["escaped_24h"] is False
    take(folder, ticket("1", "2026-03-02 12:00", customer_id="c"))
    build(folder)
    assert row_of(folder, "article_view_fact")["escaped_24h"] is True
    found = fact_table(folder, "article_view_fact")
    build(folder, full=True)
    assert fact_table(folder, "article_view_fact").equals(found)


def test_a_topic_has_an_article_from_when_one_on_it_or_on_its_whole_stood(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        article("a", source="help", topic="login"),
        article("b", "2026-02-01", source="help", topic="other"),
        article("b", "2026-03-02 12:00", source="help", topic="price"),
        article("c", source="help", topic=None),
        *(
            ticket(name, when, type=kind)
            for name, when, kind in (
                ("1", MONDAY, "login"),
                ("2", MONDAY, "login/reset"),
                ("3", MONDAY, "loginx"),
                ("4", MONDAY, "price"),
                ("5", "2026-03-02 13:00", "price"),
                ("6", MONDAY, None),
            )
        ),
    )
    found = {row["contact_id"]: row["has_article"] for row in rows_of(folder, "contact_fact")}
    assert found == {"1": True, "2": True, "3": False, "4": False, "5": True, "6": None}


def test_without_articles_on_any_topic_nothing_is_said_of_topics(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", article("a", topic=None), ticket("1", MONDAY, type="login"))
    assert row_of(folder, "contact_fact")["has_article"] is None
