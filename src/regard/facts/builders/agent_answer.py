"""One row an answer that one of ours gave in a closed wave: whose it is nobody kept."""

import ibis
from ibis.expr.types import Table as Relation

from regard.core.schema import columns
from regard.facts.expressions import is_one_of
from regard.facts.fact import Fact
from regard.facts.surveyed import with_scale, with_survey

RESPONSE = ("source", "response_id")
KINDS = ("agent_csat", "agent_nps")


def agent_answer_fact(answer: Relation, response: Relation, survey: Relation) -> Relation:
    """Answers given before their wave closed; without who gave them and when.

    What came after the end of a wave is in none: the published numbers must not move.
    """
    given = response.select(
        *RESPONSE, "survey_id", "version", "unit", "dismissed", answered_at="at"
    )
    rows = answer.inner_join(given, list(RESPONSE))
    rows = rows.drop(*[name for name in rows.columns if name.endswith("_right")])
    rows = with_survey(rows, survey)
    own = (rows.survey_kind == "agent") & is_one_of(rows.kind, ("csat", "nps"))
    rows = rows.mutate(kind=ibis.ifelse(own, ibis.literal("agent_") + rows.kind, rows.kind))
    rows = rows.filter(
        is_one_of(rows.kind, KINDS),
        ~rows.dismissed.fill_null(False),
        rows.closed_at.notnull(),
        rows.answered_at.isnull() | (rows.answered_at <= rows.closed_at),
    )
    return with_scale(rows)


COLUMNS = columns(
    source="text: The system.",
    response_id="text: The response; it names nobody.",
    question_id="text: The question.",
    kind="text: agent_csat or agent_nps.",
    survey_id="text: The survey.",
    wave="text: The wave.",
    closed_at="instant: When the wave closed.",
    unit="text: The fixed unit of who answered; parts of it by /.",
    scale="text: The scale, as 1–5; 5–1 where low is good.",
    good="whole: The score turned so that high is good.",
    top_box="flag: Whether it is among the best boxes of its scale.",
    bad_box="flag: Whether it is among the worst.",
)

FACTS = [
    Fact(
        "agent_answer_fact",
        "Each answer that one of ours gave in a wave that has closed. No door shows these rows.",
        one_row_per="answer of one of ours",
        key=(*RESPONSE, "question_id"),
        bucket="response_id",
        reads=("answer", "response", "survey"),
        columns=COLUMNS,
        build=agent_answer_fact,
        dimensions={"source": "source"},
        anonymous=True,
    )
]
