"""A real django-helpdesk: what was done in it is what comes out of it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from live.conftest import import_live
from live.test_request_tracker import rows_of

pytestmark = [pytest.mark.live, pytest.mark.heavy]
SITE = Path(__file__).with_name("helpdesk_site.py")
BEN, EVE = "Ben <ben@customer.test>", "eve@customer.test"
COLUMNS = ("ticket_id", "author_kind", "public")
ACTS: tuple[dict[str, Any], ...] = (
    {"at": "2026-03-02T09:00:00Z", "mail": BEN, "text": "Zażółć"},
    {"at": "2026-03-02T09:30:00Z", "ticket": 1, "by": "ola", "comment": "Which?", "public": True},
    {"at": "2026-03-02T09:40:00Z", "ticket": 1, "by": "jan", "comment": "Hm", "public": False},
    {"at": "2026-03-02T10:00:00Z", "mail": EVE, "text": "Lost parcel"},
    {"at": "2026-03-02T10:30:00Z", "ticket": 1, "mail": BEN, "text": "The blue one"},
    {
        "at": "2026-03-02T11:00:00Z",
        "ticket": 1,
        "by": "jan",
        "comment": "Done",
        "public": True,
        "new_status": 3,
    },
    # Mail reopens what is closed; it leaves what is resolved.
    {"at": "2026-03-02T11:30:00Z", "ticket": 1, "by": "jan", "new_status": 4},
    {"at": "2026-03-02T12:00:00Z", "ticket": 1, "mail": BEN, "text": "Not yet"},
    {"at": "2026-03-02T12:10:00Z", "ticket": 1, "mail": BEN, "text": "Hello?"},
    {"at": "2026-03-02T13:00:00Z", "ticket": 1, "by": "jan", "new_status": 4},
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk in which all acts were done."""
    if find_spec("helpdesk") is None:
        pytest.skip("django-helpdesk is not installed: run `make setup`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, str(SITE), str(tmp_path_factory.mktemp("helpdesk")), str(port)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for act in ACTS:
            process.stdin.write(json.dumps(act) + "\n")
        process.stdin.write("serve\n")
        process.stdin.flush()
        told = [process.stdout.readline().strip() for _act in (*ACTS, "serve")]
        assert told == ["1", "1", "1", "2", *["1"] * 6, "serving"]
        yield f"http://127.0.0.1:{port}/desk/"
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The account of a member of staff, in the environment."""
    monkeypatch.setenv("REGARD_DJANGO_HELPDESK_USER", "ola")
    monkeypatch.setenv("REGARD_DJANGO_HELPDESK_PASSWORD", "pass-word")
    return monkeypatch


@pytest.mark.usefixtures("account")
def test_every_ticket_is_told_as_it_happened(desk: str, tmp_path: Path) -> None:
    import_live("django-helpdesk", tmp_path / "space", desk, "--source", "desk")
    rows = rows_of(tmp_path / "space")
    words = {row["message_id"]: row["text"] for row in rows["message_text"]}
    said = [
        (
            f"{m['sent_at']:%H:%M}",
            m["ticket_id"],
            m["author_kind"],
            m["public"],
            words[m["message_id"]],
        )
        for m in sorted(rows["message"], key=lambda row: row["ordinal"])
    ]
    assert said == [
        ("09:00", "1", "customer", True, "Zażółć"),
        ("09:30", "1", "agent", True, "Which?"),
        ("09:40", "1", "agent", False, "Hm"),
        ("10:00", "2", "customer", True, "Lost parcel"),
        ("10:30", "1", "customer", True, "The blue one"),
        ("11:00", "1", "agent", True, "Done"),
        ("12:00", "1", "customer", True, "Not yet"),
        ("12:10", "1", "customer", True, "Hello?"),
    ]
    changes = sorted(rows["ticket_change"], key=lambda row: row["ordinal"])
    assert [(f"{c['at']:%H:%M}", c["value"], c["actor_kind"]) for c in changes] == [
        ("11:00", "solved", "agent"),
        ("11:30", "closed", "agent"),
        ("12:00", "open", "customer"),
        ("13:00", "closed", "agent"),
    ]
    assert {row["address"] for row in rows["customer_identity"]} == {
        "ben@customer.test",
        "eve@customer.test",
    }
    # Reading all of it again changes nothing.
    again = import_live("django-helpdesk", tmp_path / "space", desk, "--source", "desk")
    assert "Import 1" in again
    assert rows_of(tmp_path / "space") == rows


def test_a_wrong_password_and_a_wrong_place_are_told(
    desk: str, account: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = import_live("django-helpdesk", tmp_path / "a", desk.removesuffix("desk/"), fails=True)
    assert "answered 404" in told
    account.setenv("REGARD_DJANGO_HELPDESK_PASSWORD", "wrong-word")
    told = import_live("django-helpdesk", tmp_path / "b", desk, fails=True)
    assert "answered 401" in told or "answered 403" in told
    assert "wrong-word" not in told
