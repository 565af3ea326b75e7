"""Small worlds of surveys: who was asked and what they said, as event tables."""

from collections.abc import Sequence
from typing import Any

from metrics.small import Row, at

COVERS = ("survey", "question", "invitation", "response", "answer", "case")
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
Events = dict[str, list[Row]]


def nobody(*surveys: Row) -> Events:
    """A company that has asked nobody yet."""
    told: Events = {name: [] for name in COVERS}
    told["survey"] += surveys or [survey()]
    return told


def survey(name: str = "s", **said: Any) -> Row:
    """A survey about one contact, unless said otherwise."""
    return {"survey_id": name, "version": 1, "kind": "csat", "transactional": True, **said}


def ask(told: Events, name: str, when: str, **said: Any) -> None:
    """Somebody is asked, and it arrives."""
    then = at(when)
    steps = {"eligible_at": then, "sent_at": then, "delivered_at": then}
    row = {"invitation_id": name, "survey_id": "s", "customer_id": f"of {name}", **steps}
    told["invitation"].append(row | said)


def answer(
    told: Events,
    name: str,
    when: str,
    score: int | None,
    kind: str = "csat",
    scale: tuple[int, int] | None = None,
    **said: Any,
) -> None:
    """Somebody answers one question, asked or not."""
    low, high = scale or SCALES[kind]
    own = {"survey_id": "s", "version": 1, "at": at(when), "customer_id": f"of {name}"}
    own |= {key: said.pop(key) for key in list(said) if key not in ("scale_inverted", "choice")}
    told["response"].append({"response_id": name, **own})
    if not own.get("dismissed"):
        row = {"response_id": name, "question_id": "q", "kind": kind, "score": score}
        scaled = {"scale_min": low, "scale_max": high, "scale_inverted": False}
        told["answer"].append(row | scaled | said)


def answers(told: Events, day: str, scores: Sequence[int], **said: Any) -> None:
    """Several people answer on a day, each once."""
    for place, score in enumerate(scores):
        answer(told, f"{day} {len(told['response'])}", f"{day} 09:{place % 60:02d}", score, **said)
