"""The help centre: reads and escapes by article, and which articles need work."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from facts.test_articles import article, view
from metrics.small import MARCH, at, later, parts
from metrics.test_reputation import asked, told
from regard.metrics.needing import needing
from worlds import built, thing, ticket

DAY, HOUR = 86_400, 3_600
MONDAY = "2026-03-02 10:00"


def look(n: int, of: str, read: bool | None, escaped: bool | None, when: str = MONDAY) -> Any:
    """A row of `article_view_fact`."""
    return {
        "view_id": f"{of}{n}",
        "article_id": of,
        "at": later(when, n),
        "read": read,
        "escaped_24h": escaped,
        "reader": f"{n}",
        "active_seconds": None if read is None else 100 if read else 3,
    }


UNREAD = [look(n, "unread", False, n < 20) for n in range(40)]
GOOD = [look(n, "good", n % 4 > 0, n < 3) for n in range(40)]
RARE = [look(n, "rare", False, True) for n in range(9)]
LONG = [look(n, "long", n % 5 == 0, n < 3) for n in range(40)]


def test_the_article_that_is_found_and_not_read_needs_work_and_says_so_by_name() -> None:
    every = [*UNREAD, *GOOD, *RARE, *LONG]
    (whole,) = parts("articles_needing_work", every, MARCH)
    assert (whole.estimate.value, whole.estimate.n) == (0.25, 4)
    split = parts("articles_needing_work", every, {**MARCH, "by": "article"})
    assert {part.by["article"]: part.estimate.value for part in split} == {
        "unread": 1.0,
        "good": 0.0,
        "rare": 0.0,
        "long": 0.0,
    }


def test_an_article_is_judged_among_those_of_its_own_month() -> None:
    april = [look(n, "unread", True, n < 3, "2026-04-02 10:00") for n in range(40)]
    rows = [*UNREAD, *GOOD, *LONG, *april]
    said = {"from": "2026-03-01", "to": "2026-05-01", "by": "month,article"}
    found = parts("articles_needing_work", rows, said)
    needy = [(part.by["month"], part.by["article"]) for part in found if part.estimate.value]
    assert needy == [("2026-03", "unread")]


COUNTS = st.fixed_dictionaries(
    {"looks": st.integers(1, 60), "reads": st.integers(0, 60), "escaped": st.integers(0, 60)}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=7))
def test_the_rule_is_as_statsmodels_limits_say(drawn: list[dict[str, int]]) -> None:
    rows = []
    for one in drawn:
        looks = one["looks"]
        rows.append(
            {
                "looks": looks,
                "known": looks,
                "reads": min(one["reads"], looks),
                "tracked": looks,
                "escaped": min(one["escaped"], looks),
            }
        )
    order = sorted(row["looks"] for row in rows)
    middle = (order[(len(order) - 1) // 2] + order[len(order) // 2]) / 2
    usual = sum(row["escaped"] for row in rows) / sum(row["tracked"] for row in rows)
    for row, needs in zip(rows, needing(rows), strict=True):
        low, _ = proportion_confint(row["escaped"], row["tracked"], method="wilson")
        if abs(low - usual) < 1e-9:
            continue
        wanted = row["looks"] >= middle and row["reads"] / row["known"] < 0.5 and low > usual
        assert needs == (wanted and row["tracked"] >= 10)


SEARCHED = (("Reset", 0), ("reset", 2), ("price", 3), ("x", None))


@pytest.fixture(scope="module", name="shelf")
def _shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article that is left unread before people write, and one that serves."""
    return built(
        tmp_path_factory.mktemp("shelf") / "w",
        article("bad", topic="login"),
        article("good", topic="price"),
        *(
            view(f"b{n}", f"2026-03-{n + 1:02d} 10:00", "bad", customer_id=f"c{n}",
                 active_seconds=3, scroll_percent=10, helpful=False if n == 0 else None)
            for n in range(10)
        ),
        *(
            view(f"g{n}", f"2026-03-{n + 1:02d} 10:00", "good", customer_id=f"d{n}",
                 active_seconds=100, scroll_percent=90, helpful=True if n < 3 else None)
            for n in range(10)
        ),
        view("x", "2026-03-05 10:00", "good", visitor="v", active_seconds=None),
        view("y", "2026-03-06 10:00", "good", visitor="v", active_seconds=40),
        *(
            ticket(f"{n}", f"2026-03-{n + 1:02d} {12 + n}:00", customer_id=f"c{n}", type="login")
            for n in range(6)
        ),
        ticket("late", "2026-03-06 09:00", customer_id="d2", type="delivery"),
        ticket("end", "2026-03-31 23:00"),
        *(
            thing("help_search", search_id=str(n), at=at(MONDAY), query=said, results=found)
            for n, (said, found) in enumerate(SEARCHED)
        ),
        # The watermark of the help centre, a month later.
        view("last", "2026-04-30 10:00", "good", customer_id="z"),
    )  # fmt: skip


def test_escapes_by_article_tell_the_bad_one(shelf: Path) -> None:
    assert told(shelf, "escaped_contacts", "article", **MARCH) == {"bad": 0.6, "good": 0.0}
    assert told(shelf, "escaped_contacts_7d", "article", **MARCH) == {"bad": 0.6, "good": 0.1}
    (part,) = asked(shelf, "escaped_contacts", **MARCH)
    assert part.coverage["excluded"] == {"nobody knows whether this reader came to us": 2}
    # Forty seconds of two minutes are no read, however far the page was seen.
    read = told(shelf, "read_share", "article", **MARCH)
    assert read == {"bad": 0.0, "good": pytest.approx(10 / 11)}


def test_unknown_reading_times_stay_unknown(shelf: Path) -> None:
    (part,) = asked(shelf, "article_read_time", **{**MARCH, "where": "article=good"})
    assert (part.estimate.value, part.estimate.n, part.coverage["unknown"]) == (100, 11, 1)


def test_readers_are_counted_once_and_searches_by_their_words(shelf: Path) -> None:
    (views,) = asked(shelf, "article_views", **MARCH)
    (readers,) = asked(shelf, "article_readers", **MARCH)
    assert (views.estimate.value, readers.estimate.value) == (22, 21)
    assert told(shelf, "searches_without_result", "query") == {
        "reset": 0.5,
        "price": 0.0,
        "x": None,
    }
    assert told(shelf, "helpful_share", "article", **MARCH) == {"bad": 0.0, "good": 1.0}


def test_use_is_set_against_volume_and_topics_without_an_article_are_named(shelf: Path) -> None:
    (ratio,) = asked(shelf, "articles_to_contacts", **MARCH)
    assert ratio.estimate.value == pytest.approx(22 / 8)
    (ratio,) = asked(shelf, "self_service_ratio", **MARCH)
    # Of the last contact nobody knows who it was.
    assert ratio.estimate.value == pytest.approx(21 / 7)
    assert told(shelf, "topics_without_article", "topic", **MARCH) == {
        "login": 0.0,
        "delivery": 1.0,
        None: None,
    }
