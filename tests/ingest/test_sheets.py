"""The generic sheets give what their comments promise, and put aside what cannot be."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.grammar import load_mapping, mapping_names
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.store.store import open_store

SHEETS = Path(__file__).resolve().parent.parent / "samples" / "sheets"
SAMPLES = {path.stem: path for path in sorted(SHEETS.iterdir())}
TABLES = (".csv", ".tsv")
ELSEWHERE = {
    *("bpic2013", "helpdesk_italian", "technion", "uci_incident", "twcs", "messages"),
    *("nhs_friends_and_family", "airline_tweets", "twcs_posts", "telco", "cdnow"),
    *("cdnow_summary", "complaints_nyc", "google_business", "google_business_posts"),
    *("google_business_questions", "google_business_answers"),
}
"""Mappings that tests of real files, or of their own, look after."""


def sheet(name: str) -> Parcel:
    return parse(SAMPLES[name], load_mapping(name))


def of(parcel: Parcel, name: str, *columns: str) -> list[Any]:
    """The rows of a table: tuples of these columns, or the values of a single one."""
    rows = parcel.rows[name].to_pylist()
    if len(columns) == 1:
        return [row[columns[0]] for row in rows]
    return [tuple(row[column] for column in columns) for row in rows]


def aside(parcel: Parcel) -> list[tuple[int, str]]:
    return [(reject.line, reject.kind) for reject in parcel.rejects]


def test_every_shipped_mapping_is_tried_on_a_file() -> None:
    assert set(mapping_names()) == ELSEWHERE | set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sheet_counts_every_row_and_the_same_twice_changes_nothing(
    name: str, tmp_path: Path
) -> None:
    parcel = sheet(name)
    assert parcel.read == parcel.kept + len(parcel.rejects) > parcel.kept > 0
    assert all(reject.reason and reject.raw for reject in parcel.rejects)
    store = open_store(tmp_path)
    first = run_import([parcel], store, tmp_path)
    again = run_import([sheet(name)], store, tmp_path)
    assert sum(group.count for group in first.quarantined) == len(parcel.rejects)
    assert (again.new, again.changed, again.version) == (0, 0, first.version)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "trustpilot"])
def test_every_column_of_a_sheet_is_explained_in_its_comment(name: str) -> None:
    mapping = load_mapping(name)
    comment = mapping.text.partition("\nsays = ")[0]
    assert set(mapping.optional) <= mapping.reads()
    assert [column for column in sorted(mapping.reads()) if column not in comment] == []


def test_answers_keep_their_scale_and_a_dismissed_form_is_none() -> None:
    parcel = sheet("survey_answers")
    columns = ("response_id", "kind", "score", "scale_min", "scale_max", "scale_inverted", "choice")
    assert of(parcel, "answer", *columns) == [
        ("r1", "nps", 9, 0, 10, False, None),
        ("r2", "csat", 4, 1, 5, False, None),
        ("r3", "csat", 2, 1, 5, True, None),
        ("r10", "agent_nps", 10, 0, 10, False, None),
        ("r9", "pmf", None, None, None, None, "very disappointed"),
        ("r2", "fcr", None, None, None, None, "yes"),
        ("r1", "text", None, None, None, None, None),
    ]
    assert of(parcel, "words", "subject_id", "part", "text") == [
        ("r1", "q2", "Quick, and kind"),
        ("r2", "q1", "Fine"),
    ]
    dismissed = dict(of(parcel, "response", "response_id", "dismissed"))
    assert [one for one, closed in dismissed.items() if closed] == ["r4"]
    assert aside(parcel) == [
        (7, "out_of_range"),
        (8, "missing_value"),
        (9, "out_of_range"),
        (10, "impossible_date"),
        (13, "not_mapped"),
        (14, "no_identity"),
    ]


def test_who_of_our_own_people_answered_is_not_kept() -> None:
    parcel = sheet("survey_answers")
    told = {row["response_id"]: row for row in parcel.rows["response"].to_pylist()}
    assert (told["r10"]["unit"], told["r10"]["customer_id"]) == ("north", None)
    assert told["r1"]["customer_id"] == "c1"
    assert "agent-7" not in str([rows.to_pylist() for rows in parcel.rows.values()])


def test_rows_of_one_form_that_tell_another_instant_are_noticed() -> None:
    parcel = sheet("survey_answers")
    told = dict(of(parcel, "response", "response_id", "at"))
    assert told["r2"] == datetime(2024, 3, 2, 8, tzinfo=UTC)
    assert ("told_otherwise", "response", 1) in [
        (found.kind, found.where, found.count) for found in parcel.findings
    ]


def test_who_was_asked_and_who_was_not_and_why() -> None:
    parcel = sheet("invitations")
    columns = ("invitation_id", "channel", "sampled_out", "suppressed_reason")
    assert of(parcel, "invitation", *columns) == [
        ("i1", "mail", False, None),
        ("i2", "mail", True, None),
        ("i3", "sms", False, "quiet_time"),
        ("i7", "sms", False, None),
    ]
    assert aside(parcel) == [(5, "not_mapped"), (6, "no_instant"), (7, "not_flag")]


def test_an_answer_before_it_was_asked_is_noticed_in_the_report(tmp_path: Path) -> None:
    report = run_import([sheet("invitations")], open_store(tmp_path), tmp_path)
    assert report.count("impossible_order") == 1


def test_group_sessions_keep_what_came_out() -> None:
    parcel = sheet("group_sessions")
    assert of(parcel, "group_session", "session_id", "people", "findings") == [
        ("g1", 6, 'They waited for "nothing"')
    ]
    assert aside(parcel) == [(3, "out_of_range"), (4, "impossible_date")]


def test_reviews_of_two_sites_may_share_a_number_and_have_several_replies() -> None:
    parcel = sheet("reviews")
    columns = ("review_id", "side", "stars", "scale_max", "invited")
    assert of(parcel, "review", *columns) == [
        ("shopping/1", "ours", 5, 5, True),
        ("maps/1", "competitor", 8, 10, False),
        ("maps/5", "ours", None, 5, None),
    ]
    assert of(parcel, "review_reply", "review_id", "agent") == [
        ("shopping/1", "ann"),
        ("shopping/1", "bob"),
    ]
    assert sorted(of(parcel, "words", "subject", "text")) == [
        ("review", "Good"),
        ("review_reply", "And again"),
        ("review_reply", "Thank you"),
    ]
    assert aside(parcel) == [
        (5, "not_whole"),
        (6, "out_of_range"),
        (7, "not_mapped"),
        (9, "broken_row"),
    ]
    assert [found.kind for found in parcel.findings] == ["unknown_value"]


def test_trustpilots_answers_tell_reviews_replies_and_reviewers() -> None:
    parcel = sheet("trustpilot")
    assert of(parcel, "review", "review_id", "subject", "stars", "customer_id", "invited") == [
        ("t1", "shop.example", 4, "u1", None),
        ("t2", "b1", None, "u2", None),
        ("t5", None, 5, "u1", None),
    ]
    assert of(parcel, "words", "subject", "subject_id", "text") == [
        ("review", "t1", "Late\nIt came late."),
        ("review", "t5", "Good"),
        ("review_reply", "t1", "We are sorry."),
    ]
    (at,) = of(parcel, "review_reply", "at")
    assert at == datetime(2024, 1, 6, 12, tzinfo=UTC)
    assert aside(parcel) == [(3, "out_of_range"), (4, "no_instant")]


def test_posts_answer_one_another_and_customers_are_known_by_their_handle() -> None:
    parcel = sheet("posts")
    columns = ("post_id", "side", "in_reply_to", "customer_id", "likes")
    assert of(parcel, "post", *columns) == [
        ("mastodon/1", "customer", None, "mastodon/@Ann", 3),
        ("mastodon/2", "ours", "mastodon/1", None, None),
    ]
    assert of(parcel, "customer_identity", "kind", "customer_id") == [("handle", "mastodon/@Ann")]
    assert aside(parcel) == [
        (3, "not_whole"),
        (4, "not_mapped"),
        (5, "no_instant"),
        (6, "broken_row"),
    ]


def test_a_count_of_followers_told_twice_counts_the_last_time() -> None:
    parcel = sheet("account_snapshots")
    assert of(parcel, "account_snapshot", "account", "side", "followers", "likes") == [
        ("rival", "competitor", 5000, None),
        ("us", "ours", 1001, 20),
    ]
    assert aside(parcel) == [(5, "missing_value"), (6, "out_of_range")]


def test_prices_are_exact_a_month_and_a_trial_costs_nothing() -> None:
    parcel = sheet("subscriptions")
    columns = ("subscription_id", "span_id", "trial", "amount_minor", "voluntary")
    assert of(parcel, "subscription", *columns) == [
        ("s1", "2024-01-01T00:00:00Z", False, 100990, True),
        ("s1", "2024-02-01T00:00:00Z", False, 1990, None),
        ("s2", "2024-01-15T00:00:00Z", True, 0, None),
        ("s3", "2024-01-01T00:00:00Z", False, 1000, None),
        ("s4", "2024-01-01T00:00:00Z", False, 833, None),
        ("s8", "2024-02-01T00:00:00Z", False, 999, None),
    ]
    assert aside(parcel) == [(7, "missing_value"), (8, "not_whole"), (9, "missing_value")]


def test_orders_are_in_the_minor_units_of_their_currency_and_the_last_row_counts() -> None:
    parcel = sheet("orders")
    assert of(parcel, "order", "order_id", "amount_minor", "refunded_minor") == [
        ("o2", 100, 50),
        ("o4", 1234, None),
        ("o1", 1150, 100),
    ]
    assert aside(parcel) == [(4, "not_whole"), (6, "missing_value"), (7, "impossible_date")]


def test_rates_are_millionths_and_never_rounded_away() -> None:
    parcel = sheet("exchange_rates")
    assert of(parcel, "exchange_rate", "currency", "micro") == [("USD", 921574), ("PLN", 230000)]
    assert aside(parcel) == [(4, "not_whole"), (5, "impossible_date")]


def test_the_same_thing_done_twice_in_a_second_is_two_things() -> None:
    parcel = sheet("activity")
    assert of(parcel, "activity", "activity_id") == [
        "c1/2024-01-01T10:00:00Z/login/1",
        "c1/2024-01-01T10:00:00Z/login/2",
        "c1/2024-01-01T10:05:00Z/export/1",
    ]


def test_costs_of_a_day_are_named_by_their_place() -> None:
    parcel = sheet("costs")
    assert of(parcel, "cost", "cost_id", "on", "amount_minor") == [
        ("2024-01-31#1", date(2024, 1, 31), 1250000),
        ("2024-01-31#2", date(2024, 1, 31), 10010),
        ("2024-02-29#1", date(2024, 2, 29), 7),
    ]
    assert aside(parcel) == [(5, "impossible_date"), (6, "not_whole")]


def test_scores_and_figures_from_outside_must_say_what_they_are() -> None:
    scores = sheet("quality_reviews")
    assert of(scores, "quality_review", "score", "scale_max", "sampled") == [
        (85, 100, True),
        (4, 5, False),
    ]
    assert aside(scores) == [(4, "out_of_range"), (5, "missing_value")]
    figures = sheet("benchmarks")
    assert of(figures, "benchmark", "benchmark_id", "value_text") == [
        ("csat/retail/2023-12-31", "0.78"),
        ("nps/2023-12-31", "-4"),
    ]
    assert aside(figures) == [(4, "missing_value"), (5, "missing_value")]


def test_complaints_are_linked_to_what_carried_them() -> None:
    parcel = sheet("complaints")
    assert of(parcel, "complaint", "complaint_id", "carrier", "carrier_id", "upheld") == [
        ("k1", "ticket", "77", True),
        ("k2", "response", "r2", None),
        ("k3", None, None, True),
    ]
    assert of(parcel, "words", "subject", "subject_id", "text") == [
        ("complaint", "k1", "Nobody answers")
    ]
    assert aside(parcel) == [(5, "no_instant"), (6, "not_mapped")]


def test_a_follow_up_names_the_answer_that_caused_it_and_may_go_on() -> None:
    parcel = sheet("cases")
    assert of(parcel, "case", "case_id", "response_id", "closed_at", "outcome") == [
        ("f1", "r1", datetime(2024, 3, 2, 8, 30, tzinfo=UTC), "called back"),
        ("f2", "r2", None, None),
        ("f3", None, datetime(2024, 3, 6, 20, tzinfo=UTC), "refunded"),
    ]
    assert [line for line, _ in aside(parcel)] == [5, 6]
    assert parcel.source == load_mapping("survey_answers").source


def test_shifts_and_presence_have_ends_or_say_that_they_last() -> None:
    shifts, presence = sheet("shifts"), sheet("presence")
    assert of(shifts, "shift", "activity", "ends_at")[0] == (
        "work",
        datetime(2024, 1, 2, 4, tzinfo=UTC),
    )
    assert aside(shifts) == [(4, "no_instant")]
    assert of(presence, "agent_state", "agent_id", "state", "state_id") == [
        ("ann", "available", "phone/2024-01-01T21:00:00+01:00"),
        ("ann", "handling", "phone/2024-01-01T21:10:00+01:00"),
        ("bob", "offline", "2024-01-01T21:20:00+01:00"),
    ]
    assert aside(presence) == [(4, "not_mapped")]


def test_of_a_reads_beacons_the_last_counts_and_a_clock_that_ran_back_is_unknown() -> None:
    parcel = sheet("article_views")
    columns = ("view_id", "active_seconds", "scroll_percent", "helpful")
    assert of(parcel, "article_view", *columns) == [("v1", 95, 80, True), ("v2", None, 100, None)]
    assert of(parcel, "article_view", "at")[0] == datetime(2024, 1, 1, 10, tzinfo=UTC)
    assert aside(parcel) == [(4, "out_of_range"), (5, "missing_value"), (6, "broken_row")]
    assert [found.kind for found in parcel.findings] == ["impossible_order"]


def test_searches_without_a_result_are_known_from_those_not_counted() -> None:
    parcel = sheet("help_searches")
    assert of(parcel, "help_search", "query", "results", "clicked") == [
        ("refund", 3, "a1"),
        ("refund", 3, None),
        ("xyzzy", 0, None),
    ]
    assert len(set(of(parcel, "help_search", "search_id"))) == 3
    assert of(sheet("articles"), "article", "article_id", "words", "pictures") == [("a1", 420, 2)]


def test_silence_after_a_bot_is_no_yes() -> None:
    parcel = sheet("bot_sessions")
    assert of(parcel, "bot_session", "session_id", "confirmed", "outcome") == [
        ("b1", True, "resolved"),
        ("b2", None, "handed_over"),
        ("b3", None, None),
    ]
    assert aside(parcel) == [(5, "not_mapped")]


def test_two_files_that_tell_one_survey_are_not_noticed_as_repeats(tmp_path: Path) -> None:
    head, *lines = SAMPLES["survey_answers"].read_text(encoding="utf-8").splitlines()
    parcels = []
    for number, part in enumerate((lines[:1], lines[1:2], [lines[0].replace(",9,", ",3,")])):
        path = tmp_path / f"{number}.csv"
        path.write_text("\n".join([head, *part, ""]), encoding="utf-8")
        parcels.append(parse(path, load_mapping("survey_answers")))
    report = run_import(parcels, open_store(tmp_path / "w"), tmp_path / "w")
    # The forms and surveys agree; the score of the one form does not, and that is said.
    assert {(found.kind, found.where, found.count) for found in report.findings} >= {
        ("duplicate_id", "answer", 1)
    }
    assert report.count("told_otherwise") == 0
    assert report.count("duplicate_id") == 1
    assert (report.tables["survey"].new, report.tables["response"].new) == (1, 1)


@pytest.mark.parametrize("name", [name for name in SAMPLES if SAMPLES[name].suffix in TABLES])
def test_a_sheet_without_rows_gives_none_and_says_so(name: str, tmp_path: Path) -> None:
    path = tmp_path / SAMPLES[name].name
    head = SAMPLES[name].read_text(encoding="utf-8").split("\n")[0]
    path.write_text(f"{head}\n", encoding="utf-8")
    parcel = parse(path, load_mapping(name))
    assert not any(rows.num_rows for rows in parcel.rows.values())
    assert [found.kind for found in parcel.findings] == ["no_rows"]
