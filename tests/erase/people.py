"""Anna, who is to be erased, in several systems beside others."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from regard.core.schema import Row
from regard.ingest.parcel import Origin, Parcel, Reject
from regard.ingest.plain import build
from regard.ingest.quality import QualityReport
from regard.ingest.run import run_import
from regard.store.store import open_store

MAIL, PHONE, TYPED = "anna.kowal@mail.example", "+48601234567", "601 234 567"
ANNA = f"mailbox/{MAIL}"
JOANNA = "joanna.kowal@mail.example"
WORDS = ("Quaxelbrim", "Zorvantine", "Plimvoxen", "Wexorable", "Grumbolith", "Yantraquil")
"""Words that nobody but Anna uses: in a letter, its answer, a survey, a call, a review, a note."""
HANDLE, NETWORK_ID = "quaxanna", "ann-7734"
SOUGHT = (MAIL, PHONE, PHONE[1:], TYPED, "601-234-567", HANDLE, NETWORK_ID, *WORDS)


Reports = list[QualityReport]


def at(hour: float) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)


def told(source: str, **rows: list[dict[str, Any]]) -> dict[str, pa.Table]:
    """Rows by table, as a parcel holds them."""
    made = {}
    for name, listed in rows.items():
        schema = build(name, source, {}, 0).schema
        full: list[Row] = [
            {key: row.get(key) for key in schema.names} | {"source": source} for row in listed
        ]
        made[name] = pa.Table.from_pylist(full, schema=schema)
    return made


TICKETS = {"t1": MAIL, "t2": JOANNA, "t3": MAIL}
LETTERS = (
    ("t1", "m1", MAIL, "customer", 0, f"My {WORDS[0]} is broken, ring {TYPED}"),
    ("t1", "m2", "ann", "agent", 2, f"Dear Anna, your {WORDS[1]} is on its way"),
    ("t2", "m1", JOANNA, "customer", 1, f"My friend {MAIL} (601-234-567) has one too"),
    ("t2", "m2", MAIL, "customer", 3, f"I too have a {WORDS[0]}"),
    ("t3", "m1", MAIL, "customer", 2, "Where is my parcel?"),
)


def mailbox() -> Parcel:
    """A mail box that knows people by their addresses; some rows of Anna's cannot be taken."""
    changes = [
        {
            "ticket_id": t,
            "change_id": "1",
            "ordinal": 0,
            "at": at(6),
            "field": "status",
            "value": "solved",
            "actor": "ann",
            "actor_kind": "agent",
            "updated_at": at(6),
        }
        for t in TICKETS
    ]
    identities = [
        {"customer_id": who, "kind": "mail", "address": who, "known_at": at(0)}
        for who in (MAIL, JOANNA)
    ]
    customers = [
        {"customer_id": who, "first_seen_at": at(0), "attributes": json.dumps({"note": note})}
        for who, note in ((MAIL, WORDS[5]), (JOANNA, "regular"))
    ]
    rows = told(
        "mailbox",
        ticket_change=changes,
        customer_identity=identities,
        customer=customers,
        **_letters(),
    )
    rejects = (
        _reject(7, {"Case ID": "t1", "When": "never", "Text": f"again the {WORDS[4]}"}),
        _reject(8, {"From": f"Anna <{MAIL.upper()}>", "When": "once", "Text": WORDS[0]}),
        _reject(9, {"Case ID": "t2", "When": "later", "Text": "kept as it is"}),
        Reject(10, "broken", "", "", {"": f'{{"case": "t3", "When": "{WORDS[3]}'}),
    )
    return Parcel("mailbox", tuple(rows), rows, 20, 17, rejects, origin=Origin("mail.csv"))


def _letters() -> dict[str, list[dict[str, Any]]]:
    """The tickets of the mail box and what was written in them."""
    tickets = [
        {
            "ticket_id": name,
            "customer_id": who,
            "created_by": who,
            "channel": "email",
            "created_by_kind": "customer",
            "created_at": at(place),
            "updated_at": at(place),
        }
        for place, (name, who) in enumerate(TICKETS.items())
    ]
    messages, texts = [], []
    for ticket, message, who, kind, hour, text in LETTERS:
        own = {"ticket_id": ticket, "message_id": message, "updated_at": at(hour)}
        by = {"author": who, "author_kind": kind, "sent_at": at(hour)}
        messages.append({**own, **by, "public": True, "ordinal": 0})
        texts.append({**own, "subject": f"About {ticket}", "text": text})
    return {"ticket": tickets, "message": messages, "message_text": texts}


def _reject(line: int, raw: Mapping[str, Any]) -> Reject:
    return Reject(line, f"'{raw['When']}' is no instant: {raw['Text']}", "When", str(raw), raw)


def exchange() -> Parcel:
    """A telephone exchange that knows callers by number, and the answers of a survey by phone."""
    rows = told(
        "phones",
        call=[
            {
                "call_id": f"c{place}",
                "customer_id": who,
                "direction": "inbound",
                "arrived_at": at(20 + place),
                "queued_at": at(20 + place),
                "ended_at": at(20.1 + place),
                "outcome": "answered",
                "updated_at": at(21),
            }
            for place, who in enumerate((PHONE, "+48777888999", PHONE))
        ],
        customer=[{"customer_id": who, "first_seen_at": at(20)} for who in (PHONE, "+48777888999")],
        customer_identity=[
            {"customer_id": PHONE, "kind": "phone", "address": PHONE},
            {"customer_id": PHONE, "kind": "mail", "address": MAIL},
            {"customer_id": "+48777888999", "kind": "phone", "address": "+48777888999"},
        ],
        response=[
            {"response_id": "r1", "survey_id": "s", "version": 1, "call_id": "c0", "at": at(30)},
            {"response_id": "r2", "survey_id": "s", "version": 1, "call_id": "c1", "at": at(30)},
        ],
        answer=[
            {
                "response_id": name,
                "question_id": "q",
                "kind": "csat",
                "score": score,
                "scale_min": 1,
                "scale_max": 5,
                "scale_inverted": False,
            }
            for name, score in (("r1", 2), ("r2", 5))
        ],
        words=[
            {"subject": "response", "subject_id": "r1", "part": "q", "text": f"So {WORDS[2]}"},
            {"subject": "response", "subject_id": "r2", "part": "q", "text": "Very kind people"},
            {"subject": "call", "subject_id": "c2", "part": "", "text": f"She said {WORDS[3]}"},
        ],
    )
    rejects = (Reject(3, "no instant", "at", "x", {"caller": TYPED, "note": WORDS[4]}),)
    return Parcel("phones", tuple(rows), rows, 9, 8, rejects, origin=Origin("calls.csv"))


def shop() -> Parcel:
    """A shop whose ids are numbers; Anna is 7 there."""
    rows = told(
        "shop",
        order=[
            {
                "order_id": f"o{place}",
                "customer_id": who,
                "at": at(40 + place),
                "amount_minor": 100,
                "currency": "EUR",
                "units": 1,
            }
            for place, who in enumerate(("7", "8"))
        ],
        customer_identity=[
            {"customer_id": "7", "kind": "mail", "address": MAIL},
            {"customer_id": "7", "kind": "external", "address": "X-77"},
            {"customer_id": "8", "kind": "mail", "address": "bo@mail.example"},
        ],
        review=[
            {
                "review_id": f"v{who}",
                "customer_id": who,
                "site": "stars",
                "side": "ours",
                "posted_at": at(50),
                "stars": 3,
                "scale_max": 5,
            }
            for who in ("7", "8")
        ],
        words=[
            {"subject": "review", "subject_id": "v7", "part": "", "text": f"A {WORDS[0]} thing"},
            {"subject": "review", "subject_id": "v8", "part": "", "text": "A fine thing"},
        ],
    )
    return Parcel("shop", tuple(rows), rows, 6, 6, origin=Origin(f"orders of {MAIL}.csv"))


def network() -> Parcel:
    """A network on which people have names; Anna has one of her own, and is asked about."""
    said = [
        ("p1", NETWORK_ID, HANDLE, "customer", None, f"Selling my {WORDS[3]}"),
        ("p2", None, "OurShop", "ours", "p1", f"Hello @{HANDLE}, is it the new one?"),
        ("p3", "bo-9", "bobo", "customer", "p2", f"Ask @QuaxAnna, not @{HANDLE}by"),
        ("p4", None, "QuaxAnna", "customer", "p2", "It is"),
    ]
    rows = told(
        "network",
        post=[
            {
                "post_id": name,
                "network": "net",
                "account": account,
                "side": side,
                "at": at(60 + place),
                "in_reply_to": parent,
                "customer_id": who,
            }
            for place, (name, who, account, side, parent, _) in enumerate(said)
        ],
        words=[
            {"subject": "post", "subject_id": name, "part": "", "text": text}
            for name, *_, text in said
        ],
        customer_identity=[
            {"customer_id": NETWORK_ID, "kind": "external", "address": "X-77"},
            {"customer_id": NETWORK_ID, "kind": "handle", "address": f"@{HANDLE}"},
        ],
    )
    return Parcel("network", tuple(rows), rows, 6, 6, origin=Origin("posts.jsonl"))


PARCELS = (mailbox, exchange, shop, network)


def import_all(folder: Path, parcels: Sequence[Callable[[], Parcel]] = PARCELS) -> Reports:
    """An import of each system into a workspace."""
    store = open_store(folder)
    return [run_import([parcel()], store, folder) for parcel in parcels]
