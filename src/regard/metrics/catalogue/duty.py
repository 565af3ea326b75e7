"""How many people were there: on duty, planned, or known only by what they did."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.metric import Example, Metric
from regard.metrics.pertime import PerHour, PerTime
from regard.metrics.picks import Column


def _slot(agent: str, at: str, present: int, planned: int) -> dict[str, object]:
    return {
        "source": "s",
        "agent_id": agent,
        "agent": agent,
        "starts_at": at,
        "present_seconds": present,
        "planned_seconds": planned,
    }


_DAY = (
    _slot("ann", "2026-03-02T10:00:00Z", 1_800, 1_800),
    _slot("ann", "2026-03-02T10:30:00Z", 1_800, 1_800),
    _slot("bob", "2026-03-02T10:00:00Z", 720, 1_800),
    _slot("bob", "2026-03-02T10:30:00Z", 0, 1_800),
)
_NOON = "2026-03-02T12:00:00Z"

ON_DUTY = Metric(
    key="people_on_duty",
    theme=N_("Staffing"),
    label=N_("People on duty"),
    says=N_("How many people are there on average: available, on contacts or in after-work."),
    raises=N_("At which hours are too few there for what comes in?"),
    fact="duty_fact",
    at="starts_at",
    shape=PerTime(Column("present_seconds"), ("source", "agent_id")),
    unit="number",
    better="none",
    numerator=N_(
        "seconds that people were available, on contacts or in after-work, of states that are over"
    ),
    denominator=N_("seconds of the period that have passed, of these hours where it is split"),
    requires=("agent_state",),
    cluster=("day",),
    cited=N_("Regard's own definition"),
    example=Example(
        rows=_DAY,
        value=0.1,
        as_of=_NOON,
        note=N_("4,320 seconds of two people in the twelve hours until noon"),
    ),
)

PLANNED = replace(
    ON_DUTY,
    key="people_planned",
    version=2,
    label=N_("People planned"),
    says=N_("How many people are to be there on average by the plan; breaks are not work."),
    raises=N_("Is the plan made for the hours at which customers come?"),
    shape=PerTime(Column("planned_seconds"), ("source", "agent_id"), ahead=True),
    numerator=N_("seconds of work planned for people"),
    denominator=N_("seconds of the period, of these hours where it is split"),
    requires=("shift",),
    example=Example(
        rows=_DAY,
        value=1 / 12,
        as_of=_NOON,
        note=N_("7,200 seconds planned for two people in the 24 hours of the day"),
    ),
)


def _did(agent: str, at: str, kind: str = "message", **said: object) -> dict[str, object]:
    return {
        "ticket_id": "1",
        "at": at,
        "kind": kind,
        "by": agent,
        "by_kind": "agent",
        "public": True,
        "automatic": False,
        "demand": "real",
        **said,
    }


ACTIVE = replace(
    ON_DUTY,
    key="people_active",
    label=N_("People active"),
    says=N_(
        "How many different people answer customers or change tickets in an hour, on average. "
        "Who is there and leaves no trace is not counted: it says less than presence."
    ),
    raises=N_("At which hours does nobody take care of what has come in?"),
    fact="ticket_event_fact",
    at="at",
    shape=PerHour(("source", "by")),
    numerator=N_("different people of each hour who sent a public reply or changed a ticket"),
    denominator=N_("hours of the period that have passed, of these hours where it is split"),
    requires=("ticket", "ticket_change", "message"),
    counts=lambda t: (
        (t.by_kind == "agent")
        & t.by.notnull()
        & ((t.kind == "change") | ((t.kind == "message") & t.public & ~t.automatic))
    ),
    example=Example(
        rows=(
            _did("ann", "2026-03-02T10:00:00Z"),
            _did("ann", "2026-03-02T10:20:00Z", "change", public=None, automatic=None),
            _did("ann", "2026-03-02T11:00:00Z"),
            _did("bob", "2026-03-02T11:30:00Z"),
            _did("bob", "2026-03-02T11:40:00Z", public=False),
            _did("carl", "2026-03-02T11:50:00Z", automatic=True),
        ),
        value=0.25,
        as_of=_NOON,
        note=N_("one person from ten, two from eleven: 3 in the twelve hours until noon"),
    ),
)

METRICS = [ON_DUTY, PLANNED, ACTIVE]
