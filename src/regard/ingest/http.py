"""Asking a running system: one client that waits, tries again, stays at its host and says why not.

No text of an error carries a secret: errors name the host and the path, never a header or what
follows the question mark.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import stamina
import stamina.instrumentation

from regard import __version__
from regard.core.errors import BadValue, RegardError

USER_AGENT = f"regard/{__version__}"
TIMEOUT = httpx.Timeout(60, connect=10)
"""Seconds until a silent system is given up."""
LARGEST = 256 << 20
"""The largest answer that is read, in bytes."""
REDIRECTS = 5
LONGEST_WAIT = 120.0
"""The longest that `Retry-After` is obeyed, in seconds."""
BUSY = frozenset([429, 500, 502, 503, 504])
"""Statuses after which it is worth asking again."""
WHY: Mapping[int, str] = {
    401: "does not accept the name, password or token. Check them in the environment.",
    403: "does not let this account read that. Give it the right, or take another account.",
    404: "has nothing there. Check --url, and that the system's programming interface is on.",
    429: "is asked too often, and stays busy. Try again later.",
}
HOST = re.compile(r"[\w.:-]+")
LOOPBACK = frozenset(["localhost", "127.0.0.1", "::1"])

# Waiting is no news: what fails in the end is said by the error.
stamina.instrumentation.set_on_retry_hooks([])


class Unanswered(RegardError):
    """A running system that did not give what it was asked for; nothing was changed.

    status: what it answered, as in 404; None where it did not answer.
    """

    def __init__(self, where: str, why: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(f"{where} {why} Nothing was changed.")


class _AgainError(Exception):
    """An answer after which to ask again. wait: seconds that the system wants."""

    def __init__(self, status: int, wait: float | None) -> None:
        self.status, self.wait = status, wait
        super().__init__(str(status))


@dataclass
class Client:
    """Asks one system. asked: how many answers were read so far."""

    http: httpx.Client
    base: httpx.URL
    attempts: int = 6
    first_wait: float = 0.5
    asked: int = field(default=0)

    def get(self, path: str, **query: str | int) -> Any:
        """What the system says at a path below its address, or at a whole URL of it, as JSON.

        Raises Unanswered where it says nothing that can be used.
        """
        url = self._url(path)
        where = f"{self.base.netloc.decode('ascii')}{url.path}"
        try:
            for attempt in stamina.retry_context(
                on=_wait_of,
                attempts=self.attempts,
                timeout=None,
                wait_initial=self.first_wait,
                wait_max=60,
                wait_jitter=self.first_wait,
            ):
                with attempt:
                    answer = self._ask(url, query, where)
        except _AgainError as again:
            raise _failed(where, again.status) from None
        except httpx.TimeoutException:
            raise Unanswered(where, "did not answer in time. Try again later.") from None
        except httpx.TransportError as error:
            why = f"cannot be reached ({type(error).__name__}). Check --url and the network."
            raise Unanswered(where, why) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Unanswered(where, "answered with something that is no web page.") from None
        self.asked += 1
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            why = "answered with something that is not JSON. Check --url."
            raise Unanswered(where, why) from None

    def pages(
        self, path: str, follow: Callable[[Any], str | None], **query: str | int
    ) -> Iterator[Any]:
        """Page after page, each as JSON. follow: the next page's path or URL; None: the last."""
        page = self.get(path, **query)
        seen = {path}
        while True:
            yield page
            following = follow(page)
            if following is None or following in seen:
                return
            seen.add(following)
            page = self.get(following)

    def _url(self, path: str) -> httpx.URL:
        try:
            url = httpx.URL(path)
            if not url.is_absolute_url:
                url = httpx.URL(str(self.base).rstrip("/") + "/" + path.lstrip("/"))
        except httpx.InvalidURL:
            raise Unanswered(str(self.base.host), "named an address that is none.") from None
        if not _same_place(self.base, url):
            raise Unanswered(str(self.base.host), _elsewhere(url))
        return url

    def _ask(self, url: httpx.URL, query: Mapping[str, str | int], where: str) -> bytes:
        wanted = url.copy_merge_params(query) if query else url
        for _hop in range(REDIRECTS):
            with self.http.stream("GET", wanted) as answer:
                if answer.has_redirect_location:
                    wanted = wanted.join(answer.headers["location"])
                    if not _same_place(self.base, wanted):
                        raise Unanswered(where, _elsewhere(wanted))
                    continue
                if answer.status_code in BUSY:
                    raise _AgainError(answer.status_code, _asked_wait(answer))
                if not answer.is_success:
                    raise _failed(where, answer.status_code)
                return _body(answer, where)
        raise Unanswered(where, f"sends on more than {REDIRECTS} times. Check --url.")


@contextmanager
def open_client(
    url: str,
    headers: Mapping[str, str] | None = None,
    name: str = "",
    password: str = "",
    first_wait: float = 0.5,
) -> Iterator[Client]:
    """A client for the system at a URL; with a name, one that logs in by name and password.

    first_wait: seconds before the second attempt; each further wait is twice as long.
    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL("")
    if base.scheme not in ("http", "https") or not HOST.fullmatch(base.host):
        raise BadValue("--url", url, "an address such as https://support.example.com")
    if base.userinfo:
        shown = str(base.copy_with(userinfo=b"", query=None))
        raise BadValue("--url", shown, "without a name and password; they come by the environment")
    with httpx.Client(
        headers={"User-Agent": USER_AGENT, "Accept": "application/json", **(headers or {})},
        auth=(name, password) if name else None,
        timeout=TIMEOUT,
        # A proxy of the environment is not for this machine itself.
        trust_env=base.host not in LOOPBACK,
    ) as http:
        yield Client(http, base.copy_with(query=None, fragment=None), first_wait=first_wait)


def _wait_of(error: Exception) -> bool | float:
    if isinstance(error, _AgainError):
        return True if error.wait is None else error.wait
    return isinstance(error, httpx.TransportError) and not isinstance(
        error, httpx.UnsupportedProtocol
    )


def _asked_wait(answer: httpx.Response) -> float | None:
    """Seconds of `Retry-After`, a number or an instant; None where it says nothing usable."""
    said = answer.headers.get("retry-after", "")
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(said).timestamp() - datetime.now(UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT)


def _body(answer: httpx.Response, where: str) -> bytes:
    held = bytearray()
    for chunk in answer.iter_bytes():
        held += chunk
        if len(held) > LARGEST:
            raise Unanswered(where, f"answered with more than {LARGEST >> 20} MiB. Check --url.")
    return bytes(held)


def _failed(where: str, status: int) -> Unanswered:
    why = WHY.get(status, "cannot do that now. Try again later, or ask who runs it.")
    return Unanswered(where, f"answered {status}: it {why}", status)


def _same_place(base: httpx.URL, url: httpx.URL) -> bool:
    """Whether a URL is of the same system: secrets go nowhere else, nor out of encryption."""
    if url.scheme not in ("http", "https") or url.host != base.host:
        return False
    if base.scheme == "http" and url.scheme == "https":
        return True
    return (url.scheme, url.port) == (base.scheme, base.port)


def _elsewhere(url: httpx.URL) -> str:
    return f"sends on to {url.scheme}://{url.host}, which is not followed. Name that by --url."
