"""The demo's surveys: who was asked after which contact, who answered what, and what followed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.core.i18n import N_
from regard.demo.chance import happens, stream
from regard.demo.clock import NEVER, months_before
from regard.demo.plants import Days, Planting
from regard.demo.rows import UNKNOWN, rows_of
from regard.demo.themes.answering import NOISE, Answers, all_of, answer_rows
from regard.demo.themes.asking import CHANNELS, REASONS, WIDGET, Asked, Occasions, asked
from regard.demo.themes.cases import asked_again, case_rows, cases
from regard.demo.themes.columns import followed, in_one, numbered, same, text_at, texts
from regard.demo.themes.comments import comments, word_rows
from regard.demo.themes.credits import credited
from regard.demo.themes.feelings import Feelings, feelings, tongue
from regard.demo.themes.forms import FORMS, newest_from, question_rows, survey_rows
from regard.demo.themes.occasions import every_occasion
from regard.demo.themes.told import of_surveys
from regard.demo.themes.unasked import unasked
from regard.demo.themes.waves import wave_rows, waves, workshop_rows
from regard.demo.world import Theme, World

DISMISSED = 0.25
"""Of those who saw the question in a widget and did not begin."""
TOUCH_POINTS = (
    ("writing", "Getting help in writing", "ticket_csat"),
    ("calling", "Getting help on the line", "call_csat"),
    ("assistant", "Asking the assistant", "bot_csat"),
    ("living", "Living with the product", "nps"),
)
Both = TypeVar("Both", Occasions, Asked)


def surveys(world: World, made: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Surveys, questions, invitations, responses, answers, their words, cases and workshops."""
    rng = stream(world.seed, "surveys")
    felt = feelings(world, made)
    company = same(made["customer"]["kind"], "company")
    first = every_occasion(rng, world, made, felt)
    way = asked(rng, world, first, company, again=False)
    said = _answered(rng, world, felt, first, way, 0)
    said = all_of([said, *unasked(rng, world, said)])
    follow = cases(rng, world, said)
    second = asked_again(rng, world, said, follow)
    way_again = asked(rng, world, second, company, again=True)
    said = all_of([said, _answered(rng, world, felt, second, way_again, len(first.at))])
    everyone, ways = _joined(first, second), _joined(way, way_again)
    ids = _response_ids(world, said)
    followed_up = case_rows(rng, world, follow, said, ids, _customers(made))
    return _tables(world, made, felt, everyone, ways, said, ids) | {"case": followed_up}


def _joined(one: Both, other: Both) -> Both:
    mine, theirs = vars(one), vars(other)
    return type(one)(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})


def _customers(made: Mapping[str, pa.Table]) -> pa.Array:
    return texts(made["customer"]["customer_id"])


def _response_ids(world: World, said: Answers) -> pa.Array:
    """Ids in order of time, for answers in theirs."""
    number = np.empty(len(said.at), dtype=np.int64)
    number[np.argsort(said.at, kind="stable")] = np.arange(1, len(said.at) + 1)
    return numbered(f"r{world.site}", number)


def _answered(
    rng: np.random.Generator,
    world: World,
    felt: Feelings,
    found: Occasions,
    way: Asked,
    before: int,
) -> Answers:
    """Answers, and those who closed the widget without one; before: invitations before these."""
    seen = (found.channel == WIDGET) & (way.opened < NEVER) & (way.started == NEVER)
    gone = seen & happens(rng, DISMISSED, len(seen))
    mine = np.flatnonzero((way.answered < NEVER) | gone)
    at = np.where(gone, way.opened, way.answered)[mine]
    newest = way.sent[mine] >= newest_from(world.window)
    versions = np.array([form.versions for form in FORMS])[found.form[mine]]
    again = np.append(felt.again, False)[found.call[mine]]  # UNKNOWN: the last one
    noise = rng.standard_normal(len(seen))[mine]  # one for each asked, answered or not
    return Answers(
        form=found.form[mine],
        version=np.where(newest, versions, 1),
        invitation=before + mine,
        customer=found.customer[mine],
        ticket=found.ticket[mine],
        call=found.call[mine],
        bot=found.bot[mine],
        session=np.full(len(mine), UNKNOWN, dtype=np.int64),
        channel=found.channel[mine],
        at=at,
        felt=found.feels[mine] + NOISE * noise,
        first_time=~again,
        comments=(way.commented < NEVER)[mine],
        gone=gone[mine],
    )


def _tables(
    world: World,
    made: Mapping[str, pa.Table],
    felt: Feelings,
    everyone: Occasions,
    ways: Asked,
    said: Answers,
    ids: pa.Array,
) -> dict[str, pa.Table]:
    closed = waves(world.window)
    by_agents, of_agents = wave_rows(stream(world.seed, "waves"), world, closed, f"ra{world.site}")
    sessions, session_ids = workshop_rows(world)
    invitations = numbered(f"i{world.site}", len(everyone.at))
    rng = stream(world.seed, "answers")
    told = np.flatnonzero(said.comments)
    kinds = _kinds(made, said.some(told))
    text = comments(rng, said.mood[told], tongue(made, said.customer[told]), kinds)
    words = word_rows("response", said.at[told], ids.take(pa.array(told)), "why", text)
    responses = _response_rows(made, said, ids, invitations, session_ids)
    return {
        "survey": survey_rows(world.window, closed),
        "question": question_rows(world.window, closed),
        "invitation": _invitation_rows(world, made, everyone, ways, invitations),
        "response": in_one([responses, by_agents]),
        "answer": in_one([answer_rows(rng, said, ids), of_agents]),
        "words": followed(made, "words", words),
        "group_session": sessions,
        "touch_point": _touch_point_rows(world),
    }


def _kinds(made: Mapping[str, pa.Table], said: Answers) -> pa.Array:
    """The kind of matter that each comment is about, where there is one."""
    of_ticket = text_at(texts(made["ticket"]["type"]), said.ticket)
    return pc.coalesce(of_ticket, text_at(texts(made["call"]["type"]), said.call))


def _invitation_rows(
    world: World, made: Mapping[str, pa.Table], found: Occasions, way: Asked, ids: pa.Array
) -> pa.Table:
    last = np.maximum.reduce(
        [
            np.where(at < NEVER, at, 0)
            for at in (found.at, way.sent, way.opened, way.answered, way.commented)
        ]
    )
    frozen = np.where(way.sent < NEVER, way.sent, found.at)
    return rows_of(
        "invitation",
        last,
        invitation_id=ids,
        survey_id=text_at([form.survey for form in FORMS], found.form),
        customer_id=text_at(_customers(made), found.customer),
        ticket_id=text_at(texts(made["ticket"]["ticket_id"]), found.ticket),
        call_id=text_at(texts(made["call"]["call_id"]), found.call),
        bot_session_id=text_at(texts(made["bot_session"]["session_id"]), found.bot),
        channel=text_at(CHANNELS, found.channel),
        eligible_at=found.at,
        sampled_out=way.sampled_out,
        suppressed_reason=text_at(REASONS, way.reason),
        sent_at=way.sent,
        delivered_at=way.delivered,
        opened_at=way.opened,
        started_at=way.started,
        answered_at=way.answered,
        commented_at=way.commented,
        credited_to=credited(made, found.ticket, found.call, frozen),
    )


def _response_rows(
    made: Mapping[str, pa.Table],
    said: Answers,
    ids: pa.Array,
    invitations: pa.Array,
    sessions: pa.Array,
) -> pa.Table:
    return rows_of(
        "response",
        said.at,
        response_id=ids,
        survey_id=text_at([form.survey for form in FORMS], said.form),
        version=said.version,
        invitation_id=text_at(invitations, said.invitation),
        customer_id=text_at(_customers(made), said.customer),
        ticket_id=text_at(texts(made["ticket"]["ticket_id"]), said.ticket),
        call_id=text_at(texts(made["call"]["call_id"]), said.call),
        bot_session_id=text_at(texts(made["bot_session"]["session_id"]), said.bot),
        session_id=text_at(sessions, said.session),
        at=said.at,
        channel=text_at(CHANNELS, said.channel),
        dismissed=said.gone,
    )


def _touch_point_rows(world: World) -> pa.Table:
    ids, names, asked_there = zip(*TOUCH_POINTS, strict=True)
    size = len(ids)
    return rows_of(
        "touch_point",
        np.full(size, world.window.start, dtype=np.int64),
        touch_point_id=text_at(ids, np.arange(size)),
        name=text_at(names, np.arange(size)),
        ordinal=np.arange(1, size + 1),
        survey_id=text_at(asked_there, np.arange(size)),
    )


def _three_months(until: date) -> Days:
    end = months_before(until.replace(day=1), 2)
    return months_before(end, 3), end - timedelta(days=1)


def _six_weeks(until: date) -> Days:
    first = months_before(until.replace(day=1), 3) + timedelta(days=8)
    return first, first + timedelta(days=41)


PLANTS = [
    Planting(
        "quiet_team",
        N_(
            "The billing team stops asking customers who are unhappy: fewer of them are asked, "
            "and its satisfaction rises."
        ),
        7,
        _three_months,
        {"not_asked": 0.9},
    ),
    Planting(
        "scanners",
        N_(
            "Mail gateways of companies open and follow every link in a survey's mail in the "
            "second it arrives: opened and started, but not answered."
        ),
        5,
        _six_weeks,
        {"started": 1.0},
    ),
]

THEMES = [Theme("surveys", 40, surveys, of_surveys)]
