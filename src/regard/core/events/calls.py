"""Telephone calls and their legs."""

from regard.core.schema import Table, columns

OUTCOMES = (
    "answered",
    "abandoned",
    "voicemail",
    "callback",
    "flowed_out",
    "ivr_served",
    "ivr_left",
    "ivr_unknown",
    "blocked",
    "closed_hours",
    "test",
)

TABLES = [
    Table(
        "call",
        "One caller's arrival until hang-up.",
        ("call_id",),
        columns(
            call_id="text: The source's id of the call.",
            customer_id="text: Who called, where identified.",
            direction="text: inbound or outbound.",
            arrived_at="instant: When the call came in.",
            ivr_seconds="whole: Time in the menu before a human queue.",
            queued_at="instant: When it first entered a human queue.",
            ended_at="instant: When it ended.",
            outcome="text: answered, abandoned, voicemail, callback, flowed_out, ivr_served, "
            "ivr_left, ivr_unknown, blocked, closed_hours, test.",
            type="text: The kind of matter.",
            priority="text: low, normal, high or urgent.",
            number_called="text: The number dialled: an article may have its own.",
            article_id="text: The article whose number it was.",
            ticket_id="text: The ticket it belongs to.",
            calendar_id="text: The opening hours of the line.",
        ),
        bucket="call_id",
        at="arrived_at",
    ),
    Table(
        "call_leg",
        "One stay of a call with a queue or a person; a ring without answer is one too.",
        ("call_id", "leg_id"),
        columns(
            call_id="text: The call.",
            leg_id="text: The source's id, else the ordinal.",
            ordinal="whole: The order within the call.",
            kind="text: queue, ring, agent or ivr.",
            queue="text: The queue.",
            agent="text: The person.",
            starts_at="instant: From.",
            ends_at="instant: Until.",
            wait_seconds="whole: Time in the queue; unknown is empty, never 0.",
            ring_seconds="whole: Ringing at the person's desk.",
            talk_seconds="whole: Talking.",
            hold_seconds="whole: On hold in mid-call.",
            holds="whole: How many times put on hold.",
            wrap_seconds="whole: Work after the call.",
            outcome="text: answered, abandoned, no_answer, transferred, completed, voicemail, "
            "callback, flowed_out.",
            transferred_to="text: Where it was passed to.",
        ),
        bucket="call_id",
        at="starts_at",
    ),
]
