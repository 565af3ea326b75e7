"""One row a follow-up of ours with a customer, with the answer that caused it."""

from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import joined, seconds_between
from regard.facts.fact import Fact
from regard.facts.surveyed import SEVERAL

RESPONSE = ("source", "response_id")


def case_fact(case: Relation, response_fact: Relation) -> Relation:
    """Each case with when it was opened and closed, and what came of it."""
    told = response_fact.select(
        *RESPONSE, "answered_at", "survey_id", "channel", "credited_to", "team", "type"
    )
    rows = joined(case, told, RESPONSE)
    return rows.mutate(
        is_open=rows.closed_at.isnull(),
        created_at=rows.opened_at,
        close_seconds=seconds_between(rows.opened_at, rows.closed_at),
    )


COLUMNS = columns(
    source="text: The system.",
    case_id="text: The case.",
    customer_id="text: Who.",
    response_id="text: The response that caused it.",
    survey_id="text: The survey of it.",
    channel="text: How the survey was asked.",
    credited_to="text: Whom the answer credits, parted by `;`.",
    team="text: The team that the answer is about.",
    type="text: The kind of matter.",
    owner="text: Whose it is.",
    answered_at="instant: When the answer came.",
    created_at="instant: When it was opened.",
    due_at="instant: By when it is due.",
    closed_at="instant: When it ended.",
    outcome="text: What came of it.",
    is_open="flag: Whether it has not ended.",
    close_seconds="whole: From opening to the end; empty while it is open.",
)

FACTS = [
    Fact(
        "case_fact",
        "Each follow-up of ours with a customer, with the answer that caused it.",
        one_row_per="case",
        key=("source", "case_id"),
        bucket="case_id",
        reads=("case", "response_fact"),
        columns=COLUMNS,
        build=case_fact,
        dimensions={
            "agent": "credited_to",
            "survey": "survey_id",
            **{n: n for n in ("source", "owner", "team", "type", "channel", "outcome")},
        },
        several=SEVERAL,
    )
]
