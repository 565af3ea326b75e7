"""The demo's surveys: the funnel, the scales, what was planted in them, and the follow-up."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from json import loads
from statistics import mean
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.demo.clock import window
from regard.demo.company import company
from regard.demo.plants import plantings

Company = Mapping[str, pa.Table]
Row = dict[str, Any]
WARSAW = ZoneInfo("Europe/Warsaw")
UNTIL = date(2026, 6, 1)
STEPS = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at", "commented_at")
TICKETS = 8000


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company(tickets=TICKETS)


@pytest.fixture(scope="module", name="plain")
def _plain() -> Company:
    return company(tickets=TICKETS, without=["quiet_team", "scanners"])


@pytest.fixture(scope="module", name="asked")
def _asked(demo: Company) -> list[Row]:
    rows: list[Row] = demo["invitation"].to_pylist()
    return rows


@pytest.fixture(scope="module", name="answers")
def _answers(demo: Company) -> list[Row]:
    return answered(demo)


def test_the_steps_of_an_invitation_follow_one_another(asked: list[Row]) -> None:
    for row in asked:
        steps = [row["eligible_at"], *(row[step] for step in STEPS)]
        reached = [at for at in steps if at]
        assert reached == sorted(reached)
        if not scanned(row):
            assert None not in steps[: len(reached)], "no step is left out"
        if row["sampled_out"] or row["suppressed_reason"]:
            assert row["sent_at"] is None
        assert not (row["sampled_out"] and row["suppressed_reason"])


def test_every_reason_and_every_way_of_asking_comes_up(asked: list[Row]) -> None:
    reasons = Counter(row["suppressed_reason"] for row in asked)
    assert set(reasons) == {None, "quiet_time", "opt_out", "bounced"}
    assert {row["channel"] for row in asked} == {"mail", "sms", "web", "widget", "link"}
    assert any(row["sampled_out"] for row in asked)
    delivered = [row for row in asked if row["delivered_at"]]
    assert 0.2 < mean(bool(row["answered_at"]) for row in delivered) < 0.5


def test_nobody_is_asked_twice_within_the_quiet_time(demo: Company, asked: list[Row]) -> None:
    again = {row["ticket_id"] or row["call_id"] for row in case_subjects(demo)}
    last: dict[str, datetime] = {}
    for row in sorted(asked, key=lambda row: row["eligible_at"]):
        about = row["ticket_id"] or row["call_id"]
        if not row["sent_at"] or not row["customer_id"] or about in again:
            continue
        before = last.get(row["customer_id"])
        assert before is None or row["eligible_at"] - before >= timedelta(days=14)
        last[row["customer_id"]] = row["eligible_at"]


def test_people_are_credited_who_wrote_before_the_survey_was_sent(
    demo: Company, asked: list[Row]
) -> None:
    writers: dict[str, list[Row]] = defaultdict(list)
    for said in demo["message"].to_pylist():
        if said["author_kind"] == "agent" and said["public"]:
            writers[said["ticket_id"]].append(said)
    talkers: dict[str, set[str]] = defaultdict(set)
    for leg in demo["call_leg"].to_pylist():
        if leg["kind"] == "agent":
            talkers[leg["call_id"]].add(leg["agent"])
    seen = set()
    for row in asked:
        credited = loads(row["credited_to"])
        if row["ticket_id"] and row["ticket_id"] not in seen:
            seen.add(row["ticket_id"])
            frozen = row["sent_at"] or row["eligible_at"]
            wrote = {s["author"] for s in writers[row["ticket_id"]] if s["sent_at"] < frozen}
            assert credited == sorted(wrote)
        if row["call_id"] and not row["ticket_id"]:
            assert set(credited) <= talkers[row["call_id"]]
    assert len(seen) > 1000


def test_an_answer_lies_on_its_scale(demo: Company, answers: list[Row]) -> None:
    scales = {
        (row["survey_id"], row["version"], row["question_id"]): (
            row["kind"],
            row["scale_min"],
            row["scale_max"],
            row["scale_inverted"],
        )
        for row in demo["question"].to_pylist()
    }
    for row in answers:
        asked = (row["survey_id"], row["version"], row["question_id"])
        given = (row["kind"], row["scale_min"], row["scale_max"], row["scale_inverted"])
        assert scales[asked] == given
        if row["score"] is not None:
            assert row["scale_min"] <= row["score"] <= row["scale_max"]
    of_csat = {key[1:] for key in scales.values() if key[0] == "csat"}
    assert of_csat == {(1, 5, False), (1, 7, False), (1, 5, True)}


def test_dismissed_responses_have_no_answers(demo: Company) -> None:
    gone = {r["response_id"] for r in demo["response"].to_pylist() if r["dismissed"]}
    assert len(gone) > 50
    assert not gone & set(demo["answer"]["response_id"].to_pylist())


def test_scores_look_like_those_of_a_real_company(answers: list[Row]) -> None:
    csat = [row for row in answers if row["kind"] == "csat" and row["scale_max"] == 5]
    of_tickets = [r["score"] >= 4 for r in csat if r["survey_id"] == "ticket_csat"]
    assert 0.6 < mean(of_tickets) < 0.85
    nps = [(r["score"] >= 9) - (r["score"] <= 6) for r in answers if r["kind"] == "nps"]
    assert 0.1 < mean(nps) < 0.5
    choices = Counter(row["choice"] for row in answers if row["kind"] == "pmf")
    assert set(choices) == {"very", "somewhat", "not"}
    assert 0.25 < choices["very"] / choices.total() < 0.6
    assert 0.6 < mean(row["score"] for row in answers if row["kind"] == "fcr") < 0.9


def test_slow_answers_make_customers_less_content(demo: Company, answers: list[Row]) -> None:
    first: dict[str, datetime] = {}
    for said in demo["message"].to_pylist():
        if said["author_kind"] == "agent" and said["public"]:
            first.setdefault(said["ticket_id"], said["sent_at"])
    created = {t["ticket_id"]: t["created_at"] for t in demo["ticket"].to_pylist()}
    by_wait: dict[bool, list[bool]] = {True: [], False: []}
    for row in answers:
        if row["survey_id"] == "ticket_csat" and row["version"] == 2 and row["kind"] == "csat":
            replied = first.get(row["ticket_id"])
            if replied:
                slow = replied - created[row["ticket_id"]] > timedelta(hours=12)
                by_wait[slow].append(row["score"] >= 4)
    assert mean(by_wait[True]) < mean(by_wait[False]) - 0.1


def test_words_fit_the_score(demo: Company, answers: list[Row]) -> None:
    said = {row["subject_id"]: row["text"] for row in demo["words"].to_pylist()}
    scores: dict[str, list[int]] = defaultdict(list)
    for row in answers:
        if row["survey_id"] == "ticket_csat" and row["scale_max"] == 5:
            text = said.get(row["response_id"], "")
            for word in ("Quick and friendly", "Very disappointed"):
                if text.startswith(word):
                    scores[word].append(row["score"])
    assert min(scores["Quick and friendly"]) >= 4
    assert max(scores["Very disappointed"]) <= 3


def test_surveys_of_our_people_name_nobody(demo: Company) -> None:
    waves = {s["survey_id"]: s for s in demo["survey"].to_pylist() if s["kind"] == "agent"}
    assert [wave["wave"] for wave in waves.values()] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
    rows = [row for row in demo["response"].to_pylist() if row["survey_id"] in waves]
    assert len(rows) > 60
    for row in rows:
        assert row["customer_id"] is row["invitation_id"] is None
        assert row["at"] == waves[row["survey_id"]]["closed_at"]
        assert row["unit"].split("/")[0] in ("front", "back")
    assert Counter(r["unit"] for r in demo["response"].to_pylist() if not r["unit"])[None] > 1000


def test_a_team_that_stops_asking_the_unhappy_looks_better(demo: Company, plain: Company) -> None:
    first, last = plantings()["quiet_team"].when(UNTIL)
    assert (first, last) == (date(2026, 1, 1), date(2026, 3, 31))
    planted, usual = billing(demo, first, last), billing(plain, first, last)
    assert planted["asked"] < usual["asked"] - 0.12
    assert planted["csat"] > usual["csat"] + 0.06
    before = billing(demo, first - timedelta(90), first - timedelta(1))
    assert planted["asked"] < before["asked"] - 0.12
    assert planted["csat"] > before["csat"] + 0.06


def test_scanners_open_and_begin_the_second_a_mail_arrives(demo: Company, plain: Company) -> None:
    first, last = plantings()["scanners"].when(UNTIL)
    opened = [row for row in demo["invitation"].to_pylist() if scanned(row)]
    assert len(opened) > 60
    companies = {c["customer_id"] for c in demo["customer"].to_pylist() if c["kind"] == "company"}
    for row in opened:
        assert row["started_at"] == row["delivered_at"]
        assert first <= row["delivered_at"].astimezone(WARSAW).date() <= last
        assert row["customer_id"] in companies
    assert mean(bool(row["answered_at"]) for row in opened) < 0.45
    assert not [row for row in plain["invitation"].to_pylist() if scanned(row)]


def test_bad_answers_are_followed_up_and_some_are_better_afterwards(
    demo: Company, answers: list[Row]
) -> None:
    cases = demo["case"].to_pylist()
    assert 0.6 < mean(bool(case["closed_at"]) for case in cases) < 0.95
    for case in cases:
        assert bool(case["closed_at"]) == bool(case["outcome"])
        assert case["due_at"] > case["opened_at"]
    scores = {r["response_id"]: r for r in answers if r["kind"] in ("csat", "nps")}
    closed = {case["response_id"]: case["closed_at"] for case in cases if case["closed_at"]}
    better = []
    for response, at in closed.items():
        old = scores.get(response)
        for new in answers:
            if (
                old
                and new["invitation_id"]
                and new["customer_id"] == old["customer_id"]
                and new["question_id"] == old["question_id"]
                and new["ticket_id"] == old["ticket_id"]
                and new["version"] == old["version"]
                and new["at"] > at
            ):
                better.append(new["score"] > old["score"])
    assert len(better) > 15
    assert 0.4 < mean(better) < 0.95


def answered(demo: Company) -> list[Row]:
    """Every answer with what its response says."""
    responses = {row["response_id"]: row for row in demo["response"].to_pylist()}
    return [responses[row["response_id"]] | row for row in demo["answer"].to_pylist()]


def scanned(row: Row) -> bool:
    """Whether a mail was opened and begun the second it arrived."""
    return bool(
        row["channel"] == "mail"
        and row["delivered_at"]
        and row["opened_at"] == row["delivered_at"] == row["started_at"]
    )


def case_subjects(demo: Company) -> list[Row]:
    """The responses that became cases: those are asked again, whatever the quiet time."""
    names = set(demo["case"]["response_id"].to_pylist())
    return [row for row in demo["response"].to_pylist() if row["response_id"] in names]


def billing(demo: Company, first: date, last: date) -> dict[str, float]:
    """Share asked, and satisfied, of tickets that ended with billing between these days."""
    team = {row["ticket_id"]: row["team"] for row in demo["ticket"].to_pylist()}
    for change in demo["ticket_change"].to_pylist():
        if change["field"] == "team":
            team[change["ticket_id"]] = change["value"]
    days = [
        row
        for row in demo["invitation"].to_pylist()
        if team.get(row["ticket_id"]) == "billing"
        and first <= row["eligible_at"].astimezone(WARSAW).date() <= last
    ]
    asked = {row["invitation_id"] for row in days if row["sent_at"]}
    good = [
        row["score"] >= (4 if row["scale_max"] == 5 else 6)
        for row in answered(demo)
        if row["invitation_id"] in asked and row["kind"] == "csat"
    ]
    assert len(good) > 25
    return {"asked": len(asked) / len(days), "csat": mean(good)}


def test_the_second_versions_come_after_a_quarter(demo: Company) -> None:
    days = window(12, UNTIL)
    turn = datetime.fromtimestamp(int(days.hours[len(days.days) // 4, 0]) / 1e6, WARSAW)
    for row in demo["response"].to_pylist():
        if row["survey_id"] == "ticket_csat" and not row["dismissed"] and row["version"] == 2:
            assert row["at"] >= turn
