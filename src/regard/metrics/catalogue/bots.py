"""What bots settle, what they only keep away, and how long it takes to reach a person."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.catalogue.issues import SHARED, UNKNOWN
from regard.metrics.catalogue.resolution import HOUR, SEVEN_DAYS
from regard.metrics.catalogue.surveys import CSAT, NO_BOXES, OFF_SCALE, of_kind, said, with_bot
from regard.metrics.incidence import Incidence
from regard.metrics.metric import Counter, Example, Metric
from regard.metrics.picks import Column
from regard.metrics.shapes import Count, Share
from regard.metrics.twins import with_twins

BOTS = N_("Bots")
POINTS = 0.02


def _session(name: str, **said: object) -> dict[str, object]:
    """A conversation of an example: known who, still silent, followed by nothing."""
    return {
        "source": "s",
        "session_id": name,
        "customer_id": f"c{name}",
        "started_at": "2026-03-02T10:00:00Z",
        "identified": True,
        "shared": False,
        "contained": True,
        "handed_over": False,
        "outcome": "unconfirmed",
        **said,
    }


SIX = (
    _session("1", confirmed=True, outcome="resolved"),
    _session("2"),
    _session("3", contained=False, contact_at="2026-03-05T10:00:00Z", confirmed=False),
    _session("4", contained=False, handed_over=True, outcome="handed_over"),
    _session("5", outcome="abandoned", contained=False, identified=False),
    _session("6", started_at="2026-03-30T10:00:00Z", contained=True, confirmed=True),
)

SESSIONS = Metric(
    key="bot_sessions",
    theme=BOTS,
    label=N_("Conversations with bots"),
    says=N_("How many conversations with a bot were begun."),
    raises=N_("Do customers come to the bot by choice, or because nobody else is offered?"),
    fact="bot_session_fact",
    at="started_at",
    shape=Count(),
    unit="count",
    better="none",
    numerator=N_("conversations with a bot"),
    denominator=N_("none: a count"),
    requires=("bot_session",),
    beside=("bot_containment",),
    cited=N_("Regard's own definition"),
    example=Example(rows=SIX, value=6),
)

CONTAINMENT = replace(
    SESSIONS,
    key="bot_containment",
    label=N_("Kept by the bot"),
    says=N_(
        "The share of conversations after which the customer did not come to people within 7 days, "
        "of those of whom it is known who they were. Being kept away is not yet being helped."
    ),
    raises=N_("Were they helped, or did they give up?"),
    shape=Share(Column("contained")),
    unit="share",
    better="high",
    numerator=N_("conversations without a contact with people within 7 days"),
    denominator=N_("conversations of known customers at least 7 days old"),
    requires=("bot_session", "ticket|call|chat_session|post"),
    excludes=(UNKNOWN, SHARED),
    ripe_seconds=SEVEN_DAYS,
    counters=(
        Counter("bot_resolution", POINTS, relative=False),
        Counter("bot_csat", POINTS, relative=False),
    ),
    beside=("bot_resolution", "bot_unconfirmed_share"),
    example=Example(rows=SIX, value=0.5, note=N_("2 of the 4 known and 7 days old")),
)

RESOLUTION = replace(
    SESSIONS,
    key="bot_resolution",
    label=N_("Solved by the bot"),
    says=N_(
        "The share of conversations of which the customer said that they solved the matter. Who "
        "says nothing has confirmed nothing."
    ),
    raises=N_("What did the bot answer to those who did not say yes?"),
    shape=Share(Column("confirmed")),
    unit="share",
    better="high",
    numerator=N_("conversations that the customer confirmed as solved"),
    denominator=N_("conversations with a bot"),
    beside=("bot_unconfirmed_share",),
    example=Example(rows=SIX, value=1 / 3),
)

UNCONFIRMED = replace(
    RESOLUTION,
    key="bot_unconfirmed_share",
    label=N_("Ended in silence"),
    says=N_(
        "The share of conversations that ended with neither a yes nor a no, were not abandoned and "
        "were not handed to people: nobody knows whether they helped."
    ),
    raises=N_("How many of the silent were helped? Has anybody asked them?"),
    shape=Share(
        lambda t: t.confirmed.isnull() & ~t.handed_over & (t.outcome != "abandoned").fill_null(True)
    ),
    better="low",
    numerator=N_("conversations that the customer neither confirmed nor denied"),
    beside=("bot_resolution",),
    example=Example(rows=SIX, value=1 / 6),
)

HANDOVER = replace(
    RESOLUTION,
    key="bot_handover_rate",
    label=N_("Handed to people"),
    says=N_("The share of conversations that the bot handed to people."),
    raises=N_("What does the bot not know that customers ask?"),
    shape=Share(Column("handed_over")),
    better="none",
    numerator=N_("conversations handed to people"),
    beside=("time_to_human",),
    example=Example(rows=SIX, value=1 / 6),
)

ABANDON = replace(
    RESOLUTION,
    key="bot_abandon",
    label=N_("Abandoned with the bot"),
    says=N_("The share of conversations that the customer left before they came to anything."),
    raises=N_("At which question do customers leave?"),
    shape=Share(lambda t: t.outcome == "abandoned"),
    better="low",
    numerator=N_("conversations abandoned"),
    beside=("bot_containment",),
    example=Example(rows=SIX, value=1 / 6),
)


def _handed(name: str, **said: object) -> dict[str, object]:
    more = {"handed_over": True, "handed_over_at": "2026-03-02T10:00:00Z", "contained": False}
    return _session(name, **more, **said)


TIME_TO_HUMAN = replace(
    SESSIONS,
    key="time_to_human",
    label=N_("Time to a person"),
    says=N_(
        "The time by which half of all who were handed over had the first words of a person. Those "
        "who left before count, and so do those who wait."
    ),
    raises=N_("Who was promised a person and met nobody?"),
    at="handed_over_at",
    shape=Incidence(Column("human_seconds"), Column("left_seconds"), Column("_age")),
    unit="seconds",
    better="low",
    numerator=N_("conversations with a person's first words by that time"),
    denominator=N_("all conversations handed to people, those left without an answer among them"),
    counts=lambda t: t.handed_over_at.notnull(),
    waiting=lambda t: t.human_at.isnull() & t.left_at.isnull(),
    beside=("bot_handover_rate",),
    example=Example(
        rows=(
            _handed("1", human_seconds=600, human_at="2026-03-02T10:10:00Z"),
            _handed("2", human_seconds=HOUR, human_at="2026-03-02T11:00:00Z"),
            _handed("3", left_seconds=60, left_at="2026-03-02T10:01:00Z"),
            _handed("4"),
        ),
        value=HOUR,
        note=N_("2 of 4 are a half, reached at 1 h; 1 left, 1 waits"),
    ),
)


def _rated(number: int, score: int, **more: object) -> dict[str, object]:
    return said(number, score, 1, 5, bot_session_id=str(number), **more)


BOT_CSAT = replace(
    CSAT,
    key="bot_csat",
    theme=BOTS,
    label=N_("Satisfied with the bot"),
    says=N_(
        "The share of answers in the best boxes of their scale about conversations with a bot "
        "alone; what became a ticket or call is asked about there."
    ),
    raises=N_("What would those who were not satisfied rather have asked a person?"),
    counts=lambda t: of_kind("csat")(t) & with_bot(t),
    excludes=(OFF_SCALE, NO_BOXES),
    beside=("bot_resolution", "csat"),
    example=Example(
        rows=(_rated(1, 5), _rated(2, 2), _rated(3, 5, ticket_id="t"), said(4, 5)), value=0.5
    ),
)

METRICS = [
    SESSIONS,
    CONTAINMENT,
    RESOLUTION,
    UNCONFIRMED,
    HANDOVER,
    ABANDON,
    *with_twins(
        TIME_TO_HUMAN,
        N_("Time to a person, finished only"),
        N_("Time to a person, mean of finished"),
    ),
    BOT_CSAT,
]
