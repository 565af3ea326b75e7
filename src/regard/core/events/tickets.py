"""Tickets, what changed in them, and what was said."""

from regard.core.schema import Table, columns

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
OPEN_STATUSES = ("new", "open", "pending", "on_hold")
DEMANDS = (
    "test",
    "spam",
    "merged",
    "duplicate",
    "internal",
    "automated",
    "redirected",
    "real",
)
CHANGE_FIELDS = (
    "status",
    "team",
    "agent",
    "priority",
    "type",
    "tag",
    "demand",
    "calendar",
    "merged_into",
    "sla_policy",
)
TARGETS = (
    "first",
    "next",
    "periodic",
    "pausable",
    "requester_wait",
    "agent_work",
    "resolution",
)
ACTORS = ("agent", "customer", "bot", "system")
CLOSE_REASONS = ("inactivity", "bot", "rule", "merged", "spam", "cancelled", "unsolved")
CHANNELS = ("email", "web", "chat", "phone", "social", "marketplace", "api", "other")

TABLES = [
    Table(
        "ticket",
        "One matter that a customer brought, as its source last described it.",
        ("ticket_id",),
        columns(
            ticket_id="text: The source's own id of the ticket.",
            number="text: The number people know it by.",
            customer_id="text: Who it is for; the source's id of the customer.",
            channel="text: Where it came in: email, web, chat, phone, social, marketplace, api.",
            created_at="instant: When the matter began.",
            created_by="text: The id of who opened it.",
            created_by_kind="text: customer, agent, bot or system.",
            status="text: First status, where the source's history does not say it: new, open …",
            type="text: The kind of matter, as the source or a reading names it; several are "
            "parted by ;, a part of one by /.",
            priority="text: low, normal, high or urgent.",
            demand="text: The source's label: test, spam, merged, duplicate, internal, automated.",
            team="text: The first team known.",
            agent="text: The first person known.",
            product="text: The product it is about.",
            country="text: The country it came from.",
            language="text: The language it is written in.",
            brand="text: The brand or shop it was sent to.",
            merged_into="text: The ticket that it was merged into.",
            follows="text: The earlier ticket that it continues.",
            calendar_id="text: The opening hours that hold for it at first.",
            observed="flag: Whether only its present state is known, and no history of it.",
        ),
        bucket="ticket_id",
        at="created_at",
    ),
    Table(
        "ticket_change",
        "One field of a ticket taking a new value at an instant.",
        ("ticket_id", "change_id"),
        columns(
            ticket_id="text: The ticket.",
            change_id="text: The source's id of the change, else its ordinal in the ticket.",
            ordinal="whole: The order within the ticket among changes of the same instant.",
            at="instant: When it changed.",
            field="text: status, team, agent, priority, type, tag, demand, calendar, merged_into, "
            "sla_policy.",
            value="text: The new value, in our words for status and demand.",
            raw_value="text: The new value in the source's words.",
            actor="text: The id of who changed it.",
            actor_kind="text: agent, customer, bot or system.",
            reason="text: For a close: inactivity, bot, rule, merged, spam, cancelled, unsolved.",
        ),
        bucket="ticket_id",
        at="at",
    ),
    Table(
        "message",
        "One thing said in a ticket; its words lie in message_text.",
        ("ticket_id", "message_id"),
        columns(
            ticket_id="text: The ticket it belongs to.",
            message_id="text: The source's id of the message.",
            ordinal="whole: The order within the ticket among messages of the same instant.",
            sent_at="instant: When it was sent.",
            author="text: The id of who wrote it.",
            author_kind="text: customer, agent, bot or system.",
            public="flag: Whether the customer could read it.",
            automatic="flag: Whether a rule or an auto-reply sent it.",
            channel="text: The channel it went by.",
            in_reply_to="text: The message it answers, where the source says so.",
            refers_to="text: The earlier messages it names, one a line, where they join tickets.",
        ),
        bucket="ticket_id",
        at="sent_at",
    ),
    Table(
        "message_text",
        "The words of a message, kept apart so that they can be erased.",
        ("ticket_id", "message_id"),
        columns(
            ticket_id="text: The ticket.",
            message_id="text: The message.",
            subject="text words: The subject line.",
            text="text words: The words.",
        ),
        bucket="ticket_id",
        personal=True,
    ),
    Table(
        "chat_session",
        "One live chat: when it was queued, accepted and left.",
        ("session_id",),
        columns(
            session_id="text: The source's id.",
            ticket_id="text: The ticket it became.",
            customer_id="text: Who chatted.",
            started_at="instant: When the customer began.",
            queued_at="instant: When it entered the human queue.",
            accepted_at="instant: When a person took it.",
            first_line_at="instant: The first line by a person.",
            left_at="instant: When the customer left.",
            ended_at="instant: When it ended.",
            agent="text: Who took it.",
            team="text: The team.",
            article_id="text: The article page it was started from.",
        ),
        bucket="session_id",
        at="started_at",
    ),
]
