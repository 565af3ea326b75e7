"""Complaints over all channels, each once: recorded, or read in what somebody wrote."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from facts.test_reviews import post, read, reply, review
from regard.facts.build import build
from worlds import Told, at, built, call, fact_table, row_of, rows_of, some, take, thing, ticket

DAY, HOUR = 86_400, 3_600
MONDAY = "2026-03-02 10:00"


def complaint(name: str, when: str = MONDAY, **more: Any) -> Told:
    """A complaint that a source recorded; instants as texts."""
    said: dict[str, Any] = {
        key: at(told) if key.endswith("_at") else told for key, told in more.items()
    }
    return thing("complaint", complaint_id=name, received_at=at(when), **said)


def said_so(of: str, part: str = "", subject: str = "message", value: str | None = "yes") -> Told:
    """A complaint found in a message."""
    given = {"subject": subject, "subject_id": of, "part": part, "kind": "complaint"}
    return thing("reading", version="001", value=value, **given)


def ids(folder: Path) -> list[str]:
    """The ids of all complaints."""
    return sorted(row["complaint_id"] for row in rows_of(folder, "complaint_fact"))


def test_what_was_recorded_is_not_found_again(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        ticket("1", MONDAY).asked("10:00"),
        ticket("2", MONDAY).asked("10:00").asked("11:00"),
        ticket("3", MONDAY).asked("10:00").said("10:30"),
        post("p", MONDAY, customer_id="c"),
        post("q", "2026-03-02 10:05", to="p", customer_id="c"),
        review("r"),
        review("theirs", side="competitor"),
        said_so("1", "0001"),
        said_so("2", "0002"),
        said_so("2", "0001"),
        said_so("3", "0002"),  # an agent wrote that
        said_so("q", subject="post"),
        said_so("r", subject="review"),
        said_so("theirs", subject="review"),
        complaint("c1", carrier="ticket", carrier_id="1"),
        complaint("c2", carrier="call", carrier_id="unseen"),
    )
    assert ids(folder) == ["c1", "c2", "post/p", "review/r", "ticket/2"]
    assert row_of(folder, "complaint_fact", complaint_id="c1")["recorded"]
    assert not row_of(folder, "complaint_fact", complaint_id="post/p")["recorded"]


def test_a_complaint_on_a_thread_is_not_found_in_its_first_post_again(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        post("p", MONDAY, customer_id="c"),
        post("q", "2026-03-02 10:05", to="p", customer_id="c"),
        complaint("c1", carrier="post", carrier_id="q"),
        said_so("p", subject="post"),
    )
    assert ids(folder) == ["c1"]


def test_unsure_is_no_complaint_and_the_newest_reading_counts(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        review("r"),
        review("s"),
        said_so("r", subject="review", value=None),
        said_so("s", subject="review"),
        read("review", "s", "complaint", "no", "002"),
    )
    assert ids(folder) == []


def test_a_complaint_in_a_merged_ticket_is_one_of_the_ticket_that_stands_for_it(
    tmp_path: Path,
) -> None:
    folder = built(
        tmp_path / "w",
        ticket("1", MONDAY, customer_id="c"),
        ticket("2", "2026-03-02 11:00", customer_id="c", merged_into="1").asked("11:00"),
        said_so("2", "0001"),
        complaint("c1", carrier="ticket", carrier_id="2"),
    )
    assert ids(folder) == ["c1"]
    assert row_of(folder, "complaint_fact")["carrier_id"] == "1"


def test_what_was_read_is_acknowledged_by_the_first_answer_after_it(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        ticket("1", "2026-03-02 09:00", customer_id="c", channel="email", type="delivery")
        .asked("09:00")
        .said("09:30")
        .asked("10:00")
        .said("10:05", by="robot")
        .said("12:00", by="bob")
        .solved("13:00"),
        said_so("1", "0003"),
    )
    row = row_of(folder, "complaint_fact")
    assert some(row, "acknowledge_seconds settle_seconds channel type settles") == {
        "acknowledge_seconds": 2 * HOUR,
        "settle_seconds": 3 * HOUR,
        "channel": "email",
        "type": "delivery",
        "settles": True,
    }


def test_a_ticket_closed_unsolved_drops_its_complaint(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        ticket("1", MONDAY).asked("10:00").closed("15:00", reason="unsolved"),
        said_so("1", "0001"),
    )
    wanted = "settled_at drop_seconds acknowledge_seconds unacknowledged_seconds"
    assert some(row_of(folder, "complaint_fact"), wanted) == {
        "settled_at": None,
        "drop_seconds": 5 * HOUR,
        "acknowledge_seconds": None,
        "unacknowledged_seconds": 5 * HOUR,
    }


def test_when_a_complaint_in_a_review_is_settled_nobody_knows(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w", review("r"), reply("r", "2026-03-02 11:00"), said_so("r", subject="review")
    )
    row = row_of(folder, "complaint_fact")
    assert (row["acknowledge_seconds"], row["settles"], row["settled_at"]) == (HOUR, False, None)


def test_a_source_that_keeps_no_acknowledgements_leaves_none_waiting(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        complaint("1", settled_at="2026-03-05 10:00"),
        complaint("2"),
    )
    for row in rows_of(folder, "complaint_fact"):
        assert (row["acknowledges"], row["settles"], row["acknowledged_at"]) == (False, True, None)


def test_what_is_settled_was_acknowledged_by_then(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        complaint("1", acknowledged_at="2026-03-02 11:00", settled_at="2026-03-05 10:00"),
        complaint("2", settled_at="2026-03-03 10:00"),
        complaint("3", "2026-03-02 12:00", acknowledged_at="2026-03-02 11:00"),
        complaint("4"),
    )
    took = [row["acknowledge_seconds"] for row in rows_of(folder, "complaint_fact")]
    assert took == [HOUR, DAY, 0, None]


def test_the_carrier_says_what_the_complaint_does_not(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        call("k", MONDAY, customer_id="c", type="delivery").queued("first", 5).ended("abandoned"),
        thing("customer", customer_id="c", country="PL", plan="pro"),
        complaint("1", carrier="call", carrier_id="k"),
        complaint("2", carrier="call", carrier_id="k", type="price", team="x", channel="fax"),
    )
    first, second = rows_of(folder, "complaint_fact")
    assert some(first, "customer_id type team channel country plan") == {
        "customer_id": "c",
        "type": "delivery",
        "team": "first",
        "channel": "phone",
        "country": "PL",
        "plan": "pro",
    }
    assert some(second, "type team channel") == {"type": "price", "team": "x", "channel": "fax"}


def test_a_complaint_recorded_later_takes_the_place_of_what_was_read(tmp_path: Path) -> None:
    folder = built(tmp_path / "w", ticket("1", MONDAY).asked("10:00"), said_so("1", "0001"))
    assert ids(folder) == ["ticket/1"]
    take(folder, complaint("c1", carrier="ticket", carrier_id="1"))
    build(folder)
    assert ids(folder) == ["c1"]
    found = fact_table(folder, "complaint_fact")
    build(folder, full=True)
    assert fact_table(folder, "complaint_fact").equals(found)


MADE = st.tuples(
    st.sampled_from(["a", "b", None]),
    st.sampled_from(["delivery", "price", None]),
    st.integers(0, 200),
)


@settings(max_examples=10, deadline=None)
@given(st.lists(MADE, min_size=1, max_size=10))
def test_who_complains_again_is_as_looking_one_by_one(made: list[tuple[Any, Any, int]]) -> None:
    begin = at("2026-01-01 00:00")
    told = [
        complaint(
            f"{n:02d}",
            f"{begin + timedelta(days=day):%Y-%m-%d %H:%M}",
            customer_id=who,
            type=kind,
            source="one" if n % 2 else "two",
        )
        for n, (who, kind, day) in enumerate(made)
    ]
    # Both sources know the same people by the same addresses.
    people = [
        thing("customer_identity", source=source, customer_id=who, kind="mail", address=f"{who}@m")
        for source in ("one", "two")
        for who in "ab"
    ]
    with TemporaryDirectory() as folder:
        rows = rows_of(built(Path(folder) / "w", *told, *people), "complaint_fact")
    found = {row["complaint_id"]: row["again_seconds"] for row in rows}
    ordered = sorted(
        range(len(made)), key=lambda n: (made[n][2], "one" if n % 2 else "two", f"{n:02d}")
    )
    wanted: dict[str, int | None] = {}
    for place, n in enumerate(ordered):
        who, kind, day = made[n]
        later = [made[m][2] for m in ordered[place + 1 :] if made[m][:2] == (who, kind)]
        wanted[f"{n:02d}"] = (later[0] - day) * DAY if who and kind and later else None
    assert found == wanted
