"""Mails written in plain words, and mailboxes of them."""

from pathlib import Path
from typing import Any

from regard.ingest.parcel import Parcel

OURS = ("acme.com",)
FROM_LINE = "From writer@example.org Tue Mar  3 10:00:00 2026"
MINUTES = 60


def mail(
    name: str | None = "1",
    by: str = "bob@example.org",
    to: str = "support@acme.com",
    *more: str,
    at: str = "Tue, 3 Mar 2026 10:00:00 +0000",
    refs: str = "",
    subject: str = "A question",
    text: str = "Where is my order?",
) -> str:
    """A mail. name: of its Message-ID, left out for None; refs: names in References, oldest first.

    more: further header lines.
    """
    lines = [f"From: {by}", f"To: {to}", f"Subject: {subject}", *more]
    if at:
        lines.append(f"Date: {at}")
    if name is not None:
        lines.append(f"Message-ID: {named(name)}")
    if refs:
        lines.append(f"References: {' '.join(map(named, refs.split()))}")
    return "\n".join([*lines, "", text, ""])


def named(name: str) -> str:
    """A Message-ID."""
    return f"<{name}@mail.test>"


def minute(count: int) -> str:
    """A date so many minutes after the third of March 2026."""
    hours, minutes = divmod(count, MINUTES)
    return f"Tue, {3 + hours // 24} Mar 2026 {hours % 24:02d}:{minutes:02d}:00 +0000"


def box(folder: Path, *mails: str, name: str = "box.mbox", start: str = FROM_LINE) -> Path:
    """An mbox file of these mails."""
    path = folder / name
    text = "".join(f"{start}\n{one}\n" for one in mails)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def rows(parcel: Parcel, name: str = "message") -> dict[str, dict[str, Any]]:
    """Rows of a table by the name of their mail."""
    return {
        row["message_id"].removesuffix("@mail.test"): row for row in parcel.rows[name].to_pylist()
    }


def tickets(parcel: Parcel) -> list[dict[str, Any]]:
    """Rows of tickets."""
    return list(parcel.rows["ticket"].to_pylist())


def count(parcel: Parcel, kind: str) -> int:
    """How often something was found."""
    return sum(found.count for found in parcel.findings if found.kind == kind)
