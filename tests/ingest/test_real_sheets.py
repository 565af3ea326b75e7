"""The shipped mappings of feedback, money and complaints give what is known of the real files."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regard.ingest.grammar import load_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.store.store import open_store

pytestmark = pytest.mark.real
Real = Callable[[str], Path]
NHS = "feedback/nhs_friends_and_family.csv.gz"
TWEETS = "feedback/airline_tweets.csv.gz"
TELCO = "retention/telco_churn.csv"
CDNOW = "retention/cdnow_master.txt.gz"
SUMMARY = "retention/cdnow_customers_summary.csv"
COMPLAINTS = "tickets/nycomplaints.csv.gz"
GOOGLE = "recorded/google_business/review_list_response.json"


def take(real: Real, mapping: str, path: str) -> Parcel:
    parcel = parse(real(path), load_mapping(mapping))
    assert parcel.kept == parcel.read
    return parcel


def rows(parcel: Parcel, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parcel.rows[name].to_pylist()
    return found


def plain(path: Path) -> list[dict[str, str]]:
    """The file's rows as the standard library reads them."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def noticed(parcel: Parcel) -> dict[tuple[str, str], int]:
    return {(found.kind, found.where): found.count for found in parcel.findings}


def test_a_patients_score_counts_once_however_many_comments_they_wrote(real: Real) -> None:
    parcel, lines = take(real, "nhs_friends_and_family", NHS), plain(real(NHS))
    assert parcel.read == len(lines) == 7908
    scores = {line["Respondent ID"]: line["FFT categorical answer"] for line in lines}
    known = Counter(int(score) for score in scores.values() if score in "12345")
    answers = [row for row in rows(parcel, "answer") if row["kind"] == "csat"]
    assert Counter(row["score"] for row in answers) == known
    assert {(row["scale_min"], row["scale_max"], row["scale_inverted"]) for row in answers} == {
        (1, 5, True)
    }
    assert len(rows(parcel, "response")) == len(scores) == 4466
    assert len(scores) - len(answers) == sum(score in "67" for score in scores.values()) > 0


def test_a_patients_comments_are_words_and_who_did_not_answer_said_none(real: Real) -> None:
    parcel, lines = take(real, "nhs_friends_and_family", NHS), plain(real(NHS))
    said = {
        line["Comment ID"]: line["FFT answer"].strip()
        for line in lines
        if line["FFT answer"].strip() not in ("", "Did not answer")
    }
    words = {f"{r['subject_id']} - {r['part']}": r["text"] for r in rows(parcel, "words")}
    assert words == said
    assert not any("Did not answer" in text for text in words.values())
    texts = [row for row in rows(parcel, "answer") if row["kind"] == "text"]
    assert len(texts) == len(said)


def test_what_coders_found_in_comments_stays_the_sources_own(real: Real) -> None:
    parcel, lines = take(real, "nhs_friends_and_family", NHS), plain(real(NHS))
    figures = rows(parcel, "vendor_figure")
    themes = list(lines[0])[11:]
    known = {theme: sum(line[theme] == "1" for line in lines) for theme in themes}
    known["Comment sentiment"] = sum(line["Comment sentiment"] != "" for line in lines)
    assert Counter(row["figure"] for row in figures) == {k: n for k, n in known.items() if n}
    assert sum(known.values()) == len(figures) == 10307 + 7908 - 1729


def test_a_day_written_both_ways_round_is_noticed_and_the_first_counts(real: Real) -> None:
    parcel = take(real, "nhs_friends_and_family", NHS)
    at = {row["response_id"]: row["at"] for row in rows(parcel, "response")}
    assert at["NEAS S&C 2182"] == datetime(2021, 10, 2, 23, tzinfo=UTC)
    assert noticed(parcel)["told_otherwise", "response"] == 215
    assert None not in at.values()


def test_a_tweet_judged_twice_is_one_post(real: Real) -> None:
    parcel, lines = take(real, "airline_tweets", TWEETS), plain(real(TWEETS))
    assert parcel.read == len(lines) == 14640
    # The numbers that are known of the file count judgements.
    assert sum(line["airline_sentiment"] == "negative" for line in lines) == 9178
    assert sum(line["negativereason"] == "Customer Service Issue" for line in lines) == 2910
    first = {line["tweet_id"]: line for line in reversed(lines)}
    posts = {row["post_id"]: row for row in rows(parcel, "post")}
    assert len(posts) == len(first) == 14640 - 155
    assert Counter(row["about"] for row in posts.values()) == Counter(
        line["airline"] for line in first.values()
    )
    sentiment = {"negative": -1, "neutral": 0, "positive": 1}
    assert {
        row["subject_id"]: row["value"]
        for row in rows(parcel, "vendor_figure")
        if row["figure"] == "airline_sentiment"
    } == {key: sentiment[line["airline_sentiment"]] for key, line in first.items()}
    assert noticed(parcel) == {("told_otherwise", "vendor_figure"): 18}
    assert posts["570306133677760513"]["at"] == datetime(2015, 2, 24, 19, 35, 52, tzinfo=UTC)


def test_tweets_of_companies_are_posts_that_answer_one_another(real: Real) -> None:
    parcel = parse(real("feedback/twcs_sample.csv"), load_mapping("twcs_posts"))
    lines = plain(real("feedback/twcs_sample.csv"))
    posts = {row["post_id"]: row for row in rows(parcel, "post")}
    assert parcel.read == 5001
    assert [reject.kind for reject in parcel.rejects] == ["broken_row"] * 2
    for line in lines:
        if line["tweet_id"] in posts and line["inbound"] in ("True", "False"):
            post = posts[line["tweet_id"]]
            answered = line["in_response_to_tweet_id"]
            assert post["in_reply_to"] == (str(int(float(answered))) if answered else None)
            assert post["side"] == ("customer" if line["inbound"] == "True" else "ours")
            assert (post["customer_id"] is None) == (post["side"] == "ours")


def test_who_left_the_telephone_company_did_so_after_their_months(real: Real) -> None:
    parcel, lines = take(real, "telco", TELCO), plain(real(TELCO))
    spans = {row["customer_id"]: row for row in rows(parcel, "subscription")}
    assert parcel.read == len(spans) == 7043
    snapshot = datetime(2020, 1, 1, tzinfo=UTC)
    for line in lines:
        span, tenure = spans[line["customerID"]], int(line["tenure"])
        assert snapshot - span["starts_at"] == tenure * timedelta(days=30.4375)
        # With three days of grace, who left is gone after as many months.
        gone = snapshot - timedelta(days=3)
        assert span["ends_at"] == (gone if line["Churn"] == "Yes" else None)
        assert span["amount_minor"] == round(float(line["MonthlyCharges"]) * 100)
    assert sum(span["ends_at"] is not None for span in spans.values()) == 1869
    totals = rows(parcel, "vendor_figure")
    assert len(lines) - len(totals) == 11
    assert {row["subject_id"] for row in totals} == {
        line["customerID"] for line in lines if line["TotalCharges"].strip()
    }


@pytest.mark.parametrize(
    ("month", "known"), [(1, 0.9460), (12, 0.8432), (24, 0.7887), (48, 0.7088), (72, 0.5928)]
)
def test_the_telephone_companys_survival_is_as_published(
    real: Real, month: int, known: float
) -> None:
    spans = rows(take(real, "telco", TELCO), "subscription")
    snapshot = datetime(2020, 1, 1, tzinfo=UTC)
    ages = [(snapshot - span["starts_at"]) // timedelta(days=30.4375) for span in spans]
    stays = 1.0
    for age in range(1, month + 1):
        at_risk = sum(one >= age for one in ages)
        left = sum(
            one == age and span["ends_at"] is not None
            for one, span in zip(ages, spans, strict=True)
        )
        stays *= 1 - left / at_risk
    assert stays == pytest.approx(known, abs=0.00005)


def test_purchases_are_in_the_years_in_which_they_were_made(real: Real) -> None:
    parcel = take(real, "cdnow", CDNOW)
    orders = rows(parcel, "order")
    assert parcel.read == len({row["order_id"] for row in orders}) == 69659
    with gzip.open(real(CDNOW), "rt") as file:
        lines = [line.split() for line in file]
    for order, (customer, day, units, dollars) in zip(orders, lines, strict=True):
        assert (order["customer_id"], order["units"]) == (customer, int(units))
        assert order["amount_minor"] == round(float(dollars) * 100)
        assert f"{order['at']:%Y%m%d}" == f"{int(day[:4]) - 24}{day[4:]}"
    assert (orders[0]["at"].year, max(row["at"] for row in orders).date()) == (
        1997,
        date(1998, 6, 30),
    )
    assert sum(row["amount_minor"] for row in orders) == 250031563


def test_a_summary_of_buyers_gives_figures_and_no_invented_orders(real: Real) -> None:
    parcel, lines = take(real, "cdnow_summary", SUMMARY), plain(real(SUMMARY))
    assert set(parcel.rows) == {"customer", "vendor_figure"}
    assert parcel.read == len(rows(parcel, "customer")) == 2357
    told = {
        (row["subject_id"], row["figure"]): row["value"] for row in rows(parcel, "vendor_figure")
    }
    for line in lines:
        assert told[line["ID"], "repeat_purchases"] == int(line["frequency"])
        for name, column in (("last_purchase", "recency"), ("observed", "T")):
            assert told[line["ID"], f"{name}_week_hundredths"] / 100 == float(line[column])


def test_complaints_of_new_york_are_settled_in_the_days_that_are_known(real: Real) -> None:
    parcel = take(real, "complaints_nyc", COMPLAINTS)
    found = rows(parcel, "complaint")
    assert (parcel.read, len(found)) == (341299, 341299 - 105)
    assert noticed(parcel) == {("duplicate_id", "complaint"): 105}
    zone = ZoneInfo("America/New_York")
    days = [
        (
            row["settled_at"].astimezone(zone).date() - row["received_at"].astimezone(zone).date()
        ).days
        for row in found
        if row["settled_at"] is not None
    ]
    assert median(days) == 7
    assert quantiles(days, n=4)[2] == 73
    assert len(days) / len(found) == pytest.approx(0.959, abs=0.0005)
    assert min(days) == 0
    types = Counter(row["type"] for row in found)
    assert types["Housing and Buildings"] > 80_000
    assert "Please choose an issue..." not in types


def test_a_review_of_google_comes_with_the_reply_to_it(real: Real) -> None:
    parcel = take(real, "google_business", GOOGLE.replace("list", "detail"))
    (review,), (reply,) = rows(parcel, "review"), rows(parcel, "review_reply")
    assert (review["stars"], review["scale_max"], review["subject"]) == (
        5,
        5,
        "6394464039148850881",
    )
    assert review["posted_at"] == datetime(2021, 3, 2, 10, 47, 32, 807000, tzinfo=UTC)
    assert (reply["review_id"], reply["at"]) == (
        review["review_id"],
        datetime(2021, 3, 2, 11, 3, 45, 142000, tzinfo=UTC),
    )
    assert {(row["subject"], row["text"]) for row in rows(parcel, "words")} == {
        ("review", "Awesome service!"),
        ("review_reply", "Thx :)"),
    }


def test_reviews_of_google_that_share_an_id_are_one_and_it_is_said(real: Real) -> None:
    parcel = take(real, "google_business", GOOGLE)
    assert (parcel.read, len(rows(parcel, "review"))) == (2, 1)
    assert noticed(parcel)["duplicate_id", "review"] == 1


def test_a_post_that_was_never_seen_is_left_out(real: Real) -> None:
    parcel = take(real, "google_business_posts", "recorded/google_business/post_list_response.json")
    assert (parcel.read, len(rows(parcel, "post"))) == (20, 18)
    assert {row["side"] for row in rows(parcel, "post")} == {"ours"}


def test_an_answer_of_ours_on_google_answers_a_customers_question(real: Real) -> None:
    folder = "recorded/google_business"
    asked = rows(
        take(real, "google_business_questions", f"{folder}/question_list_response.json"), "post"
    )
    answers = take(real, "google_business_answers", f"{folder}/answer_list_response.json")
    (answer,) = rows(answers, "post")
    assert [row["side"] for row in asked] == ["customer"] * 3
    assert answer["side"] == "ours"
    (question,) = [row for row in asked if row["post_id"] == answer["in_reply_to"]]
    assert question["at"] == datetime(2021, 3, 2, 11, 7, 46, 41988, tzinfo=UTC)
    assert {row["about"] for row in [*asked, answer]} == {"13195921940790549583"}
    assert rows(answers, "words")[0]["subject_id"] == answer["post_id"]


@pytest.mark.parametrize(
    ("mapping", "path"),
    [
        ("nhs_friends_and_family", NHS),
        ("airline_tweets", TWEETS),
        ("telco", TELCO),
        ("cdnow", CDNOW),
        ("cdnow_summary", SUMMARY),
        ("google_business", GOOGLE),
    ],
)
def test_the_same_real_file_twice_makes_no_new_version(
    real: Real, tmp_path: Path, mapping: str, path: str
) -> None:
    store = open_store(tmp_path)
    first = run_import([take(real, mapping, path)], store, tmp_path)
    again = run_import([take(real, mapping, path)], store, tmp_path)
    assert (again.new, again.changed, again.version) == (0, 0, first.version)
    assert again.same == first.new > 0
