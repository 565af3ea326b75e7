"""What other products would show on the same events, and what is asked of ours there."""

from collections.abc import Iterator
from typing import Any

import pytest

from regard.core.errors import RegardError, UnknownName
from regard.facts.reader import Reader, open_reader
from regard.metrics.engine import measure
from regard.metrics.metric import catalogue, metric
from regard.metrics.query import Query
from regard.metrics.vendor import measure_way, vendors, way, ways, ways_of
from regard.stats.estimate import NOT_REACHED, Estimate
from worlds import Ticket, Told, agent, built, thing, ticket

DAY, HOUR, MINUTE = 86_400, 3_600, 60
MARCH = {"from": "2026-03-01", "to": "2026-04-01"}


def _hidden() -> list[Told]:
    """Ten asked: four answered in five minutes, six closed unanswered in the third."""
    asked = [_asked(f"hidden {n}", "2026-03-02 09:00") for n in range(10)]
    answered = [one.said("09:05").solved("09:06") for one in asked[:4]]
    return [*answered, *(one.closed("09:03", by="rule") for one in asked[4:])]


def _asked(name: str, when: str, **more: Any) -> Ticket:
    scene = name.split(" ", maxsplit=1)[0]
    return ticket(name, when, product=scene, customer_id=f"of {name}", **more).asked(when)


def _ours(name: str, when: str) -> Ticket:
    scene = name.split(" ", maxsplit=1)[0]
    return ticket(name, when, product=scene, customer_id="them", created_by="ann").said(when)


def _told() -> list[Told]:
    """A scene for each wrong answer; a ticket's `product` names its scene."""
    return [
        *_hidden(),
        # We write first; the customer never does.
        _ours("outbound 1", "2026-03-03 09:00").said("11:00"),
        # Answered in the month after the question.
        _asked("late 1", "2026-02-28 10:00").said("2026-03-02 10:00").solved("10:01"),
        # A bot has it for an hour, then passes it on.
        _asked("bot 1", "2026-03-04 09:00")
        .said("09:01", by="robot")
        .to_team("people", "10:00", by="robot")
        .said("10:10"),
        # A click, no word.
        _asked("click 1", "2026-03-04 09:00").pending("09:10"),
        # Friday afternoon to Monday morning, the hours being nine to five.
        _asked("weekend 1", "2026-03-06 16:00").said("2026-03-09 10:00").solved("10:00"),
        _asked("quick 1", "2026-03-10 10:00").said("10:05").solved("10:10"),
        # Solved in February, undone in March, solved anew.
        _asked("undone 1", "2026-02-26 10:00")
        .said("11:00")
        .solved("2026-02-27 10:00")
        .reopened("2026-03-03 10:00")
        .solved("2026-03-20 10:00"),
        # Nobody's word, one, two.
        _asked("touch 0", "2026-03-11 10:00").solved("10:30"),
        _asked("touch 1", "2026-03-11 10:00").said("10:10").solved("10:30"),
        _asked("touch 2", "2026-03-11 10:00").said("10:10").said("10:20").solved("10:30"),
        # A later answer is due two minutes after the question; looks fall on 10:05.
        _asked("between 1", "2026-03-12 09:00").said("09:10").asked("10:00").said("10:04"),
        _asked("across 1", "2026-03-12 09:00").said("09:10").asked("10:00").said("10:06"),
        # Closed before the first answer was due, and one that nobody answers at all.
        _asked("dropped 1", "2026-03-12 09:00").closed("09:10", by="rule"),
        _asked("overdue 1", "2026-03-12 09:00"),
        _asked("overdue 2", "2026-03-12 09:00").said("09:10").solved("09:20"),
        _asked("later 1", "2026-03-13 09:00").said("09:10").asked("11:00").said("12:00"),
        _asked("later 2", "2026-03-13 09:00").said("09:30").asked("11:00").closed("11:30"),
        # Solved when it was first seen; nobody knows when.
        _asked("seen 1", "2026-03-14 09:00", status="solved", observed=True),
        agent("robot", bot=True),
        _promise("first", HOUR),
        _promise("next", 2 * MINUTE),
        ticket("end", "2026-06-01 09:00", product="end"),
    ]


def _promise(target: str, seconds: int) -> Told:
    return thing(
        "sla_policy",
        policy_id="default",
        target=target,
        priority="",
        seconds=seconds,
        opening_hours=False,
    )


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """All scenes in one workspace, opening hours nine to five."""
    folder = built(tmp_path_factory.mktemp("vendors") / "scenes", *_told())
    with open_reader(folder) as opened:
        yield opened


def _both(
    reader: Reader, key: str, vendor: str, scene: str, **said: str
) -> tuple[Estimate, Estimate]:
    """Our value and theirs for a scene."""
    query = Query.parse(key, {**said, "where": [f"product={scene}"]})
    (ours,) = measure(query, metric(key), reader).parts
    (theirs,) = measure_way(way(key, vendor), query, reader).parts
    return ours.estimate, theirs.estimate


@pytest.mark.parametrize("vendor", ["zendesk", "intercom"])
def test_their_median_hides_the_never_answered(reader: Reader, vendor: str) -> None:
    ours, theirs = _both(reader, "first_response_time", vendor, "hidden")
    assert (theirs.value, theirs.n) == (300, 4)
    assert (ours.value, ours.note, ours.n) == (None, NOT_REACHED, 10)


def test_their_mean_hides_the_never_answered(reader: Reader) -> None:
    _, theirs = _both(reader, "first_response_time", "chatwoot", "hidden")
    assert (theirs.value, theirs.n) == (300, 4)


def test_zendesk_times_tickets_that_we_open_to_our_second_comment(reader: Reader) -> None:
    ours, theirs = _both(reader, "first_response_time", "zendesk", "outbound")
    assert (theirs.value, theirs.n) == (2 * HOUR, 1)
    assert (ours.value, ours.n) == (None, 0)


def test_chatwoot_takes_our_own_opening_for_an_answer_at_once(reader: Reader) -> None:
    _, theirs = _both(reader, "first_response_time", "chatwoot", "outbound")
    assert (theirs.value, theirs.n) == (0, 1)


def test_chatwoot_counts_an_answer_in_the_month_in_which_it_is_given(reader: Reader) -> None:
    ours, theirs = _both(reader, "first_response_time", "chatwoot", "late", **MARCH)
    assert (theirs.value, theirs.n) == (2 * DAY, 1)
    assert (ours.value, ours.n) == (None, 0)


def test_chatwoot_starts_anew_when_a_bot_passes_on_and_zendesk_does_not(reader: Reader) -> None:
    ours, chatwoot = _both(reader, "first_response_time", "chatwoot", "bot")
    _, zendesk = _both(reader, "first_response_time", "zendesk", "bot")
    assert (ours.value, zendesk.value, chatwoot.value) == (70 * MINUTE, 70 * MINUTE, 10 * MINUTE)


def test_intercom_takes_the_bots_time_off_where_asked_to(reader: Reader) -> None:
    _, whole = _both(reader, "first_response_time", "intercom", "bot")
    ours, theirs = _both(reader, "team_first_response_time", "intercom", "bot")
    assert (whole.value, theirs.value, ours.value) == (70 * MINUTE, 10 * MINUTE, 10 * MINUTE)


def test_frappe_takes_a_click_for_an_answer(reader: Reader) -> None:
    ours, theirs = _both(reader, "first_response_time", "frappe", "click")
    assert (theirs.value, theirs.n) == (10 * MINUTE, 1)
    assert (ours.value, ours.note, ours.n) == (None, NOT_REACHED, 1)


def test_opening_hours_from_creation(reader: Reader) -> None:
    ours, frappe = _both(reader, "first_response_time", "frappe", "weekend")
    assert (frappe.value, ours.value) == (2 * HOUR, 66 * HOUR)
    ours, zendesk = _both(reader, "first_response_time_open", "zendesk", "weekend")
    assert (zendesk.value, ours.value) == (2 * HOUR, 2 * HOUR)


def test_frappe_rounds_ten_minutes_up_to_a_day(reader: Reader) -> None:
    ours, theirs = _both(reader, "time_to_resolve", "frappe", "quick")
    assert (theirs.value, ours.value) == (DAY, 10 * MINUTE)


def test_at_zendesk_a_reopening_erases_last_month(reader: Reader) -> None:
    february = {"from": "2026-02-01", "to": "2026-03-01"}
    then = {**february, "as_of": "2026-03-01T00:00:00Z"}
    first = "time_to_first_solve"
    ours_then, theirs_then = _both(reader, first, "zendesk", "undone", **then)
    ours_now, theirs_now = _both(reader, first, "zendesk", "undone", **february)
    assert (theirs_then.n, theirs_now.n) == (1, 0)
    assert ours_then.value == ours_now.value == DAY


def test_zendesk_counts_to_the_last_solve(reader: Reader) -> None:
    _, theirs = _both(reader, "time_to_resolve", "zendesk", "undone")
    assert theirs.value == 22 * DAY


def test_chatwoot_counts_a_ticket_solved_twice_twice(reader: Reader) -> None:
    ours, theirs = _both(reader, "time_to_resolve", "chatwoot", "undone")
    assert (theirs.value, theirs.n) == ((1 + 22) * DAY / 2, 2)
    assert (ours.value, ours.n) == (22 * DAY, 1)


def test_one_touch_of_zendesk_includes_none_at_all(reader: Reader) -> None:
    ours, theirs = _both(reader, "one_touch_share", "zendesk", "touch")
    assert theirs.value == pytest.approx(2 / 3)
    assert ours.value == pytest.approx(1 / 3)
    assert ours.n == theirs.n == 3


@pytest.mark.parametrize(("scene", "seen"), [("between", 1), ("across", 0)])
def test_late_but_done_between_two_looks_counts_as_kept_at_chatwoot(
    reader: Reader, scene: str, seen: int
) -> None:
    ours, theirs = _both(reader, "sla_attainment", "chatwoot", scene)
    assert (theirs.value, theirs.n) == (seen, 1)
    # The first answer was kept, the later one was not.
    assert (ours.value, ours.n) == (0.5, 2)


def test_closed_unanswered_before_it_was_due_counts_as_kept_at_chatwoot(reader: Reader) -> None:
    ours, theirs = _both(reader, "sla_attainment", "chatwoot", "dropped")
    assert (theirs.value, theirs.n) == (1, 1)
    assert (ours.value, ours.n) == (None, 0)


def test_what_nobody_answers_is_in_neither_half_at_frappe(reader: Reader) -> None:
    ours, theirs = _both(reader, "sla_attainment", "frappe", "overdue")
    assert (theirs.value, theirs.n) == (1, 1)
    assert (ours.value, ours.n) == (0.5, 2)


def test_chatwoot_sees_what_nobody_answers_as_missed(reader: Reader) -> None:
    _, theirs = _both(reader, "sla_attainment", "chatwoot", "overdue")
    assert (theirs.value, theirs.n) == (0.5, 2)


def test_a_solve_without_a_word_keeps_frappes_promise_of_an_answer(reader: Reader) -> None:
    ours, theirs = _both(reader, "sla_attainment", "frappe", "touch")
    assert (theirs.value, theirs.n) == (1, 3)
    assert ours.n == 2


@pytest.mark.parametrize("vendor", ["zendesk", "chatwoot", "frappe"])
def test_what_nobody_saw_happen_is_not_guessed(reader: Reader, vendor: str) -> None:
    ours, theirs = _both(reader, "time_to_resolve", vendor, "seen")
    assert ours.n == theirs.n == 0


def test_later_answers_leave_out_who_was_not_answered(reader: Reader) -> None:
    ours, chatwoot = _both(reader, "next_response_time", "chatwoot", "later")
    _, intercom = _both(reader, "next_response_time", "intercom", "later")
    assert (chatwoot.value, chatwoot.n) == (HOUR, 1)
    # 10, 30 and 60 minutes: first answers are among them.
    assert (intercom.value, intercom.n) == (30 * MINUTE, 3)
    # Half of the two were answered after an hour; the other had ended without.
    assert ours.n == 2


def test_no_way_stands_in_the_catalogue() -> None:
    assert {one.metric.key for one in ways().values()} & set(catalogue()) == set()
    assert {one.of for one in ways().values()} <= set(catalogue())


def test_every_way_says_how_it_differs_and_by_whose_word() -> None:
    for one in ways().values():
        assert one.vendor.name in one.differs or one.vendor.name in one.cited, one.of
        assert one.cited
        assert one.differs
        assert one.metric.unit == metric(one.of).unit


def test_four_products_are_known() -> None:
    assert sorted(vendors()) == ["chatwoot", "frappe", "intercom", "zendesk"]
    known = [one.vendor.key for one in ways_of("first_response_time")]
    assert known == ["chatwoot", "frappe", "intercom", "zendesk"]


def test_an_unknown_product_is_an_error_with_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'zendesk'"):
        way("first_response_time", "zendex")


def test_a_metric_without_a_way_says_which_have_one() -> None:
    with pytest.raises(RegardError, match=r"Zendesk.*'tickets_new'.*first_response_time,"):
        way("tickets_new", "zendesk")
    with pytest.raises(RegardError, match="It is known of: chatwoot, intercom"):
        way("next_response_time", "zendesk")
    with pytest.raises(UnknownName, match="There is no metric"):
        way("first_respons_time", "zendesk")
