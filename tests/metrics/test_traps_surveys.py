"""Classic wrong answers about surveys (METRICS §11 and §12), and numbers worked by hand."""

from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from metrics.small import answer as asked_for
from metrics.small import at, message, ticket, workspace
from metrics.surveyed import COVERS, Events, answer, answers, ask, nobody, survey
from regard.insight.ask import Result
from regard.metrics.engine import Part

YEAR = {"from": "2026-01-01", "to": "2027-01-01"}


def built(folder: Path, told: Events) -> Path:
    """A workspace that holds them."""
    return workspace(folder / "w", told, covers=(*COVERS, "ticket", "message"))


def result(folder: Path, key: str, **said: str | list[str]) -> Result:
    """The answer about the year."""
    return asked_for(folder, key, {**YEAR, **said})


def part(folder: Path, key: str, **said: str | list[str]) -> Part:
    """Its one part."""
    (one,) = result(folder, key, **said).parts
    return one


def test_nineteen_promoters_eight_passives_nine_detractors_are_27_8(tmp_path: Path) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    scores = [10] * 12 + [9] * 7 + [8] * 5 + [7] * 3 + [6] * 4 + [3] * 3 + [0] * 2
    answers(told, "2026-03-02", scores, kind="nps")
    said = part(built(tmp_path, told), "nps").estimate
    assert said.value is not None
    assert said.low is not None
    assert said.high is not None
    assert [round(x, 1) for x in (said.value, said.low, said.high)] == [27.8, -0.4, 51.7]
    assert said.n == 36


def test_the_same_person_who_answers_five_times_counts_once_in_relationship_nps(
    tmp_path: Path,
) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    for day, score in enumerate((0, 0, 0, 0, 10), start=2):
        answer(told, f"r{day}", f"2026-03-{day:02d} 09:00", score, "nps", customer_id="same")
    answer(told, "other", "2026-03-03 09:00", 8, "nps")
    folder = built(tmp_path, told)
    said = part(folder, "nps").estimate
    assert (said.value, said.n) == (50, 2)
    # In two periods the person stands in both, with the latest of each.
    found = result(folder, "nps", by="week").parts
    assert [(p.estimate.value, p.estimate.n) for p in found if p.estimate.n] == [(50, 2)]


def test_the_latest_answer_is_that_of_the_latest_asking_not_of_the_latest_import(
    tmp_path: Path,
) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    ask(told, "early", "2026-03-01 09:00", customer_id="c")
    ask(told, "late", "2026-03-20 09:00", customer_id="c")
    # The earlier invitation was answered after the later one.
    answer(told, "1", "2026-03-25 09:00", 0, "nps", invitation_id="early", customer_id="c")
    answer(told, "2", "2026-03-21 09:00", 10, "nps", invitation_id="late", customer_id="c")
    assert part(built(tmp_path, told), "nps").estimate.value == 100


def test_one_person_under_two_sources_names_counts_once(tmp_path: Path) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    address = {"kind": "mail", "address": "a@example.org"}
    told["customer_identity"] = [{"customer_id": name, **address} for name in ("x", "y")]
    answer(told, "1", "2026-03-02 09:00", 0, "nps", customer_id="x")
    answer(told, "2", "2026-03-03 09:00", 10, "nps", customer_id="y")
    said = part(built(tmp_path, told), "nps").estimate
    assert (said.value, said.n) == (100, 1)


def test_scores_of_one_to_five_and_one_to_seven_are_never_one_mean(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-03-02", [5, 4, 3])
    answers(told, "2026-03-03", [7, 1], scale=(1, 7))
    answers(told, "2026-03-04", [1, 2], scale_inverted=True)
    folder = built(tmp_path, told)
    found = {p.by["scale"]: p.estimate.value for p in result(folder, "csat_mean").parts}
    assert found == {"1–5": 4, "1–7": 4, "5–1": 4.5}
    # The best boxes are defined on each scale; counted together, that is said.
    said = part(folder, "csat")
    assert (said.estimate.value, said.estimate.note) == (5 / 7, "SCALES")
    assert said.coverage["scales"] == ["1–5", "1–7", "5–1"]
    by = {p.by["scale"]: p.estimate.value for p in result(folder, "csat", by="scale").parts}
    assert by == {"1–5": 2 / 3, "1–7": 0.5, "5–1": 1}


def test_recommendation_is_divided_by_answers_never_by_answers_and_dismissed(
    tmp_path: Path,
) -> None:
    told = nobody(survey(transactional=False, kind="nps"))
    answers(told, "2026-03-02", [10, 10, 9, 0], kind="nps")
    for n in range(6):
        answer(told, f"gone {n}", "2026-03-02 10:00", None, "nps", dismissed=True)
    folder = built(tmp_path, told)
    said = part(folder, "nps").estimate
    assert (said.value, said.n) == (50, 4)
    totals = [p for p in result(folder, "nps", by="month").parts if p.estimate.n]
    assert [(p.estimate.value, p.estimate.n) for p in totals] == [(50, 4)]


def test_after_a_contact_and_as_a_whole_are_two_scores(tmp_path: Path) -> None:
    told = nobody(
        survey("whole", transactional=False),
        survey("contact"),
        survey("unsaid", transactional=None),
    )
    answers(told, "2026-03-02", [10, 10], kind="nps", survey_id="whole")
    answers(told, "2026-03-03", [0, 0], kind="nps", survey_id="contact")
    answer(told, "t", "2026-03-04 09:00", 0, "nps", survey_id="unsaid", ticket_id="1")
    folder = built(tmp_path, told)
    assert part(folder, "nps").estimate.value == 100
    assert part(folder, "nps_transactional").estimate.value == -100
    assert part(folder, "nps_transactional").estimate.n == 3


def test_a_filter_on_the_response_rate_holds_for_both_halves(tmp_path: Path) -> None:
    told = nobody()
    for n in range(20):
        mail = n < 8
        ask(told, str(n), "2026-03-02 09:00", channel="mail" if mail else "sms")
        if n in (0, 1, 2, 3, 8, 9, 10):
            answer(told, f"r{n}", "2026-03-03 09:00", 5, invitation_id=str(n))
    ask(told, "now", "2026-05-01 09:00")
    folder = built(tmp_path, told)
    assert part(folder, "response_rate").estimate.value == 7 / 20
    by_mail = part(folder, "response_rate", where=["channel=mail"]).estimate
    assert (by_mail.value, by_mail.n) == (4 / 8, 8)
    split = {
        p.by["channel"]: p.estimate.value
        for p in result(folder, "response_rate", by="channel").parts
    }
    assert split["mail"] == 4 / 8
    assert split["sms"] == 3 / 12


def test_those_asked_in_the_last_fortnight_are_not_judged(tmp_path: Path) -> None:
    told = nobody()
    ask(told, "old", "2026-03-01 09:00")
    answer(told, "r", "2026-03-02 09:00", 5, invitation_id="old")
    for n in range(9):
        ask(told, f"new {n}", "2026-03-20 09:00")
    said = part(built(tmp_path, told), "response_rate")
    assert (said.estimate.value, said.estimate.n) == (1, 1)
    assert said.coverage["unripe"] == 9


def test_three_answers_say_almost_nothing(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-03-02", [5, 5, 4])
    said = part(built(tmp_path, told), "csat").estimate
    low, high = proportion_confint(3, 3, method="wilson")
    assert said.value == 1
    assert said.low == pytest.approx(low)
    assert said.low is not None
    assert said.low < 0.5
    assert said.high == pytest.approx(high)


def test_satisfaction_has_wilsons_interval_where_everybody_answers_once(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-03-02", [5] * 20 + [4] * 11 + [3] * 6 + [1] * 3)
    said = part(built(tmp_path, told), "csat").estimate
    assert (said.low, said.high) == pytest.approx(proportion_confint(31, 40, method="wilson"))


def test_somebody_who_answers_often_widens_the_interval(tmp_path: Path) -> None:
    once, often = nobody(), nobody()
    for n in range(40):
        score = 5 if n % 2 else 1
        answer(once, str(n), "2026-03-02 09:00", score)
        answer(often, str(n), "2026-03-02 09:00", score, customer_id=f"{n % 2}-{n // 8}")
    alone = part(built(tmp_path / "1", once), "csat").estimate
    same = part(built(tmp_path / "2", often), "csat").estimate
    assert alone.value == same.value == 0.5
    assert alone.low is not None
    assert same.low is not None
    assert same.low < alone.low


def test_an_answer_belongs_to_its_day_and_to_that_of_its_asking(tmp_path: Path) -> None:
    told = nobody()
    ask(told, "i", "2026-03-30 09:00")
    answer(told, "r", "2026-04-02 09:00", 5, invitation_id="i")
    answer(told, "now", "2026-05-02 09:00", 1)
    folder = built(tmp_path, told)
    by_answer = result(folder, "csat", by="month").parts
    by_asking = result(folder, "csat_asked", by="month").parts
    assert [p.by["month"] for p in by_answer if p.estimate.value == 1] == ["2026-04"]
    assert [p.by["month"] for p in by_asking if p.estimate.value == 1] == ["2026-03"]


def test_an_answer_counts_for_each_person_credited_and_once_in_all(tmp_path: Path) -> None:
    told = nobody()
    for n, (who, score) in enumerate((('["ann"]', 5), ('["ann", "bob"]', 1), ("[]", 5))):
        ask(told, str(n), "2026-03-02 09:00", credited_to=who)
        answer(told, f"r{n}", "2026-03-03 09:00", score, invitation_id=str(n))
    folder = built(tmp_path, told)
    found = {
        p.by["agent"]: (p.estimate.value, p.estimate.n)
        for p in result(folder, "csat", by="agent").parts
    }
    assert found == {"ann": (0.5, 2), "bob": (0, 1), None: (1, 1)}
    both = part(folder, "csat", where=["agent=ann,bob"]).estimate
    assert (both.value, both.n) == (0.5, 2)


def test_who_is_not_asked_is_told_by_agent(tmp_path: Path) -> None:
    told = nobody()
    for n in range(8):
        mine = n < 4
        sent = None if mine and n else at("2026-03-02 09:00")
        steps = {"sent_at": sent, "delivered_at": sent}
        reason = None if sent else "opt_out"
        who = '["ann"]' if mine else '["bob"]'
        ask(told, str(n), "2026-03-02 09:00", **steps, suppressed_reason=reason, credited_to=who)
    ask(told, "now", "2026-05-01 09:00")
    found = {
        p.by["agent"]: p.estimate.value
        for p in result(built(tmp_path, told), "asked_share", by="agent").parts
    }
    assert (found["ann"], found["bob"]) == (0.25, 1)


def test_customers_at_the_goal_are_counted_by_their_latest_answer(tmp_path: Path) -> None:
    told = nobody(survey(goal=5))
    for n, (who, score) in enumerate((("a", 5), ("a", 4), ("b", 2), ("b", 5), ("c", 5))):
        answer(told, str(n), f"2026-03-{n + 2:02d} 09:00", score, customer_id=who)
    folder = built(tmp_path, told)
    said = part(folder, "satisfied_against_goal").estimate
    assert (said.value, said.n) == (2 / 3, 3)
    assert part(folder, "customers_at_goal").estimate.value == 2


def test_satisfaction_by_wait_follows_the_first_answer(tmp_path: Path) -> None:
    told = nobody()
    told |= {"ticket": [], "message": []}
    for n, (minutes, score) in enumerate(((30, 5), (40, 4), (300, 2), (310, 5))):
        name = str(n)
        told["ticket"].append(ticket(name, "2026-03-02 09:00"))
        told["message"] += [
            message(name, 0, "2026-03-02 09:00", "customer"),
            message(name, 1, f"2026-03-02 {9 + minutes // 60:02d}:{minutes % 60:02d}", "agent"),
        ]
        answer(told, name, "2026-03-03 09:00", score, ticket_id=name)
    answer(told, "no ticket", "2026-03-03 09:00", 1)
    folder = built(tmp_path, told)
    found = [
        (p.by["wait_band"], p.estimate.value, p.estimate.n)
        for p in result(folder, "csat_by_wait").parts
    ]
    assert found == [("< 1 h", 1, 2), ("4–24 h", 0.5, 2)]
    split = {p.by["wait_band"]: p.estimate.n for p in result(folder, "csat", by="wait_band").parts}
    assert split == {"< 1 h": 2, "4–24 h": 2, None: 1}


def test_what_a_bot_was_given_is_not_what_people_were_given(tmp_path: Path) -> None:
    told = nobody()
    answers(told, "2026-03-02", [5, 5])
    answer(told, "bot", "2026-03-02 10:00", 1, bot_session_id="b")
    said = part(built(tmp_path, told), "csat")
    assert (said.estimate.value, said.estimate.n) == (1, 2)
    assert said.coverage["excluded"] == {"about a conversation with a bot": 1}
