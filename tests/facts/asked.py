"""Surveys by accident: invitations, answers, dismissals and follow-ups with ties and gaps."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from worlds import Told, thing

Instant = Callable[[random.Random], datetime]
SURVEYS = (("after", "csat", True), ("whole", "nps", False), ("ours", "agent", None))
KINDS = {"after": ("csat", 1, 5), "whole": ("nps", 0, 10), "ours": ("agent_csat", 1, 5)}
CREDITED = (None, "[]", '["ann"]', '["ann", "bob"]')


def surveys(dice: random.Random, instant: Instant, tickets: int) -> list[Told]:
    """Surveys with whom they asked, what was answered and what we did about it."""
    told = [
        thing(
            "survey",
            survey_id=name,
            version=version,
            kind=kind,
            transactional=about if version == 1 else None,
            closed_at=instant(dice) if kind == "agent" else None,
            goal=dice.choice((None, 3)),
        )
        for name, kind, about in SURVEYS
        for version in (1, 2)
    ]
    for n in range(tickets):
        told += _asked(dice, instant, f"i{n}")
    for n in range(tickets):
        told += _answered(dice, instant, f"r{n}", tickets)
    return told


def _asked(dice: random.Random, instant: Instant, name: str) -> list[Told]:
    begun = instant(dice)
    steps = [begun + timedelta(hours=dice.randrange(30)) for _ in range(6)]
    reached = dice.randrange(7)
    names = ("sent_at", "delivered_at", "opened_at", "started_at", "answered_at", "commented_at")
    kept: dict[str, Any] = {
        key: at for key, at in zip(names[:reached], steps, strict=False) if dice.random() < 0.8
    }
    return [
        thing(
            "invitation",
            invitation_id=name,
            survey_id=dice.choice(("after", "whole")),
            customer_id=dice.choice(("c1", "c2", None)),
            ticket_id=dice.choice((None, "t1", "t2")),
            channel=dice.choice(("mail", None)),
            eligible_at=begun,
            sampled_out=dice.choice((None, False, True)),
            suppressed_reason=dice.choice((None, "opt_out")),
            credited_to=dice.choice(CREDITED),
            **kept,
        )
    ]


def _answered(dice: random.Random, instant: Instant, name: str, tickets: int) -> list[Told]:
    survey = dice.choice(("after", "whole", "ours"))
    kind, low, high = KINDS[survey]
    when = instant(dice)
    told = [
        thing(
            "response",
            response_id=name,
            survey_id=survey,
            version=dice.choice((1, 2, None)),
            invitation_id=dice.choice((None, f"i{dice.randrange(tickets)}")),
            customer_id=dice.choice(("c1", "c2", "c3", None)),
            ticket_id=dice.choice((None, "t1", "t3")),
            call_id=dice.choice((None, None, "c1")),
            unit=dice.choice(("a", "a/b", None)),
            at=when,
            dismissed=dice.choice((None, False, True)),
        )
    ]
    for question in ("q", "p")[: dice.choice((1, 1, 2))]:
        told.append(
            thing(
                "answer",
                response_id=name,
                question_id=question,
                kind=kind,
                score=dice.choice((None, low - 1, *range(low, high + 1))),
                scale_min=dice.choice((low, low, None)),
                scale_max=high,
                scale_inverted=dice.choice((True, False, None)),
            )
        )
    if dice.random() < 0.4:
        ended = dice.choice((None, when + timedelta(hours=dice.randrange(90))))
        outcome = dice.choice(("mended", None)) if ended else None
        told.append(
            thing(
                "case",
                case_id=f"of {name}",
                response_id=name,
                opened_at=when,
                closed_at=ended,
                outcome=outcome,
                owner=dice.choice(("ann", None)),
            )
        )
    return told
