"""Reviews with our replies, posts with our answers, and counts of followers."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from regard.facts.build import build
from regard.facts.fact import fact, level_of
from worlds import Told, agent, at, built, fact_table, row_of, rows_of, some, take, thing

HOUR = 3600
MONDAY = "2026-03-02 10:00"


def review(name: str, when: str = MONDAY, **more: Any) -> Told:
    """A review of us, five stars unless said otherwise."""
    said: dict[str, Any] = {"stars": 5, "scale_max": 5, "site": "stars.example"} | more
    return thing("review", review_id=name, posted_at=at(when), **said)


def reply(to: str, when: str, name: str = "1", **more: Any) -> Told:
    """A reply to a review."""
    said: dict[str, Any] = {"agent": "ann"} | more
    return thing("review_reply", review_id=to, reply_id=name, at=at(when), **said)


def post(name: str, when: str, side: str = "customer", to: str | None = None, **more: Any) -> Told:
    """A post by a customer unless said otherwise."""
    said: dict[str, Any] = {"network": "net"} | more
    return thing("post", post_id=name, at=at(when), side=side, in_reply_to=to, **said)


def read(subject: str, name: str, kind: str, value: str | None, version: str = "001") -> Told:
    """What was found in some words."""
    said = {"subject": subject, "subject_id": name, "part": "", "kind": kind, "version": version}
    return thing("reading", value=value, **said)


def test_the_first_reply_by_a_person_ends_the_wait_of_a_review(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        agent("hal", bot=True),
        review("1", "2026-03-02 16:00"),
        reply("1", "2026-03-02 16:01", "0", agent="hal"),
        reply("1", "2026-03-02 16:02", "1", agent="bob", automatic=True),
        reply("1", "2026-03-03 10:00", "3", agent="ann"),
        reply("1", "2026-03-03 10:00", "2", agent="bob"),
        review("2"),
    )
    wanted = "replies replied_by reply_seconds reply_open_seconds"
    row = row_of(folder, "review_fact", review_id="1")
    # Open from 9 to 17: an hour on Monday and one on Tuesday.
    assert some(row, wanted) == {
        "replies": 2,
        "replied_by": "bob",
        "reply_seconds": 18 * HOUR,
        "reply_open_seconds": 2 * HOUR,
    }
    unanswered = row_of(folder, "review_fact", review_id="2")
    assert some(unanswered, "replies replied_at reply_seconds") == {
        "replies": 0,
        "replied_at": None,
        "reply_seconds": None,
    }
    replies = rows_of(folder, "review_reply_fact")
    assert [(row["reply_id"], row["automatic"]) for row in replies] == [
        ("0", True),
        ("1", True),
        ("2", False),
        ("3", False),
    ]


def test_a_reply_dated_before_its_review_came_at_once(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", review("1"), reply("1", "2026-03-02 00:00"))
    assert row_of(folder, "review_fact")["reply_seconds"] == 0


def test_of_several_readings_the_newest_counts_though_it_is_unsure(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        review("1"),
        review("2"),
        read("review", "1", "sentiment", "negative", "002"),
        read("review", "1", "sentiment", "positive", "001"),
        read("review", "2", "sentiment", "positive", "001"),
        read("review", "2", "sentiment", None, "002"),
        read("post", "2", "sentiment", "negative", "003"),
    )
    assert [row["sentiment"] for row in rows_of(folder, "review_fact")] == ["negative", None]


def test_a_review_that_does_not_say_whom_it_is_about_is_about_us(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", review("1"), review("2", side="competitor"))
    assert [row["side"] for row in rows_of(folder, "review_fact")] == ["ours", "competitor"]


def test_a_reply_that_comes_later_is_built_in(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", review("1"), review("2"))
    take(folder, reply("1", "2026-03-02 12:00"))
    assert build(folder).how == "incremental"
    assert [row["reply_seconds"] for row in rows_of(folder, "review_fact")] == [2 * HOUR, None]


def test_posts_know_what_they_are(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        post("1", MONDAY, customer_id="c"),
        post("2", "2026-03-02 10:05", to="1", customer_id="c"),
        post("3", "2026-03-02 11:00", "ours", to="2", agent="ann"),
        post("4", "2026-03-02 11:10", to="3", customer_id="c"),
        post("5", "2026-03-02 11:20", to="1", customer_id="d"),
        post("6", "2026-03-02 12:00", "ours"),
        post("7", "2026-03-02 12:00", "competitor"),
        post("8", "2026-03-02 12:00", to="never seen", customer_id="e"),
        post("b", "2026-03-02 12:00", "competitor", account="them", about="them"),
        post("c", "2026-03-02 12:00", account="x"),
        post("d", "2026-03-02 12:30", to="c", account="x"),
        post("a", "2026-03-02 12:10", to="6", customer_id="f"),
        post("9", "2026-03-02 12:00", None),  # type: ignore[arg-type]
    )
    roles = {row["post_id"]: row["role"] for row in rows_of(folder, "post_fact")}
    assert roles == {
        "1": "mention",
        "2": "more",
        "3": "reply",
        "4": "answer",
        "5": "mention",
        "6": "post",
        "7": "rival",
        "8": "mention",
        "9": None,
        "a": "mention",
        "b": "rival_post",
        "c": "mention",
        "d": "more",
    }


def test_an_answer_to_what_was_added_answers_the_mention(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        post("1", MONDAY, customer_id="c"),
        post("2", "2026-03-02 10:05", to="1", customer_id="c"),
        post("3", "2026-03-02 10:10", to="2", customer_id="c"),
        post("4", "2026-03-02 11:00", "ours", to="3", agent="ann"),
        post("5", "2026-03-02 12:00", "ours", to="1", agent="bob"),
    )
    row = row_of(folder, "post_fact", post_id="1")
    assert some(row, "replied_by reply_seconds") == {"replied_by": "ann", "reply_seconds": HOUR}
    assert row_of(folder, "post_fact", post_id="2")["replied_at"] is None


def test_a_machine_answers_no_mention(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        agent("hal", bot=True),
        post("1", MONDAY, customer_id="c"),
        post("2", "2026-03-02 10:00:01", "ours", to="1", agent="hal"),
        post("3", "2026-03-02 10:00:02", "ours", to="1", agent="ann", automatic=True),
    )
    assert row_of(folder, "post_fact", post_id="1")["replied_at"] is None


def test_an_answer_imported_later_reaches_the_post_it_answers(tmp_path: Path) -> None:
    assert level_of(fact("post_fact")) == 1
    folder = built(tmp_path / "w", post("1", MONDAY))
    take(folder, post("2", "2026-03-02 11:00", "ours", to="1"))
    build(folder)
    assert row_of(folder, "post_fact", post_id="1")["reply_seconds"] == HOUR
    later = fact_table(folder, "post_fact")
    build(folder, full=True)
    assert fact_table(folder, "post_fact").equals(later)
    assert row_of(folder, "post_fact", "2026-03-02 10:30", post_id="1")["replied_at"] is None


SIDES = st.sampled_from(["customer", "customer", "customer", "ours", "ours", "competitor"])
TOLD = st.tuples(SIDES, st.integers(0, 9), st.sampled_from("cd"), st.booleans())


def slow_answers(told: list[tuple[str, int, str, bool]]) -> dict[int, int]:
    """By mention: minutes to its first answer, walking up each thread post by post."""

    def parent(n: int) -> int | None:
        return told[n][1] if told[n][1] < n else None

    def continues(n: int) -> bool:
        up = parent(n)
        mine = told[n][0] == "customer"
        return mine and up is not None and told[up][0] == "customer" and told[up][2] == told[n][2]

    def top(n: int) -> int:
        while continues(n):
            up = parent(n)
            assert up is not None
            n = up
        return n

    def answers(n: int) -> bool:
        up = parent(n)
        return up is not None and told[up][0] == "ours" and parent(up) is not None

    found: dict[int, int] = {}
    for n, (side, _, _, automatic) in enumerate(told):
        up = parent(n)
        if side == "ours" and not automatic and up is not None and told[up][0] == "customer":
            found.setdefault(top(up), n - top(up))
    mentions = [
        n
        for n, one in enumerate(told)
        if one[0] == "customer" and not continues(n) and not answers(n)
    ]
    return {n: minutes for n, minutes in found.items() if n in mentions}


@settings(max_examples=12, deadline=None)
@given(st.lists(TOLD, min_size=1, max_size=12))
def test_answers_are_those_of_walking_up_the_threads(
    told: list[tuple[str, int, str, bool]],
) -> None:
    begin = at(MONDAY)
    posts = [
        post(
            f"{n:02d}",
            f"{begin + timedelta(minutes=n):%Y-%m-%d %H:%M}",
            side,
            f"{of:02d}" if of < n else None,
            customer_id=who if side == "customer" else None,
            automatic=automatic,
        )
        for n, (side, of, who, automatic) in enumerate(told)
    ]
    with TemporaryDirectory() as folder:
        rows = rows_of(built(Path(folder) / "w", *posts), "post_fact")
    found = {int(r["post_id"]): r["reply_seconds"] // 60 for r in rows if r["replied_at"]}
    assert found == slow_answers(told)


def test_a_count_of_followers_is_good_until_the_next(tmp_path: Path) -> None:
    def counted(day: str, followers: int, account: str = "us") -> Told:
        return thing("account_snapshot", account=account, at=at(day), followers=followers)

    folder = built(
        tmp_path / "w",
        counted("2026-03-01", 100),
        counted("2026-03-08", 120),
        counted("2026-03-05", 7, "them"),
    )
    rows = rows_of(folder, "snapshot_fact", account="us")
    assert [(row["followers"], row["ends_at"]) for row in rows] == [
        (100, at("2026-03-08")),
        (120, None),
    ]
