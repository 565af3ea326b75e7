"""Zendesk's words in ours: statuses, priorities, channels, roles, targets of service, addresses.

Pure functions that the tables of a warehouse and the programming interface share. A word that is
not known is None, so that the caller can count it.
"""

from collections.abc import Mapping

STATUSES: Mapping[str, str] = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "on_hold",
    "on-hold": "on_hold",
    "on_hold": "on_hold",
    "solved": "solved",
    "closed": "closed",
}
"""Statuses by their word; `deleted` is none: a deleted ticket has no status of service."""
DELETED = "deleted"
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "mail"),
    "web": (
        "web", "web_form", "help_center", "help_center_post", "web_widget", "widget", "dropbox",
        "topic", "forum", "mobile", "mobile_sdk", "iphone", "android", "answer_bot_for_web_widget",
        "answer_bot_api", "closed_ticket", "batch", "blog", "get_satisfaction", "satisfaction",
        "simple_sign_up", "landing_page",
    ),
    "chat": (
        "chat", "chat_offline_message", "messaging", "native_messaging", "chat_transcript",
        "answer_bot_for_agents", "answer_bot_for_sdk", "answer_bot_for_slack", "sms",
        "text_message", "sunshine_conversations_api", "logmein_rescue", "slack_connect",
    ),
    "phone": (
        "voice", "phone", "voicemail", "phone_call_inbound", "phone_call_outbound", "call",
    ),
    "social": (
        "twitter", "twitter_dm", "twitter_favorite", "twitter_like", "x", "x_dm", "x_like",
        "facebook", "facebook_post", "facebook_message", "facebook_messenger", "instagram_dm",
        "whatsapp", "line", "wechat", "viber", "telegram", "any_channel", "google_rcs",
        "apple_business_chat", "google_business_messages", "kakaotalk", "twitter_direct_message",
    ),
    "api": ("api", "web_service", "ticket_sharing", "resource_push", "import", "sample_ticket"),
    "other": (
        "rule", "system", "side_conversation", "monitor_event", "linked_problem", "merge",
        "recovered_from_suspended_tickets", "automatic_solution_suggestions", "macro_reference",
        "user_change", "user_merge", "user_deletion", "group_change", "group_deletion",
    ),
}  # fmt: skip
"""Our channels, each with the words of `via.channel` (and of via types) that belong to it."""
_CHANNEL_OF = {word: channel for channel, words in CHANNELS.items() for word in words}
VIA_NUMBERS: Mapping[str, str] = {
    "0": "web", "4": "email", "5": "api", "8": "other", "15": "web", "16": "web", "17": "web",
    "19": "other", "20": "web", "21": "other", "23": "social", "24": "web", "26": "social",
    "27": "web", "28": "chat", "29": "chat", "30": "social", "31": "api", "33": "phone",
    "34": "phone", "35": "phone", "36": "web", "37": "chat", "38": "social", "41": "social",
}  # fmt: skip
"""Channels by the number of a via type, as old answers of the programming interface write it."""
ROLES: Mapping[str, str] = {"end-user": "customer", "agent": "agent", "admin": "agent"}
SYSTEM_USERS = ("-1", "0")
"""Ids of users that are no person: Zendesk's own rules act as -1."""
TARGETS: Mapping[str, str] = {
    "first_reply_time": "first",
    "next_reply_time": "next",
    "periodic_update_time": "periodic",
    "pausable_update_time": "pausable",
    "requester_wait_time": "requester_wait",
    "agent_work_time": "agent_work",
    "total_resolution_time": "resolution",
    "resolution_time": "resolution",
}
"""Targets of service by the metric of a policy, which is also the field of a ticket's history."""
SPAM_TAGS = frozenset(["spam", "marked_as_spam", "suspended_spam"])
"""Tags that say that a ticket is spam."""
FIELDS: Mapping[str, str] = {
    "status": "status",
    "group_id": "team",
    "assignee_id": "agent",
    "priority": "priority",
    "type": "type",
}
"""Fields of ours by the field of a ticket whose value they take."""


def status_of(word: str | None) -> str | None:
    """Our status; None for `deleted`, nothing, or a word that is not known."""
    return STATUSES.get((word or "").strip().lower())


def priority_of(word: str | None) -> str | None:
    """Our priority; None where there is none or the word is not known."""
    found = (word or "").strip().lower()
    return found if found in PRIORITIES else None


def channel_of(via: str | int | None) -> str | None:
    """Our channel of a `via.channel`, a word or a number; None where there is none.

    Sources of messaging that Zendesk adds carry their own names: those are `other`.
    """
    found = str("" if via is None else via).strip().lower().replace(" ", "_").replace("-", "_")
    if not found:
        return None
    return VIA_NUMBERS.get(found) or _CHANNEL_OF.get(found, "other")


def kind_of(role: str | None) -> str | None:
    """customer or agent by a user's role; None for a role that is not known."""
    return ROLES.get((role or "").strip().lower())


def target_of(metric: str | None) -> str | None:
    """Our target of service; None for a metric that promises nothing we know."""
    return TARGETS.get((metric or "").strip().lower())
