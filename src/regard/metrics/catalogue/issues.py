"""Whether issues are settled at once, or customers have to come again."""

from collections.abc import Callable
from dataclasses import replace

import ibis
from ibis.expr.types import BooleanValue, Value
from ibis.expr.types import Table as Relation

from regard.core.i18n import N_
from regard.metrics.catalogue.contacts import APPROACHES, POINTS
from regard.metrics.catalogue.resolution import CARE, SEVEN_DAYS
from regard.metrics.catalogue.volume import NO_HISTORY
from regard.metrics.metric import Counter, Example, Exclusion, Metric
from regard.metrics.shapes import Ratio, Share

RIPE_WITHIN = 37 * 86_400
"""An issue is over 7 days after its resolution, which may come on its 30th day."""

UNKNOWN = Exclusion(N_("it is not known who came"), lambda t: ~t.identified)
SHARED = Exclusion(
    N_("an identity with more than 20 contacts a week, so not one person's"), lambda t: t.shared
)
NO_TOPIC = Exclusion(N_("it is not known what it was about"), lambda t: t.topic.isnull())


def joined_by(name: str) -> Callable[[Relation], BooleanValue]:
    """The condition that an episode is one by a way of joining."""
    return lambda rows: rows.joining == name


def resolved(rows: Relation) -> BooleanValue:
    """Whether the issue was resolved within 30 days."""
    return rows.resolved_at.notnull()


def _resolved_one(rows: Relation) -> Value:
    return ibis.ifelse(resolved(rows), 1, 0)


def _episode(name: str, contacts: int = 1, **said: object) -> dict[str, object]:
    """An issue of an example; by default resolved with one contact."""
    return {
        "source": "s",
        "joining": "topic",
        "contact_kind": "call",
        "contact_id": name,
        "at": "2026-03-02T10:00:00Z",
        "topic": "refund",
        "contacts": contacts,
        "resolved_at": "2026-03-02T10:05:00Z",
        "ripe_at": "2026-03-09T10:05:00Z",
        "one_contact": contacts == 1,
        "repeats": 0,
        "identified": True,
        "shared": False,
        **said,
    }


UNSOLVED = {"resolved_at": None, "one_contact": False, "ripe_at": "2026-03-31T00:00:00Z"}
FIVE = (
    _episode("1"),
    _episode("2", 3, repeats=1),
    _episode("3", 2, **UNSOLVED),
    _episode("4", identified=False),
    _episode("5", ripe_at="2026-04-02T10:00:00Z"),
)

FIRST = Metric(
    key="first_contact_resolution",
    theme=CARE,
    label=N_("Resolved at the first contact"),
    says=N_(
        "The share of issues resolved with a single contact, of all issues that are over: those "
        "never resolved within 30 days count as failures. Contacts of one person on one topic, or "
        "linked, are one issue, whatever the channel."
    ),
    raises=N_("What did the others have to come back for?"),
    fact="episode_fact",
    at="at",
    shape=Share(lambda t: t.one_contact),
    unit="share",
    better="high",
    numerator=N_("issues resolved with one contact and quiet for 7 days after"),
    denominator=N_("issues that are over: 7 days after resolution, or after 30 days"),
    requires=APPROACHES,
    counts=joined_by("topic"),
    excludes=(UNKNOWN, SHARED, NO_HISTORY, NO_TOPIC),
    ripe_at="ripe_at",
    ripe_within=RIPE_WITHIN,
    counters=(Counter("repeat_contact_rate", POINTS, relative=False),),
    beside=("first_contact_resolution_linked", "first_contact_resolution_any"),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=FIVE, value=1 / 3, note=N_("1 of the 3 known and over; 1 took 3 contacts")
    ),
)

PER_RESOLUTION = replace(
    FIRST,
    key="contacts_per_resolution",
    label=N_("Contacts per resolution"),
    says=N_(
        "Contacts of all issues that are over, for each of them that was resolved: what was never "
        "resolved makes it dearer."
    ),
    raises=N_("How often must customers ask until it is done?"),
    shape=Ratio(lambda t: t.contacts, _resolved_one),
    unit="number",
    better="low",
    numerator=N_("contacts of issues that are over"),
    denominator=N_("issues resolved within 30 days"),
    counters=(),
    beside=("contacts_per_resolution_linked", "contacts_per_resolution_any"),
    example=Example(rows=FIVE, value=3.0, note=N_("1 + 3 + 2 contacts, 2 resolved")),
)

REPEAT = replace(
    FIRST,
    key="repeat_contact_rate",
    label=N_("Repeat contacts"),
    says=N_(
        "The share of resolved issues after which the same person came again within 7 days, on "
        "the same topic or linked, by whatever channel."
    ),
    raises=N_("What do we call resolved that brings customers back?"),
    at="resolved_at",
    shape=Share(lambda t: t.repeats > 0),
    better="low",
    numerator=N_("resolved issues followed by a contact within 7 days"),
    denominator=N_("issues resolved at least 7 days ago"),
    counts=lambda t: joined_by("topic")(t) & resolved(t),
    ripe_at="",
    ripe_within=0,
    ripe_seconds=SEVEN_DAYS,
    counters=(),
    beside=("repeat_contact_rate_linked", "repeat_contact_rate_any"),
    example=Example(
        rows=(*FIVE, _episode("6"), _episode("7", resolved_at="2026-03-30T10:00:00Z")),
        value=0.25,
        note=N_("1 of 4; one is younger than 7 days, one not known, one not resolved"),
    ),
)

LOWER = N_(
    "The same where contacts are joined only by a ticket or one that follows it: the fewest "
    "repeats there can be. Read it with the other bound."
)
UPPER = N_(
    "The same where all contacts of a person are joined, whatever they are about: the most repeats "
    "there can be. Read it with the other bound."
)


def _bounded(one: Metric, linked: str, whatever: str) -> tuple[Metric, Metric, Metric]:
    """The metric and its two bounds, which need no topic; neither is shown without the other."""

    def bound(name: str, label: str, says: str, other: str) -> Metric:
        counts = (
            joined_by(name)
            if one.at == "at"
            else lambda rows: joined_by(name)(rows) & resolved(rows)
        )
        rows = tuple({**row, "joining": name, "topic": None} for row in one.example.rows)
        return replace(
            one,
            key=f"{one.key}_{name}",
            label=label,
            says=says,
            counts=counts,
            excludes=(UNKNOWN, SHARED, NO_HISTORY),
            beside=(one.key, f"{one.key}_{other}"),
            variant_of=one.key,
            counters=(),
            example=replace(one.example, rows=rows),
        )

    return (
        one,
        bound("linked", linked, LOWER, "any"),
        bound("any", whatever, UPPER, "linked"),
    )


METRICS = [
    *_bounded(
        FIRST,
        N_("Resolved at the first contact, joined by links"),
        N_("Resolved at the first contact, joined whatever it is about"),
    ),
    *_bounded(
        PER_RESOLUTION,
        N_("Contacts per resolution, joined by links"),
        N_("Contacts per resolution, joined whatever they are about"),
    ),
    *_bounded(
        REPEAT,
        N_("Repeat contacts, joined by links"),
        N_("Repeat contacts, joined whatever they are about"),
    ),
]
