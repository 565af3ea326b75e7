"""A ticket's history is what its rows say, in whatever order the file gives them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regard.ingest.files import BadFile
from regard.ingest.grammar import parse_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.plain import stored_schema
from regard.ingest.tabular import parse

Log = Callable[..., Parcel]
Said = Callable[..., list[tuple[str, str]]]


def findings(parcel: Parcel) -> dict[str, int]:
    return {found.kind: found.count for found in parcel.findings}


def changes(parcel: Parcel) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parcel.rows["ticket_change"].to_pylist()
    return rows


def test_a_change_is_told_only_where_the_value_differs(log: Log, said: Said) -> None:
    parcel = log(
        "A,2024-01-01 10:00,New,t1,ann,c1",
        "A,2024-01-01 11:00,Open,t1,ann,c1",
        "A,2024-01-01 12:00,Open,t2,bob,c1",
        "A,2024-01-01 13:00,Done,,bob,c1",
        "A,2024-01-01 14:00,Open,t2,bob,c1",
    )
    assert said(parcel) == [("A", "new"), ("A", "open"), ("A", "solved"), ("A", "open")]
    assert said(parcel, "team") == [("A", "t1"), ("A", "t2")]
    assert (parcel.read, parcel.kept, parcel.rejects) == (5, 5, ())


def test_a_change_carries_who_and_the_words_of_the_source(log: Log) -> None:
    (change,) = changes(log("A,2024-01-01 10:00,New,,ann,c1"))
    assert change["change_id"] == "00001/status"
    assert (change["value"], change["raw_value"]) == ("new", "New")
    assert (change["actor"], change["actor_kind"]) == ("ann", "agent")
    assert change["at"] == change["updated_at"]
    assert change["source"] == "desk"


def test_a_solution_stated_again_counts_again(log: Log, said: Said) -> None:
    parcel = log(
        "A,2024-01-01 10:00,Done,,ann,c1",
        "A,2024-01-01 11:00,Done,,ann,c1",
    )
    assert said(parcel) == [("A", "solved"), ("A", "solved")]


def test_solved_and_closed_in_one_solves_only_what_was_not_solved(log: Log, said: Said) -> None:
    parcel = log(
        "A,2024-01-01 10:00,Open,,ann,c1",
        "A,2024-01-01 11:00,End,,ann,c1",
        "A,2024-01-01 12:00,End,,ann,c1",
        "B,2024-01-01 10:00,Done,,ann,c1",
        "B,2024-01-01 11:00,End,,ann,c1",
        "B,2024-01-01 12:00,Open,,ann,c1",
        "B,2024-01-01 13:00,End,,ann,c1",
    )
    assert said(parcel) == [
        *(("A", value) for value in ("open", "solved", "closed")),
        *(("B", value) for value in ("solved", "closed", "open", "solved", "closed")),
    ]
    ids = [row["change_id"] for row in changes(parcel) if row["ticket_id"] == "A"]
    assert ids == ["00001/status", "00002/status", "00002/status+closed"]
    ordinals = [row["ordinal"] for row in changes(parcel) if row["ticket_id"] == "A"]
    assert ordinals == sorted(set(ordinals))


def test_ties_keep_the_order_of_the_file(log: Log, said: Said) -> None:
    same = "A,2024-01-01 10:00"
    parcel = log(f"{same},New,,ann,c1", f"{same},Wait,,ann,c1", f"{same},Open,,ann,c1")
    assert said(parcel) == [("A", "new"), ("A", "pending"), ("A", "open")]
    rows = changes(parcel)
    assert rows == sorted(rows, key=lambda row: row["ordinal"])


def test_the_ticket_is_what_its_first_row_says(log: Log) -> None:
    parcel = log("A,2024-01-02 10:00,Open,,ann,late", "A,2024-01-01 10:00,New,,ann,early")
    (ticket,) = parcel.rows["ticket"].to_pylist()
    assert (ticket["customer_id"], ticket["created_at"].day) == ("early", 1)
    customers = parcel.rows["customer"].to_pylist()
    assert [(c["customer_id"], c["first_seen_at"].day) for c in customers] == [
        ("early", 1),
        ("late", 2),
    ]


def test_rows_fit_the_event_model(log: Log) -> None:
    parcel = log("A,2024-01-01 10:00,New,,ann,c1")
    assert set(parcel.rows) == set(parcel.covers) == {"ticket", "ticket_change", "customer"}
    for name, rows in parcel.rows.items():
        assert rows.schema == stored_schema(name)


def test_a_row_without_a_usable_instant_waits_with_its_reason(log: Log, said: Said) -> None:
    parcel = log(
        "A,2024-01-01 10:00,New,,ann,c1",
        "A,2024-02-30 10:00,Open,,ann,c1",
        "A,1926-02-03 10:00,Open,,ann,c1",
        "A,,Open,,ann,c1",
        ",2024-01-01 10:00,Open,,ann,c1",
        "A,2024-01-04 10:00,Done,,ann,c1",
    )
    told = [(r.line, r.kind, r.column, r.value) for r in parcel.rejects]
    assert told == [
        (3, "impossible_date", "at", "2024-02-30 10:00"),
        (4, "impossible_date", "at", "1926-02-03 10:00"),
        (5, "no_instant", "", ""),
        (6, "no_case", "case", ""),
    ]
    assert parcel.rejects[0].raw["state"] == "Open"
    assert said(parcel) == [("A", "new"), ("A", "solved")]
    assert (parcel.read, parcel.kept) == (6, 2)
    # The place of a row put aside stays free, so that it can be put in later.
    assert [c["change_id"] for c in changes(parcel)] == ["00001/status", "00005/status"]
    assert [line for line, _ in parcel.beside] == [2, 7]


def test_a_status_that_the_map_lacks_puts_its_row_aside(log: Log, said: Said) -> None:
    parcel = log("A,2024-01-01 10:00,new,,ann,c1", "A,2024-01-01 11:00,Lost,,ann,c1")
    (reject,) = parcel.rejects
    assert reject.reason == "status 'Lost' is not in the value map"
    assert findings(parcel)["unknown_value"] == 1
    assert said(parcel) == [("A", "new")]


@pytest.mark.parametrize(("unknown", "value"), [("keep", ["new", "Lost"]), ("ignore", ["new"])])
def test_a_map_may_keep_or_ignore_what_it_lacks(
    log: Log, said: Said, unknown: str, value: list[str]
) -> None:
    from_map = f'form="events"\ncase="case"\nat="at"\n[[change]]\nfield="type"\n\
value={{column="state",unknown="{unknown}",map={{New="new"}}}}'
    lines = ("A,2024-01-01 10:00Z,New,,ann,c1", "A,2024-01-01 11:00Z,Lost,,ann,c1")
    parcel = log(*lines, mapping=from_map)
    assert [v for _, v in said(parcel, "type")] == value
    assert findings(parcel) == {"unknown_value": 1}
    strict = log(*lines, mapping=f"strict = true\n{from_map}")
    assert len(strict.rejects) == 1


def test_the_first_row_may_have_a_map_of_its_own(log: Log, said: Said) -> None:
    mapping = 'form="events"\ncase="case"\nat="at"\n[[change]]\nfield="status"\n\
value={column="state",map={Queue="open"}}\nfirst={queue="new"}'
    parcel = log(
        "A,2024-01-01 10:00Z,Queue,,a,c", "A,2024-01-01 11:00Z,Queue,,a,c", mapping=mapping
    )
    assert said(parcel) == [("A", "new"), ("A", "open")]


def test_a_first_row_that_cannot_be_read_gives_way_to_the_next(log: Log) -> None:
    mapping = 'form="events"\ncase="case"\nat="at"\n[ticket]\n\
priority={column="who",map={Low="low"}}'
    parcel = log("A,2024-01-01 10:00Z,x,,a,Huge", "A,2024-01-01 11:00Z,x,,a,Low", mapping=mapping)
    (ticket,) = parcel.rows["ticket"].to_pylist()
    assert (ticket["priority"], ticket["created_at"].hour) == ("low", 11)
    assert [(r.line, r.kind) for r in parcel.rejects] == [(2, "not_mapped")]


def test_an_unknown_zone_is_guessed_and_said(log: Log, tmp_path: Path) -> None:
    path = tmp_path / "naive.csv"
    path.write_text("case,at\nA,2024-01-01 10:00\nA,2024-01-01 11:00+02:00\n")
    text = 'form = "events"\ncase = "case"\nat = "at"\n'
    parcel = parse(path, parse_mapping(text, "x"))
    assert findings(parcel) == {"zone_guessed": 1}
    assert parse(path, parse_mapping(text + 'zone = "UTC"', "x")).findings == ()


def test_repeated_rows_are_kept_and_counted(log: Log) -> None:
    row = "A,2024-01-01 10:00,Wait,,ann,c1"
    parcel = log(row, row, "A,2024-01-01 10:00,Open,,ann,c1", row)
    assert findings(parcel) == {"repeated_row": 2}
    assert parcel.kept == 4


def test_rows_that_stand_in_order_are_set_back_to_it(log: Log, said: Said) -> None:
    lines = (
        "A,2024-01-01 11:10,New,,a,c",
        "A,2024-01-01 09:52,New,,a,c",
        "B,2024-01-01 09:00,New,,a,c",
        "A,2024-01-01 11:03,Done,,a,c",
    )
    assert said(log(*lines))[:3] == [("A", "new"), ("A", "solved"), ("A", "new")]
    parcel = log(*lines, more="ordered = true\n")
    assert said(parcel) == [("A", "new"), ("A", "solved"), ("B", "new")]
    assert changes(parcel)[0]["at"].strftime("%H:%M") == "09:52"
    assert findings(parcel) == {"impossible_order": 1}


def test_a_case_may_have_its_name_in_two_columns(log: Log) -> None:
    mapping = 'form="events"\ncase=["case","who"]\nat="at"'
    parcel = log("A,2024-01-01Z,x,,a,1", "A,2024-01-01Z,x,,a,2", mapping=mapping)
    assert parcel.rows["ticket"].column("ticket_id").to_pylist() == ["A/1", "A/2"]


def test_a_file_of_no_rows_gives_an_empty_parcel_and_says_so(log: Log) -> None:
    parcel = log()
    assert (parcel.read, parcel.kept) == (0, 0)
    assert findings(parcel) == {"no_rows": 1}
    assert {name: rows.num_rows for name, rows in parcel.rows.items()} == {
        "ticket": 0,
        "ticket_change": 0,
        "customer": 0,
    }


def test_a_file_without_the_mapped_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("cases,at\nA,2024-01-01\n")
    mapping = parse_mapping('form = "events"\ncase = "case"\nat = "at"', "x")
    with pytest.raises(BadFile, match=r"lacks a column .* 'case'\. Did you mean 'cases'"):
        parse(path, mapping)


STATES = st.sampled_from(["New", "Open", "Wait", "Done", "End"])
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), STATES, st.sampled_from(["t1", "t2", ""]), st.sampled_from("xy")
    ),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_a_files_rows_does_not_matter(log: Log, rows: Any, random: Any) -> None:
    lines = [
        f"{case},2024-01-01 {n // 60:02}:{n % 60:02},{state},{team},ann,{who}"
        for n, (case, state, team, who) in enumerate(rows)
    ]
    first = log(*lines)
    random.shuffle(lines)
    second = log(*lines)
    assert set(first.rows) == set(second.rows)
    for name, found in first.rows.items():
        assert found.equals(second.rows[name])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS)
def test_statuses_agree_with_walking_through_the_rows(log: Log, said: Said, rows: Any) -> None:
    lines = [
        f"{case},2024-01-01 {n // 60:02}:{n % 60:02},{state},{team},ann,{who}"
        for n, (case, state, team, who) in enumerate(rows)
    ]
    words = {"New": "new", "Open": "open", "Wait": "pending", "Done": "solved", "End": "closed"}
    wanted = []
    for case in "ABC":
        now = ""
        for state in (state for name, state, _, _ in rows if name == case):
            if state == "End" and now not in ("solved", "closed"):
                wanted.append((case, "solved"))
                now = "solved"
            if words[state] != now or state == "Done":
                wanted.append((case, words[state]))
            now = words[state]
    assert said(log(*lines)) == wanted
