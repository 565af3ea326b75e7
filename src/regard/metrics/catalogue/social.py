"""What is said of us on networks, whether we answer, and how loud competitors are beside us."""

from dataclasses import replace
from typing import Any

from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Example, Exclusion, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Net, Share
from regard.metrics.tally import Tally
from regard.metrics.twins import in_period, with_twins

SOCIAL = N_("Networks")
HOUR = 3_600
RIVALS = Exclusion(
    N_("a competitor's account: split by side"),
    lambda t: t.side == "competitor",
    ("side", "account"),
)


def is_mention(rows: Relation) -> BooleanValue:
    """Whether a customer began it."""
    return rows.is_mention


def _post(name: str, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "post_id": name,
        "at": "2026-03-02T10:00:00Z",
        "side": "customer",
        "role": "mention",
        "is_mention": True,
        "automatic": False,
        "calendar_id": "default",
        **said,
    }


def _ours(name: str, role: str, **said: Any) -> dict[str, object]:
    return _post(name, side="ours", role=role, is_mention=False, **said)


RIVAL = _post("9", side="competitor", role="rival", is_mention=False)
MORE = _post("2", role="more", is_mention=False)

MENTIONS = Metric(
    key="mentions",
    theme=SOCIAL,
    label=N_("Mentions"),
    says=N_(
        "Posts by which customers came to us or spoke of us. What they answer to our replies, or "
        "add to their own post, is no further mention."
    ),
    raises=N_("Why do they say it in public and not to us?"),
    fact="post_fact",
    at="at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("customers' posts that answer no reply of ours"),
    denominator=N_("none: a count"),
    requires=("post",),
    counts=is_mention,
    beside=("share_of_voice", "sentiment"),
    cited=N_("Regard's own definition"),
    example=Example(rows=(_post("1"), MORE, _ours("3", "reply"), RIVAL), value=1),
)

REPLIES = replace(
    MENTIONS,
    key="social_replies",
    label=N_("Answers on networks"),
    says=N_("Answers by people of ours to customers' posts, in the month of the answer."),
    raises=N_("Do we help in the open, or only ask to be written to?"),
    counts=lambda t: t.role == "reply",
    excludes=(Exclusion(N_("written by a machine"), lambda t: t.automatic),),
    numerator=N_("answers by people to customers' posts"),
    beside=("social_response_time",),
    example=Example(
        rows=(_ours("1", "reply"), _ours("2", "post"), _ours("3", "reply", automatic=True)),
        value=1,
    ),
)

RESPONSE_TIME = replace(
    MENTIONS,
    key="social_response_time",
    label=N_("Response time on networks"),
    says=N_(
        "The time by which half of all mentions were first answered by a person of ours; those "
        "never answered count."
    ),
    raises=N_("Whose question stands there for all to see, without an answer?"),
    shape=Incidence(Column("reply_seconds"), None, Column("_age")),
    unit="seconds",
    better="low",
    numerator=N_("mentions answered by a person by that time"),
    denominator=N_("all mentions, unanswered ones among them"),
    waiting=lambda t: t.replied_at.isnull(),
    who={"agent": "replied_by"},
    beside=("social_replies",),
    example=Example(
        rows=(
            _post("1", replied_at="2026-03-02T11:00:00Z", reply_seconds=HOUR),
            _post("2", replied_at="2026-03-02T12:00:00Z", reply_seconds=2 * HOUR),
            _post("3"),
        ),
        value=2 * HOUR,
    ),
)

SENTIMENT = replace(
    MENTIONS,
    key="sentiment",
    label=N_("Sentiment of mentions"),
    says=N_(
        "Positive less negative mentions, of those whose words could be read. Unsure is unknown "
        "and not neutral."
    ),
    raises=N_("What happened on the day it turned?"),
    shape=Net(lambda t: t.sentiment == "positive", lambda t: t.sentiment == "negative"),
    unit="points",
    better="high",
    numerator=N_("positive less negative mentions"),
    denominator=N_("mentions read as positive, neutral or negative"),
    requires=("post", "reading"),
    excludes=(Exclusion(N_("not read, or unsure"), lambda t: t.sentiment.isnull()),),
    beside=("mentions",),
    example=Example(
        rows=(
            _post("1", sentiment="positive"),
            _post("2", sentiment="negative"),
            _post("3", sentiment="negative"),
            _post("4", sentiment="neutral"),
            _post("5"),
        ),
        value=-25.0,
    ),
)

SHARE_OF_VOICE = replace(
    MENTIONS,
    key="share_of_voice",
    hailed="high",
    label=N_("Share of voice"),
    says=N_(
        "Our mentions as a share of ours and competitors' together, as far as both are collected "
        "alike."
    ),
    raises=N_("What are they being talked about for?"),
    shape=Share(is_mention),
    unit="share",
    better="none",
    numerator=N_("mentions of us"),
    denominator=N_("mentions of us, and what others post about competitors"),
    counts=lambda t: t.is_mention | (t.role == "rival"),
    beside=("mentions", "sentiment"),
    example=Example(rows=(_post("1"), MORE, _post("3"), _post("4"), RIVAL), value=0.75),
)


def _count(account: str, since: str, followers: int, **said: Any) -> dict[str, object]:
    return {
        "source": "s",
        "account": account,
        "side": "ours",
        "at": since,
        "starts_at": since,
        "followers": followers,
        **said,
    }


FOLLOWERS = Metric(
    key="followers",
    theme=SOCIAL,
    label=N_("Followers"),
    says=N_(
        "Followers of our accounts at the end of the period by the last count; who follows two of "
        "them counts in each."
    ),
    raises=N_("Do they follow us to be helped, or for the prizes?"),
    fact="snapshot_fact",
    at="starts_at",
    shape=Tally(of="followers"),
    unit="count",
    better="none",
    numerator=N_("followers of each account at its last count"),
    denominator=N_("none: a stock; it is never summed over time"),
    requires=("account_snapshot",),
    excludes=(RIVALS,),
    cluster=("day",),
    beside=("mentions",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=(
            _count("a", "2026-03-01T00:00:00Z", 100, ends_at="2026-03-08T00:00:00Z"),
            _count("a", "2026-03-08T00:00:00Z", 120),
            _count("b", "2026-03-01T00:00:00Z", 30),
            _count("c", "2026-03-01T00:00:00Z", 900, side="competitor"),
        ),
        value=150,
    ),
)

LIKES = replace(
    FOLLOWERS,
    key="likes",
    variant_of="followers",
    label=N_("Likes"),
    says=N_("Likes of our accounts at the end of the period by the last count."),
    raises=N_("Does anybody who likes us know whom to ask?"),
    shape=Tally(of="likes"),
    numerator=N_("likes of each account at its last count"),
    beside=("followers",),
    example=Example(
        rows=(
            _count("a", "2026-03-01T00:00:00Z", 100, likes=10),
            _count("b", "2026-03-01T00:00:00Z", 30, likes=7),
        ),
        value=17,
    ),
)

METRICS = [
    MENTIONS,
    REPLIES,
    *with_twins(
        RESPONSE_TIME,
        N_("Response time on networks, finished only"),
        N_("Response time on networks, mean of finished"),
        N_("Response time on networks, opening hours"),
    ),
    in_period(RESPONSE_TIME, N_("Response time on networks, in the period")),
    SENTIMENT,
    SHARE_OF_VOICE,
    FOLLOWERS,
    LIKES,
]
