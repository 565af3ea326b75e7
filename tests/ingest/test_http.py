"""Asking a running system: again where that helps, nowhere else, and no secret in any error."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from regard.core.errors import BadValue
from regard.ingest.http import USER_AGENT, Client, Unanswered, open_client

SECRET = "s3cret-of-the-desk"
Says = tuple[int, dict[str, str], bytes]


class Desk(ThreadingHTTPServer):
    """A system on loopback that answers by its list and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.says: list[Says] = []
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Clerk(BaseHTTPRequestHandler):
    """Gives the next answer of its desk, the last one again and again."""

    server: Desk

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        says = self.server.says
        status, headers, body = says.pop(0) if len(says) > 1 else says[0]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: Any) -> None:
        """Silent."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


@pytest.fixture
def client(desk: Desk) -> Iterator[Client]:
    with open_client(desk.url, {"Authorization": f"token {SECRET}"}, first_wait=0.01) as opened:
        yield opened


def ok(body: Any = None) -> Says:
    return 200, {}, json.dumps({} if body is None else body).encode()


def test_an_answer_is_read_with_question_and_name(desk: Desk, client: Client) -> None:
    desk.says = [ok({"a": 1})]
    assert client.get("/x", q="ł &", page=2) == {"a": 1}
    path, headers = desk.asked[0]
    assert path == "/x?q=%C5%82%20%26&page=2" or path == "/x?q=%C5%82+%26&page=2"
    assert (headers["User-Agent"], headers["Authorization"]) == (USER_AGENT, f"token {SECRET}")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_system_is_asked_again(desk: Desk, client: Client, status: int) -> None:
    desk.says = [(status, {"Retry-After": "0"}, b""), (status, {}, b""), ok([1])]
    assert client.get("/x") == [1]
    assert (len(desk.asked), client.asked) == (3, 1)


def test_a_system_that_stays_busy_is_given_up(desk: Desk, client: Client) -> None:
    desk.says = [(503, {}, b"")]
    with pytest.raises(Unanswered, match=r"answered 503: .*Try again later"):
        client.get("/x")
    assert len(desk.asked) == client.attempts


@pytest.mark.parametrize(
    ("status", "says"), [(401, "token"), (403, "right"), (404, "--url"), (418, "ask who runs it")]
)
def test_a_refusal_is_told_once_and_without_secrets(
    desk: Desk, client: Client, status: int, says: str
) -> None:
    desk.says = [(status, {}, SECRET.encode())]
    with pytest.raises(Unanswered, match=says) as told:
        client.get("/x", token=SECRET)
    assert told.value.status == status
    assert str(told.value).startswith(f"{desk.url[7:]}/x answered {status}")
    assert SECRET not in str(told.value)
    assert told.value.__cause__ is None
    assert len(desk.asked) == 1


def test_a_connection_that_breaks_is_told(desk: Desk, client: Client) -> None:
    url = desk.url.replace(str(desk.server_port), "1")
    with (
        open_client(url, first_wait=0.01) as nobody,
        pytest.raises(Unanswered, match=r"cannot be reached \(ConnectError\)"),
    ):
        nobody.get("/x", token=SECRET)


def test_an_answer_that_ends_too_early_is_asked_for_again(desk: Desk, client: Client) -> None:
    desk.says = [(200, {"Content-Length": "100"}, b"{"), ok([2])]
    assert client.get("/x") == [2]


def test_redirects_stay_at_the_host(desk: Desk, client: Client) -> None:
    desk.says = [(302, {"Location": "/y"}, b""), ok([3])]
    assert client.get("/x") == [3]
    assert desk.asked[1][0] == "/y"
    for place in ("http://other.test/y", f"http://127.0.0.1:{desk.server_port + 1}/", "ftp://x/"):
        desk.says = [(302, {"Location": place}, b"")]
        with pytest.raises(Unanswered, match="sends on to"):
            client.get("/x")


def test_redirects_come_to_an_end(desk: Desk, client: Client) -> None:
    desk.says = [(302, {"Location": "/x"}, b"")]
    with pytest.raises(Unanswered, match="more than 5 times"):
        client.get("/x")


def test_pages_are_followed_and_never_twice(desk: Desk, client: Client) -> None:
    desk.says = [ok({"next": f"{desk.url}/x?page=2"}), ok({"next": f"{desk.url}/x?page=2"})]
    follow: Callable[[Any], str | None] = lambda page: page["next"]  # noqa: E731
    assert len(list(client.pages("/x", follow, page=1))) == 2
    desk.says = [ok({"next": "http://other.test/x"})]
    with pytest.raises(Unanswered, match="not followed"):
        list(client.pages("/x", follow))


@pytest.mark.parametrize("body", [b"<html>", b"", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_told(desk: Desk, client: Client, body: bytes) -> None:
    desk.says = [(200, {}, body)]
    with pytest.raises(Unanswered, match="not JSON"):
        client.get("/x")


@pytest.mark.parametrize(
    "url", ["", "desk", "ftp://desk.test", "http://", "http://[", "http://a b/"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(BadValue, match="--url"), open_client(url):
        pass


def test_an_address_with_a_password_is_refused_without_showing_it() -> None:
    with (
        pytest.raises(BadValue, match="environment") as told,
        open_client(f"http://ola:{SECRET}@desk.test/?token={SECRET}"),
    ):
        pass
    assert SECRET not in str(told.value)
