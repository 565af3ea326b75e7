"""Mailbox files of every kind are cut into mails, and their words are read."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from letters import FROM_LINE, OURS, box, count, mail, rows, tickets
from regard.ingest.parcel import Parcel
from regard.ingest.sources.mbox import BODY_LIMIT, parse
from regard.ingest.streams import BadFile

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "mbox" / "support.mbox"
Reading = Callable[..., Parcel]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """The parcel of some mails."""
    return lambda *mails, **more: parse(box(tmp_path, *mails, **more), ours=OURS)


def test_the_sample_box_is_read_as_its_mails_tell_it() -> None:
    parcel = parse(SAMPLE, ours=OURS)
    assert (parcel.read, parcel.kept, len(parcel.rejects)) == (9, 8, 1)
    assert len(tickets(parcel)) == 3
    told = rows(parcel)
    kinds = {
        name: (row["author_kind"], row["public"], row["automatic"]) for name, row in told.items()
    }
    assert kinds == {
        "q1": ("customer", True, False),
        "ack1": ("system", True, True),
        "note1": ("agent", False, False),
        "a1": ("agent", True, False),
        "ooo1": ("customer", True, True),
        "q2": ("customer", True, False),
        "news": ("customer", True, True),
        "bounce": ("system", False, True),
    }
    one = told["q1"]["ticket_id"]
    assert {name for name, row in told.items() if row["ticket_id"] == one} == {
        *("q1", "ack1", "note1", "a1", "ooo1", "bounce")
    }
    demands = {row["ticket_id"]: row["demand"] for row in tickets(parcel)}
    assert demands == {
        one: None,
        told["q2"]["ticket_id"]: None,
        told["news"]["ticket_id"]: "automated",
    }
    words = rows(parcel, "message_text")
    assert words["q1"]["text"] == "Gdzie jest moja paczka?"
    assert words["q1"]["subject"] == "Zamówienie 12"
    assert words["a1"]["text"] == "It is on its way.\n> On Tuesday you wrote:\n> Where?"
    assert (parcel.rejects[0].kind, parcel.rejects[0].line) == ("no_instant", 103)


def test_mails_tell_no_changes_so_that_solves_are_not_known() -> None:
    parcel = parse(SAMPLE, ours=OURS)
    assert "ticket_change" not in parcel.covers
    assert set(parcel.rows) == set(parcel.covers)
    assert {row["status"] for row in tickets(parcel)} == {"new"}


# --- forms of the file --------------------------------------------------------------------------


def test_lines_that_begin_with_from_are_words_in_every_kind_of_mbox(reading: Reading) -> None:
    text = "From here on we wait.\n\n>From the desk of Bob\n>>From far away\n\nFrom you: nothing"
    words = rows(reading(mail("1", text=text), mail("2")), "message_text")
    assert words["1"]["text"] == (
        "From here on we wait.\n\nFrom the desk of Bob\n>From far away\n\nFrom you: nothing"
    )
    assert set(words) == {"1", "2"}


@pytest.mark.parametrize(
    "start",
    [
        "From - Tue Mar 03 10:00:00 2026",
        "From -",
        "From ",
        "From 17@xxx Tue Mar 03 10:00:00 +0000 2026",
        "From bob at example.org  Tue Mar  3 10:00:00 2026",
        "From bob@example.org Tue, 3 Mar 2026 10:00:00 +0000",
    ],
)
def test_mails_start_with_what_each_program_writes(start: str, reading: Reading) -> None:
    assert set(rows(reading(mail("1"), mail("2"), start=start))) == {"1", "2"}


def test_ends_of_lines_and_packing_change_nothing(tmp_path: Path) -> None:
    path = box(tmp_path, mail("1", text="One\n\nTwo"), mail(None))
    dos, packed = tmp_path / "dos" / path.name, tmp_path / "packed" / path.name
    dos.parent.mkdir()
    packed.parent.mkdir()
    dos.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    packed.write_bytes(gzip.compress(path.read_bytes()))
    plain = parse(path, ours=OURS)
    assert plain == parse(dos, ours=OURS) == parse(packed, ours=OURS)


def test_a_box_that_was_cut_keeps_what_is_there(tmp_path: Path) -> None:
    path = box(tmp_path, mail("1"), mail("2", text="It is the last word that counts"))
    path.write_bytes(path.read_bytes()[:-20])
    words = rows(parse(path, ours=OURS), "message_text")
    assert words["2"]["text"] == "It is the las"
    path.write_bytes(path.read_bytes()[:-100] + b"\n" + f"{FROM_LINE}\n{mail('3')}".encode())
    parcel = parse(path, ours=OURS)
    assert {"1", "3"} < set(rows(parcel))
    assert (parcel.kept, count(parcel, "no_message_id")) == (3, 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"ticket,when\nt1,now\n", "it is no mbox"),
        (mail().encode(), "it is no mbox"),
        (b"\x00\xff\x00\xff" * 100, "it is no mbox"),
        (b"\x1f\x8b nothing packed", "damaged"),
    ],
)
def test_what_is_no_mailbox_is_refused(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=why):
        parse(path, ours=OURS)


def test_an_empty_box_is_a_box(tmp_path: Path) -> None:
    assert parse(box(tmp_path), ours=OURS).read == 0


# --- words --------------------------------------------------------------------------------------


def test_words_are_those_of_the_text_part_and_attachments_are_not_read(reading: Reading) -> None:
    parts = (
        'Content-Type: multipart/mixed; boundary="b"\nMIME-Version: 1.0\n\n--b\n'
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nsecret\n--b\n"
        'Content-Type: multipart/alternative; boundary="c"\n\n--c\n'
        "Content-Type: text/html\n\n<p>Rich</p>\n--c\n"
        "Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: base64\n\n"
        "swqzw7M=\n--c--\n--b--\n"
    )
    raw = mail("1").split("\n\n")[0] + "\n" + parts
    assert rows(reading(raw), "message_text")["1"]["text"] == "ł\nłĂł"


def test_html_is_read_as_text_with_quotations_marked(reading: Reading) -> None:
    html = (
        "<html><head><title>x</title><style>p {}</style></head><body><p>One <b>two</b>&nbsp;&lt;3"
        "</p><div>three<br>four</div><blockquote>old<br>older</blockquote><script>x()</script>"
    )
    raw = mail("1", "b@x.org", "support@acme.com", "Content-Type: text/html", text=html)
    text = rows(reading(raw), "message_text")["1"]["text"]
    assert text == "One two <3\nthree\nfour\n> old\n> older"


@pytest.mark.parametrize("charset", ["latin-nonsense", "utf-8", "zlib", "idna", '"', "ascii"])
def test_broken_encodings_and_nuls_lose_no_mail(charset: str, reading: Reading) -> None:
    kind = f"Content-Type: text/plain; charset={charset}"
    raw = mail("1", "b@x.org", "support@acme.com", kind, text="caf\udce9 \0and more")
    parcel = reading(raw)
    assert rows(parcel, "message_text")["1"]["text"] == "café and more"
    assert count(parcel, "broken_text") == 1


def test_headers_of_any_bytes_are_read_as_far_as_they_can_be(reading: Reading) -> None:
    raw = mail(
        "1", "=?utf-8?q?Bj=C3=B6rn?= <b@x.org>", subject="=?no-such?q?a?= \udcff\0 =?utf-8?b?4?="
    )
    told = rows(reading(raw), "message_text")["1"]["subject"]
    assert "\0" not in told
    assert told.startswith("=?no-such?q?a?=")


def test_of_a_huge_mail_only_the_beginning_is_held(reading: Reading) -> None:
    parcel = reading(mail("1", text="Hello.\n" + "x" * (3 * BODY_LIMIT)), mail("2"))
    text = rows(parcel, "message_text")["1"]["text"]
    assert (text[:6], len(text)) == ("Hello.", 20_000)
    assert "2" in rows(parcel)


def test_parts_within_parts_without_end_lose_no_mail(reading: Reading) -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000)
    )
    raw = mail("1").split("\n\n")[0] + "\n" + nested
    assert set(rows(reading(raw))) == {"1"}
