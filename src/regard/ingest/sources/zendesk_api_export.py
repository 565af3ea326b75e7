"""Rows of Zendesk's old export of tickets, in the words of its interface."""

import re
from collections.abc import Mapping
from typing import Any

ZONED = re.compile(r" ([+-]\d{4})$")
EMPTY = ("", "-", None)


def exported(one: Mapping[str, Any]) -> dict[str, Any]:
    """The row as an object of the interface; what the export names instead of numbering is left.

    The export says when a ticket was last assigned and solved, not what came before: it holds no
    history.
    """
    status, kind = one.get("status"), one.get("ticket_type")
    return {
        "exported": True,
        "url": one.get("url"),
        "id": one.get("id"),
        "created_at": _iso(one.get("created_at")),
        "updated_at": _iso(one.get("updated_at")),
        "status": status.lower() if isinstance(status, str) else status,
        "priority": _given(one.get("priority")),
        "type": _given(kind),
        "requester_id": _given(one.get("req_id")),
        "assignee_id": _given(one.get("assignee_id")),
        "group_id": _given(one.get("group_id")),
        "brand": _given(one.get("brand_name")),
        "subject": one.get("subject"),
        "tags": str(one.get("current_tags") or "").split(),
        "via": {"channel": one.get("via")},
    }


def _given(value: Any) -> Any:
    return None if value in EMPTY else value


def _iso(value: Any) -> Any:
    return ZONED.sub(r"\1", value) if isinstance(value, str) else value
