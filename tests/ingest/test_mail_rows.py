"""Mails become tickets and messages: by whom, to whom, by a machine or not, and when."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letters import FROM_LINE, OURS, box, count, mail, rows, tickets
from regard.core.errors import RegardError
from regard.ingest.parcel import Parcel
from regard.ingest.sources.mbox import parse

Reading = Callable[..., Parcel]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """The parcel of some mails."""
    return lambda *mails, **more: parse(box(tmp_path, *mails, **more), ours=OURS)


def at(hour: int, minute: int = 0, day: int = 3) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


# --- who is ours --------------------------------------------------------------------------------


def test_without_a_word_on_who_is_ours_the_most_frequent_recipients_are_named(
    tmp_path: Path,
) -> None:
    path = box(tmp_path, mail("1"), mail("2"), mail("3", to="sales@acme.com"))
    with pytest.raises(RegardError) as told:
        parse(path)
    assert "support@acme.com (2), sales@acme.com (1)" in str(told.value)
    assert "--ours support@acme.com" in str(told.value)


def test_a_domain_that_no_mail_has_to_do_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegardError) as told:
        parse(box(tmp_path, mail()), ours=["acme.org"])
    assert "none of its mails is to or by acme.org" in str(told.value)


def test_an_address_of_ours_does_not_make_its_whole_domain_ours(tmp_path: Path) -> None:
    path = box(tmp_path, mail("1", by="ann@acme.com"), mail("2", by="SUPPORT@Acme.com"))
    told = rows(parse(path, ours=["Support@acme.com"]))
    assert {name: row["author_kind"] for name, row in told.items()} == {
        "1": "customer",
        "2": "agent",
    }


def test_addresses_of_customers_stand_in_one_table_only(reading: Reading) -> None:
    parcel = reading(mail("1", by='"Bob, the Builder" <Bob@Example.ORG>'), mail("2", refs="1"))
    (identity,) = parcel.rows["customer_identity"].to_pylist()
    assert (identity["kind"], identity["address"]) == ("mail", "bob@example.org")
    assert identity["known_at"] == at(10)
    for name in ("ticket", "message", "message_text", "customer"):
        assert "example.org" not in str(parcel.rows[name].to_pylist()).lower()
    assert tickets(parcel)[0]["customer_id"] == identity["customer_id"]


def test_what_people_of_ours_write_to_each_other_is_not_public(reading: Reading) -> None:
    parcel = reading(
        mail("1"),
        mail("fwd", "ann@acme.com", "dan@acme.com", refs="1", at="Tue, 3 Mar 2026 11:00:00 +0000"),
        mail("re", "dan@acme.com", "bob@example.org", "Cc: ann@acme.com", refs="1 fwd"),
        mail("own", "ann@acme.com", "dan@acme.com"),
    )
    told = rows(parcel)
    assert {name: row["public"] for name, row in told.items()} == {
        "1": True,
        "fwd": False,
        "re": True,
        "own": False,
    }
    internal = [row["demand"] for row in tickets(parcel)]
    assert sorted(internal, key=str) == [None, "internal"]


def test_a_form_of_ours_passes_on_what_a_customer_wrote(reading: Reading) -> None:
    form = ("Reply-To: Bob <bob@example.org>", "Auto-Submitted: auto-generated")
    told = rows(reading(mail("1", "form@acme.com", "support@acme.com", *form)))["1"]
    assert (told["author_kind"], told["automatic"]) == ("customer", False)


def test_a_matter_that_we_began_is_for_whom_we_wrote_to(reading: Reading) -> None:
    parcel = reading(mail("1", "ann@acme.com", "Bob <bob@example.org>"))
    (ticket,), (customer,) = tickets(parcel), parcel.rows["customer"].to_pylist()
    assert ticket["customer_id"] == customer["customer_id"]
    assert (ticket["created_by"], ticket["created_by_kind"]) == ("ann@acme.com", "agent")
    assert parcel.rows["agent"].to_pylist()[0]["agent_id"] == "ann@acme.com"


# --- machines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=bob@example.org",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Precedence: list",
        "X-Autoreply: yes",
        "Return-Path: <>",
    ],
)
def test_an_absence_note_of_a_customer_is_automatic(header: str, reading: Reading) -> None:
    told = rows(reading(mail("1"), mail("2", "bob@example.org", "support@acme.com", header)))
    assert (told["2"]["author_kind"], told["2"]["automatic"]) == ("customer", True)
    assert told["1"]["automatic"] is False


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: DR, RN",
        "Precedence: normal",
        "Return-Path: <bob@example.org>",
        "Precedence: list\nList-Id: <support.acme.com>",
    ],
)
def test_what_people_write_is_not_automatic(header: str, reading: Reading) -> None:
    assert (
        rows(reading(mail("1", "b@x.org", "support@acme.com", header)))["1"]["automatic"] is False
    )


def test_what_headers_of_ours_call_automatic_is_said(reading: Reading) -> None:
    parcel = reading(
        mail("1"), mail("2", "desk@acme.com", "bob@example.org", "Precedence: bulk", refs="1")
    )
    (found,) = [one for one in parcel.findings if one.kind == "automatic"]
    assert (found.count, found.where, found.example) == (1, "Precedence", "desk@acme.com")
    assert rows(parcel)["2"]["author_kind"] == "system"


# --- dates --------------------------------------------------------------------------------------


RECEIVED = "Received: from a by b; Tue, 3 Mar 2026 12:00:00 +0100"


@pytest.mark.parametrize(
    ("date", "meant", "kind"),
    [
        ("Tue, 3 Mar 2026 10:00:00 +0000", at(10), None),
        ("Tue, 3 Mar 2026 16:30:00 +0530", at(11), None),
        ("Tue, 3 Mar 2026 11:04:00 +0000", at(11), None),
        ("Mon, 2 Mar 2026 11:00:00 +0000", at(11, day=2), None),
        ("Mon, 2 Mar 2026 10:59:00 +0000", at(11), "date_replaced"),
        ("Tue, 3 Mar 2026 12:00:00 +0000", at(11), "date_replaced"),
        ("Fri, 3 Mar 1905 10:00:00 +0000", at(11), "impossible_date"),
        ("Tue, 31 Feb 2026 10:00:00 +0000", at(11), "impossible_date"),
        ("yesterday", at(11), "impossible_date"),
        ("", at(11), "impossible_date"),
        ("Tue, 3 Mar 2026 10:00:00 +9999", at(11), "impossible_date"),
        ("Tue, 3 Mar 2026 10:00:00", at(11), None),
        ("Tue, 3 Mar 2026 10:00:00 -0000", at(10), None),
    ],
)
def test_a_date_counts_unless_a_server_knows_better(
    date: str, meant: datetime, kind: str | None, reading: Reading
) -> None:
    parcel = reading(mail("1", "b@x.org", "support@acme.com", RECEIVED, at=date))
    assert rows(parcel)["1"]["sent_at"] == meant
    assert [found.kind for found in parcel.findings] == ([kind] if kind else [])


def test_a_date_without_a_zone_is_utc_where_no_server_knows(reading: Reading) -> None:
    parcel = reading(mail("1", at="Tue, 3 Mar 2026 10:00:00"))
    assert rows(parcel)["1"]["sent_at"] == at(10)
    assert count(parcel, "zone_guessed") == 1


def test_a_mail_of_the_future_was_sent_when_the_box_got_it(reading: Reading) -> None:
    parcel = reading(mail("1", at="Tue, 3 Mar 2099 10:00:00 +0000"))
    assert rows(parcel)["1"]["sent_at"] == at(10)
    assert count(parcel, "date_replaced") == 1


# --- ids ----------------------------------------------------------------------------------------


def test_a_mail_without_a_message_id_is_named_by_what_it_says(reading: Reading) -> None:
    first = reading(mail(None), start=FROM_LINE)
    again = reading(mail(None, "bob@example.org", "support@acme.com", "Status: RO"))
    assert list(rows(first)) == list(rows(again))
    assert next(iter(rows(first))).startswith("sha256-")
    assert count(first, "no_message_id") == 1
    assert list(rows(reading(mail(None, text="Another")))) != list(rows(first))


def test_a_mail_that_stands_twice_is_one(reading: Reading) -> None:
    copy = mail("1", "bob@example.org", "support@acme.com", "X-Gmail-Labels: Sent")
    parcel = reading(mail("1"), copy)
    assert (len(rows(parcel)), parcel.read, parcel.kept) == (1, 2, 2)
    assert count(parcel, "duplicate_id") == 0


def test_different_mails_of_one_message_id_are_told(reading: Reading) -> None:
    parcel = reading(mail("1"), mail("1", by="eve@example.org"))
    assert (len(rows(parcel)), count(parcel, "duplicate_id")) == (1, 1)
