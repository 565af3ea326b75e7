"""Folders of a real mail server are read, first whole and then what is new."""

from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from letters import OURS, mail, minute, rows
from regard.cli import main
from regard.core.errors import BadValue, RegardError, UnknownName
from regard.core.settings import Settings
from regard.ingest.parcel import Parcel
from regard.ingest.source import Account, sources
from regard.ingest.sources.imap import encode_folder, pull, read_address
from regard.store.store import open_store
from regard.store.workspace import init_workspace

from .conftest import PASSWORD, Server, free_port

users = count()


@pytest.fixture
def user() -> str:
    """A user whom nobody had before."""
    return f"desk{next(users)}"


def read(
    url: str, since: datetime | None = None, password: str = PASSWORD, ours: tuple[str, ...] = OURS
) -> Parcel:
    """The parcel of a mailbox."""
    account = Account(url, {"password": password}, since, "desk", {"ours": ours})
    (parcel,) = pull(account)
    return parcel


def test_a_folder_is_read_with_the_words_and_marks_nothing_as_seen(
    server: Server, user: str
) -> None:
    server.append(user, mail("1", text="Where is it?\n\nBob"))
    server.append(user, mail("2", "ann@acme.com", "bob@example.org", refs="1", at=minute(9)))
    server.append(
        user, "From: bob@example.org\nTo: support@acme.com\nMessage-ID: <3@mail.test>\n\n"
    )
    parcel = read(server.url(user))
    assert (parcel.read, parcel.kept, parcel.source) == (3, 3, "desk")
    told = rows(parcel)
    assert told["1"]["ticket_id"] == told["2"]["ticket_id"]
    assert rows(parcel, "message_text")["1"]["text"] == "Where is it?\n\nBob"
    # It says no date: the server knows when it came.
    assert told["3"]["sent_at"] == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert b"Seen" not in server.flags(user)


def test_more_mails_than_are_read_at_once_all_come(server: Server, user: str) -> None:
    server.append(user, *(mail(f"{n}", text="x" * n) for n in range(120)))
    assert set(rows(read(server.url(user)))) == {f"{n}" for n in range(120)}


def test_only_mails_since_the_last_known_one_and_some_days_before_are_read(
    server: Server, user: str
) -> None:
    for day, name in (("01-Jan-2026", "old"), ("25-Feb-2026", "late"), ("03-Mar-2026", "new")):
        server.append(user, mail(name), day=day)
    since = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert set(rows(read(server.url(user), since))) == {"late", "new"}


def test_several_folders_are_one_account(server: Server, user: str) -> None:
    server.append(user, mail("1"))
    sent = mail("2", "ann@acme.com", "bob@example.org", refs="1")
    server.append(user, sent, folder=encode_folder("Gesendet & ähnlich"))
    parcel = read(server.url(user, "INBOX,Gesendet%20%26%20%C3%A4hnlich"))
    assert set(rows(parcel)) == {"1", "2"}
    assert parcel.rows["ticket"].num_rows == 1


def test_a_folder_that_is_not_there_is_named_with_a_hint(server: Server, user: str) -> None:
    server.append(user, mail("1"), folder=encode_folder("Résumés"))
    with pytest.raises(UnknownName, match="Did you mean 'Résumés'"):
        read(server.url(user, "R%C3%A9sum%C3%A9"))


def test_a_wrong_password_says_what_to_check(tmp_path: Path, server: Server, user: str) -> None:
    with pytest.raises(RegardError, match="REGARD_IMAP_PASSWORD"):
        read(server.url(user), password="wrong")


def test_a_server_that_is_not_there_says_so(user: str) -> None:
    with pytest.raises(RegardError, match="does not answer"):
        read(f"imap://{user}@127.0.0.1:{free_port()}/INBOX")


def test_a_certificate_counts_only_if_this_machine_trusts_it(
    server: Server, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.append(user, mail("1"))
    url = f"imaps://{user}@127.0.0.1:{server.secure_port}"
    with pytest.raises(RegardError, match="cannot be trusted"):
        read(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert set(rows(read(url))) == {"1"}


@pytest.mark.parametrize(
    "url",
    ["https://ann@acme.com", "imaps://acme.com/INBOX", "imaps://", "imaps://ann@acme.com:x/INBOX"],
)
def test_an_address_that_means_no_mailbox_is_refused(url: str) -> None:
    with pytest.raises(BadValue, match="imaps://ann%40acme"):
        read_address(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(RegardError) as told:
        read_address("imaps://ann:hunter2@acme.com/INBOX")
    assert "hunter2" not in str(told.value)
    assert "REGARD_IMAP_PASSWORD" in str(told.value)


def test_an_address_says_user_port_and_folders() -> None:
    box = read_address("imaps://ann%40acme.com@mail.acme.com/INBOX,Sent%2Cold")
    assert (box.user, box.host, box.port) == ("ann@acme.com", "mail.acme.com", 993)
    assert box.folders == ("INBOX", "Sent,old")
    assert read_address("imap://ann@localhost:1143").folders == ("INBOX",)


def test_who_is_ours_must_be_said_here_too(server: Server, user: str) -> None:
    server.append(user, mail("1"))
    with pytest.raises(RegardError, match="--ours support@acme"):
        read(server.url(user), ours=())


def run(*words: object) -> int:
    """The exit code of a command line."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return int(ended.value.code or 0)


def test_the_command_reads_what_is_new_into_the_same_tickets(
    server: Server, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init_workspace(tmp_path / "desk", Settings())
    desk = tmp_path / "desk"
    words = ("import", "imap", "--url", server.url(user), "--workspace", desk, "--no-build")
    said = (*words, "--ours", "support@acme.com", "--ours", "ann@acme.com")
    server.append(user, mail("1"))
    monkeypatch.delenv("REGARD_IMAP_PASSWORD", raising=False)
    assert run(*said) == 2
    monkeypatch.setenv("REGARD_IMAP_PASSWORD", PASSWORD)
    assert run(*words) == 2
    assert run(*said) == 0
    version = open_store(desk).head().version
    assert run(*said) == 0
    assert open_store(desk).head().version == version
    # The reply names a mail that is too old to be read again.
    answer = mail("2", "ann@acme.com", "bob@example.org", refs="1", at="Wed, 3 Jun 2026 9:00 +0000")
    server.append(user, answer, day="03-Jun-2026")
    server.append(user, mail("3", refs="1 2", at="Fri, 3 Jul 2026 9:00 +0000"), day="03-Jul-2026")
    assert run(*said) == 0
    server.append(user, mail("4", refs="2", at="Sat, 4 Jul 2026 9:00 +0000"), day="04-Jul-2026")
    assert run(*said) == 0
    assert run(*said, "--again") == 0
    with open_store(desk).snapshot() as snapshot:
        tickets = snapshot.table("ticket").to_pyarrow().to_pylist()
        messages = snapshot.table("message").to_pyarrow().to_pylist()
    assert len(tickets) == 1
    assert {row["ticket_id"] for row in messages} == {tickets[0]["ticket_id"]}
    assert len(messages) == 4


def test_imap_reads_no_files_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init_workspace(tmp_path / "desk", Settings())
    words = ("import", "imap", tmp_path / "box.mbox", "--workspace", tmp_path / "desk")
    assert run(*words) == 2
    assert "imap reads a running system, no files: give --url" in capsys.readouterr().err
    assert sources()["imap"].parse is None
