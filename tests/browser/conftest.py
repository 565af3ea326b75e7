"""Chromium on the site of a small company, served on the loopback."""

import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright

from regard.web.serving import CHARTS_FILE, STATIC, write_charts
from web.workspaces import make_demo

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site."""
    folder = make_demo(tmp_path_factory.mktemp("demo") / "acme")
    write_charts(folder / STATIC / CHARTS_FILE)
    dirs = [*settings.STATICFILES_DIRS, folder / STATIC]
    # Django's own way to change settings: whoever has kept the old static folders forgets them.
    with override_settings(WORKSPACE=folder, STATICFILES_DIRS=dirs):
        server = make_server("127.0.0.1", 0, WSGIHandler(), WSGIServer, _Silent)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without a screen; gone with its module, for Django refuses a database beside it."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
