"""Every metric answers on the demo, split by everything that it can be split by.

All single-valued ways to split are asked for at once: each names a column of its own, so that one
answer shows of every one of them that it is there and says something.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest

from regard.cli.demos import load_demo
from regard.facts.build import build
from regard.facts.fact import fact
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import Result, ask
from regard.metrics.level import Level
from regard.metrics.metric import Metric, catalogue, metric
from regard.metrics.query import Query
from regard.metrics.quotient import Quotient
from regard.metrics.splits import hours_of, splits_of

pytestmark = pytest.mark.heavy

RECENT = (date(2026, 4, 1), date(2026, 6, 1))
ASKED = [key for key, one in catalogue().items() if not one.anonymous]
WHOLE = [key for key, one in catalogue().items() if one.anonymous]

NO_TICKET = ("team", "type", "priority", "product", "brand", "resolved", "wait_band", "agent")
UNSAID: Mapping[str, tuple[str, ...]] = {
    # What goes on has no end, and nobody who ended it.
    "waiting_now": ("end_kind", "answered_by", "answered_team"),
    "waiting_age": ("end_kind", "answered_by", "answered_team"),
    "sla_running": ("done_by", "done_team"),
    "closed_without_reply": ("first_reply_by", "first_reply_team"),
    # What was solved in one touch was not closed for want of an answer.
    "one_touch_share": ("close_reason",),
    # Surveys about a bot, or about us as a whole, are about no ticket.
    "bot_csat": NO_TICKET,
    "nps": NO_TICKET,
    # Whoever says whether they would miss us chooses an answer, no number on a scale.
    "pmf": (*NO_TICKET, "scale"),
    # This is asked after calls, which are about no product.
    "fcr_survey": ("product", "brand", "resolved"),
    "nps_transactional": ("product", "brand", "resolved"),
    # Customers' posts are by nobody of ours; ours are about nobody and have no mood.
    "mentions": ("agent",),
    "sentiment": ("agent",),
    "share_of_voice": ("agent",),
    "social_replies": ("about", "sentiment"),
    # Who was left out by chance, or was asked, was not left out for a reason.
    "surveys_sampled_out": ("suppressed_reason",),
    "surveys_sent": ("suppressed_reason",),
    "surveys_delivered": ("suppressed_reason",),
    "surveys_opened": ("suppressed_reason",),
    "surveys_started": ("suppressed_reason",),
    "surveys_answered": ("suppressed_reason",),
    "surveys_commented": ("suppressed_reason",),
    "response_rate": ("suppressed_reason",),
    "csat_weighted": ("suppressed_reason",),
    # Nor was whoever began, answered, or was waited for an answer from.
    "surveys_scanned": ("suppressed_reason",),
    "answers_at_once": ("suppressed_reason",),
    "response_rate_by_wait": ("suppressed_reason",),
    # Several things are rated by waves to all alone, which are about no ticket's product.
    "answers_straight": ("product", "brand", "resolved"),
}
"""Ways to split in which the rows of a metric can have no value."""
NOT_TOLD = ("article_id",)
"""No contact of the demo says which article it was started from."""


@pytest.fixture(scope="module", name="reader")
def _reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("splits") / "w"
    load_demo(folder)
    build(folder)
    with open_reader(folder) as reader:
        yield reader


@pytest.mark.parametrize("key", ASKED)
def test_it_answers_in_every_way_to_split_it(reader: Reader, key: str) -> None:
    wanted = metric(key)
    several = apart(wanted)
    at_once = tuple(name for name in splits_of(wanted) if name not in several)
    told = [over(reader, key, at_once), *(over(reader, key, (name,)) for name in several)]
    unsaid = (*UNSAID.get(key, ()), *NOT_TOLD)
    for answer in told:
        assert not answer.lacking
        said = {name for part in answer.parts for name in part.by if part.by[name] is not None}
        assert {*answer.query.by} - said <= {*unsaid}
    if is_summed(wanted):
        assert total(told[0]) == pytest.approx(total(within(told[0].query, reader, ())))


@pytest.mark.parametrize("key", ASKED)
def test_it_has_a_value_and_answers_by_month_and_by_weekday(reader: Reader, key: str) -> None:
    wanted = metric(key)
    week = tuple(name for name in hours_of(wanted) if name == "weekday")
    query = Query(key, *RECENT, by=("month", *week))
    found = ask(query, reader)
    assert not found.lacking
    whole = ask(replace(query, by=()), reader) if not has_value(found) or is_flow(wanted) else found
    if is_flow(wanted):
        assert total(found) == pytest.approx(total(whole))
    found_any = has_value(found) or has_value(whole) or has_value(ask(Query(key), reader))
    assert found_any or reached_too_late(whole)


@pytest.mark.parametrize("key", WHOLE)
def test_what_is_asked_as_a_whole_answers_so(reader: Reader, key: str) -> None:
    assert has_value(ask(Query(key), reader))


def over(reader: Reader, key: str, by: tuple[str, ...]) -> Result:
    """The last two months; all there is where nothing falls in these."""
    found = within(Query(key, *RECENT), reader, by)
    return found if cases(found) else within(Query(key), reader, by)


def within(query: Query, reader: Reader, by: tuple[str, ...]) -> Result:
    return ask(replace(query, by=by), reader)


def apart(wanted: Metric) -> tuple[str, ...]:
    """Ways to split that are asked for alone: a row counts under several, or more rows count."""
    if isinstance(wanted.shape, Quotient):
        halves = {*apart(metric(wanted.shape.top)), *apart(metric(wanted.shape.bottom))}
        return tuple(name for name in splits_of(wanted) if name in halves)
    lifted = {name for one in wanted.excludes for name in one.unless}
    several = {name for name in fact(wanted.fact).several if name not in wanted.who}
    return tuple(name for name in splits_of(wanted) if name in lifted | several)


def is_flow(wanted: Metric) -> bool:
    """Whether its values over months make that of the whole."""
    return bool(wanted.shape.additive)


def is_summed(wanted: Metric) -> bool:
    """Whether its parts make the whole: counts, and stocks that are counts."""
    return is_flow(wanted) or type(wanted.shape) is Level


def total(found: Result) -> float:
    return sum(part.estimate.value or 0 for part in found.parts)


def cases(found: Result) -> int:
    return sum(part.estimate.n for part in found.parts)


def has_value(found: Result) -> bool:
    return any(part.estimate.value is not None for part in found.parts)


def reached_too_late(found: Result) -> bool:
    """Whether there are cases, of which less than half got there: that is an answer too."""
    return all(part.estimate.n and part.estimate.note == "NOT_REACHED" for part in found.parts)
