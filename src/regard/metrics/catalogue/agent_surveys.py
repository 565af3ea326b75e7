"""How our own people are: published by closed wave and fixed unit, so that nobody is made out."""

from dataclasses import replace

from regard.core.i18n import N_
from regard.metrics.metric import Example, Metric
from regard.metrics.waves import ByWave


def _ours(number: int, score: int, unit: str, top: int = 10) -> dict[str, object]:
    return {
        "source": "s",
        "response_id": str(number),
        "question_id": "q",
        "kind": "agent_csat" if top == 5 else "agent_nps",
        "survey_id": "ours",
        "wave": "spring",
        "closed_at": "2026-03-20T00:00:00Z",
        "unit": unit,
        "good": score,
        "top_box": score >= top - 1,
        "bad_box": score <= (2 if top == 5 else 6),
    }


CONTENT = (5, 4, 4, 5, 2, 3, 1, 5, 4, 4, 5, 3)
LOYAL = (10, 9, 9, 3, 8, 6, 7, 9, 10, 10, 2, 9)

SATISFACTION = Metric(
    key="agent_satisfaction",
    theme=N_("Our people"),
    label=N_("Satisfied people of ours"),
    says=N_(
        "The share of answers by our own people in the best boxes, by wave and unit. It is "
        "published only for waves that have closed and for cells of at least five people who do "
        "not all agree; how many answered is said in bands. What could give somebody away is "
        "withheld, so there are no dates, filters, splits or rows."
    ),
    raises=N_("Can people treat customers well whom we do not treat well?"),
    fact="agent_answer_fact",
    at="closed_at",
    shape=ByWave(),
    unit="share",
    better="high",
    numerator=N_("answers by people of ours in the best boxes of their scale"),
    denominator=N_("answers by people of ours in a closed wave"),
    requires=("survey", "response", "answer"),
    counts=lambda t: (t.kind == "agent_csat") & t.top_box.notnull() & (t.closed_at <= t["_as_of"]),
    cluster=("day",),
    beside=("agent_nps",),
    cited=N_("Regard's own definition; complementary suppression after Hundepool et al. 2012"),
    anonymous=True,
    example=Example(
        rows=tuple(
            _ours(n, score, "north" if n < 7 else "south", 5) for n, score in enumerate(CONTENT)
        ),
        value=0.67,
        by={"wave": "spring", "unit": "all"},
        note=N_("8 of 12; rounded to whole percents"),
    ),
)

RECOMMENDED = replace(
    SATISFACTION,
    key="agent_nps",
    label=N_("Net promoter score of our people"),
    says=N_(
        "The share of our own people who say 9 or 10 to whether they recommend working here, less "
        "the share who say 0 to 6; by wave and unit, under the same rules."
    ),
    raises=N_("Would those who serve customers send their friends to us?"),
    shape=ByWave(net=True),
    unit="points",
    numerator=N_("people of ours who say 9 or 10, less those who say 0 to 6"),
    counts=lambda t: (t.kind == "agent_nps") & t.good.notnull() & (t.closed_at <= t["_as_of"]),
    beside=("agent_satisfaction",),
    example=Example(
        rows=tuple(_ours(n, score, "north" if n < 7 else "south") for n, score in enumerate(LOYAL)),
        value=33,
        by={"wave": "spring", "unit": "all"},
        note=N_("7 for, 3 against, 2 neither; rounded to whole points"),
    ),
)

METRICS = [SATISFACTION, RECOMMENDED]
