"""Zendesk's own figures, shown beside ours, and the answers to its question about a ticket."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regard.core.schema import Row, table
from regard.ingest.answers import id_of, instant_of, object_of, text_of, whole_of
from regard.ingest.sources.zendesk_api_account import Account, Note, Thing

MINUTES = "_in_minutes"
SECONDS = "_in_seconds"
CLOCKS = ("calendar", "business")
COUNTS = ("reopens", "replies", "group_stations", "assignee_stations")
WITHIN = "_within_business_hours"
SURVEY = "zendesk"
QUESTION = "satisfaction"
SCORES: Mapping[str, int] = {"good": 1, "bad": 0}
ASKED = frozenset({"offered"})
UNASKED = frozenset({"unoffered", ""})
"""Scores of tickets whose customer was not asked, or not yet."""


def figures(source: str, account: Account, note: Note) -> list[Row]:
    """The source's own numbers of each ticket: its durations in seconds, its counts, breaches."""
    rows: dict[tuple[str, str], Row] = {}
    told = [
        (id_of(one["ticket_id"]), one, _of_metric(one)) for one in account.all("ticket_metrics")
    ]
    told += [(id_of(one["id"]), one, _of_export(one)) for one in account.all("exports")]
    for ticket_id, one, numbers in told:
        at = instant_of(one.get("updated_at"))
        for figure, value in numbers:
            rows[str(ticket_id), figure] = _figure(source, ticket_id, figure, value, at)
    for one in account.all("ticket_metric_events"):
        if one.get("type") == "breach" and one.get("deleted") is not True:
            ticket_id, at = id_of(one["ticket_id"]), instant_of(one.get("time"))
            figure = f"breach.{str(one.get('metric'))[:40]}.{whole_of(one.get('instance_id')) or 0}"
            rows[str(ticket_id), figure] = _figure(source, ticket_id, figure, 1, at)
    return list(rows.values())


def ratings(source: str, found: Sequence[Thing], note: Note) -> dict[str, list[Row]]:
    """Who was asked, and what they answered: good or bad, each a score of 1 or 0.

    Zendesk rates tickets with thumbs: the survey and its one question are the account's own.
    """
    rows: dict[str, list[Row]] = {"invitation": [], "response": [], "answer": []}
    for one in found:
        score = str(one.get("score") or "").lower().removeprefix("received_").split("_")[0]
        at = instant_of(one.get("created_at"))
        if score in UNASKED:
            continue
        if (score not in SCORES and score not in ASKED) or at is None:
            note("unknown_value", "answer.score", str(one.get("score"))[:80])
            continue
        answered = score in SCORES
        rows["invitation"].append(_invitation(source, one, answered))
        if answered:
            rows["response"].append(_response(source, one))
            rows["answer"].append(
                table("answer").row(
                    source=source,
                    response_id=id_of(one["id"]),
                    question_id=QUESTION,
                    kind="csat",
                    score=SCORES[score],
                    scale_min=0,
                    scale_max=1,
                    scale_inverted=False,
                    updated_at=instant_of(one.get("updated_at")),
                )
            )
    return rows


def _invitation(source: str, one: Thing, answered: bool) -> Row:
    """When an answered one was sent is not said: its row is made by the answer."""
    at = instant_of(one.get("created_at"))
    return table("invitation").row(
        source=source,
        invitation_id=id_of(one["id"]),
        survey_id=SURVEY,
        customer_id=id_of(one.get("requester_id")),
        ticket_id=id_of(one.get("ticket_id")),
        eligible_at=at,
        sent_at=None if answered else at,
        answered_at=at if answered else None,
        commented_at=at if answered and text_of(one.get("comment")) else None,
        updated_at=instant_of(one.get("updated_at")),
    )


def _response(source: str, one: Thing) -> Row:
    return table("response").row(
        source=source,
        response_id=id_of(one["id"]),
        survey_id=SURVEY,
        version=1,
        invitation_id=id_of(one["id"]),
        customer_id=id_of(one.get("requester_id")),
        ticket_id=id_of(one.get("ticket_id")),
        at=instant_of(one.get("created_at")),
        updated_at=instant_of(one.get("updated_at")),
    )


def _of_metric(one: Thing) -> Iterator[tuple[str, int]]:
    """Durations named as there, as in `reply_time.business`; seconds where both are given."""
    for unit, seconds in ((MINUTES, 60), (SECONDS, 1)):
        for name, told in one.items():
            if name.endswith(unit):
                for clock in CLOCKS:
                    value = whole_of(object_of(told).get(clock))
                    if value is not None:
                        yield f"{name.removesuffix(unit)}.{clock}", value * seconds
    yield from _counts(one)


def _of_export(one: Thing) -> Iterator[tuple[str, int]]:
    """The same from the old export, where the names of business hours are long."""
    for name, told in one.items():
        plain = name.removesuffix(WITHIN)
        value = whole_of(told)
        if plain.endswith(MINUTES) and value is not None:
            clock = CLOCKS[plain != name]
            short = plain.removesuffix(MINUTES).replace("first_reply_time", "reply_time")
            yield f"{short}.{clock}", value * 60
    yield from _counts(one)


def _counts(one: Thing) -> Iterator[tuple[str, int]]:
    for name in COUNTS:
        value = whole_of(one.get(name))
        if value is not None:
            yield name, value


def _figure(source: str, ticket_id: str | None, figure: str, value: int, at: Any) -> Row:
    return table("vendor_figure").row(
        source=source,
        subject="ticket",
        subject_id=ticket_id,
        figure=figure,
        value=value,
        at=at,
        updated_at=at,
    )
