"""Whether the same matter ends otherwise by one channel than by another."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.catalogue.contacts import COUNTED, contact
from regard.metrics.catalogue.resolution import CARE
from regard.metrics.conflicts import Conflicting, Gaps
from regard.metrics.metric import Example, Exclusion

CHASER = Exclusion(N_("a chaser: it ends as its ticket does"), lambda t: t.contact_kind == "chaser")
ROWS = tuple(
    contact(f"{topic} {channel} {n}", topic=topic, channel=channel, outcome=outcome)
    for topic, channel, solved in (
        ("refund", "email", 18),
        ("refund", "chat", 4),
        ("login", "email", 15),
        ("login", "chat", 15),
    )
    for n, outcome in enumerate(("solved",) * solved + ("escalated",) * (20 - solved))
)

CONFLICT = replace(
    COUNTED,
    key="cross_channel_conflict",
    theme=CARE,
    label=N_("Topics that end otherwise by channel"),
    says=N_(
        "The share of topics whose outcomes (refunded, escalated, unanswered, reopened, solved or "
        "not) differ by channel beyond noise: by a chi-square test of each topic, the share of "
        "false calls held at 5 %. Compared are topics with ten contacts by at least two channels."
    ),
    raises=N_("Where does it pay a customer to ask again elsewhere?"),
    shape=Conflicting(),
    unit="share",
    better="low",
    numerator=N_("topics whose outcomes differ by channel beyond noise"),
    denominator=N_("topics compared"),
    excludes=(CHASER,),
    counts=lambda t: t.outcome != "open",
    beside=("cross_channel_gap",),
    cited=N_("Regard's own definition; Benjamini and Hochberg 1995"),
    example=Example(rows=ROWS, value=0.5, note=N_("refunds differ, logins do not")),
)

GAP = replace(
    CONFLICT,
    key="cross_channel_gap",
    label=N_("Largest gap between channels"),
    says=N_(
        "For each topic, the outcome that one channel has furthest above the others, and by how "
        "much its share is greater. Of many gaps some are large by chance alone."
    ),
    raises=N_("Which channel decides otherwise, and who allowed it to?"),
    shape=Gaps(),
    better="none",
    numerator=N_("share of an outcome by one channel, less its share by the others"),
    denominator=N_("contacts on the topic"),
    beside=("cross_channel_conflict",),
    example=Example(
        rows=ROWS,
        value=0.7,
        by={"topic": "refund", "channel": "chat", "outcome": "escalated"},
        note=N_("16 of 20 escalated in chats, 2 of 20 by mail"),
    ),
)

METRICS = [CONFLICT, GAP]
