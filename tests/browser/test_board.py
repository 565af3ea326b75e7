"""The board in a browser: narrow and wide, from either side, without a word from the console."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

VIEWS = [
    pytest.param("en", 390, "light", id="English on a telephone"),
    pytest.param("en", 1280, "dark", id="English on a wide screen, dark"),
    pytest.param("ar", 390, "dark", id="Arabic on a telephone, dark"),
    pytest.param("ar", 1280, "light", id="Arabic on a wide screen"),
]
ADDRESSES = [
    "/",
    "/metrics",
    "/metrics/time_to_resolve?by=team",
    "/metrics/service_level",
    "/metrics/one_touch_share/explain?from=2026-02-01&to=2026-05-01",
]


@dataclass
class Seen:
    """A page and what the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser, width: int, *, scheme: str = "light", scripts: bool = True
) -> Iterator[Seen]:
    view = ViewportSize(width=width, height=900)
    context = browser.new_context(
        viewport=view,
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
    )
    seen = Seen(context.new_page())
    seen.page.on("console", lambda said: seen.complaints.append(said.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.set_default_timeout(60_000)
    yield seen
    context.close()


def overflow(page: Page) -> int:
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wide))


@pytest.mark.parametrize(("language", "width", "scheme"), VIEWS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_overflows_and_nothing_is_refused(
    site: str, chromium: Browser, language: str, width: int, scheme: str, address: str
) -> None:
    with opened(chromium, width, scheme=scheme) as seen:
        joint = "&" if "?" in address else "?"
        response = seen.page.goto(f"{site}{address}{joint}lang={language}")
        seen.page.wait_for_load_state("networkidle")
        assert response is not None
        assert response.status == 200
        assert overflow(seen.page) <= 0
        # A violation of the content security policy is an error in the console.
        assert seen.complaints == []


def test_a_tile_leads_to_the_rows_behind_it(site: str, chromium: Browser) -> None:
    with opened(chromium, 1280) as seen:
        seen.page.goto(f"{site}/?lang=en")
        seen.page.locator("#tickets_new").click(position={"x": 100, "y": 100})
        seen.page.wait_for_url("**/metrics/tickets_new?**")
        assert seen.page.locator("#rows tbody tr").count() > 0
        shown = seen.page.locator(".value").inner_text().replace(",", "")
        counted = seen.page.locator("#rows .choices [aria-current] .count").inner_text()
        assert shown == counted.replace(",", "")


def test_charts_answer_the_pointer_where_scripts_run(site: str, chromium: Browser) -> None:
    with opened(chromium, 1280) as seen:
        seen.page.goto(f"{site}/metrics/tickets_new?lang=en")
        live = seen.page.locator("#course .live svg")
        live.wait_for()
        assert live.get_attribute("role") == "img"
        assert seen.page.locator("#course .wide").is_hidden()
        live.locator("path[aria-roledescription='point']").first.hover()
        seen.page.locator("#vg-tooltip-element.visible").wait_for()
        assert seen.complaints == []


def test_every_page_works_without_scripts(site: str, chromium: Browser) -> None:
    with opened(chromium, 390, scripts=False) as seen:
        seen.page.goto(f"{site}/metrics/tickets_new?lang=en&by=team")
        assert seen.page.locator("#course .narrow svg").is_visible()
        assert seen.page.locator("#course .wide svg").is_hidden()
        assert seen.page.locator("#split tbody tr").count() > 1


def test_the_keyboard_shows_where_it_is(site: str, chromium: Browser) -> None:
    with opened(chromium, 1280) as seen:
        seen.page.goto(f"{site}/?lang=en")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.className") == "skip"
        for _ in range(30):
            seen.page.keyboard.press("Tab")
            width = seen.page.evaluate(
                "(() => { const one = document.activeElement;"
                "const own = parseFloat(getComputedStyle(one).outlineWidth);"
                "const cover = parseFloat(getComputedStyle(one, '::after').outlineWidth);"
                "return Math.max(own || 0, cover || 0) })()"
            )
            assert width >= 2


def test_time_runs_from_the_right_in_arabic(site: str, chromium: Browser) -> None:
    def heading(language: str) -> float:
        with opened(chromium, 1280) as seen:
            seen.page.goto(f"{site}/?lang={language}")
            box = seen.page.locator("h1").bounding_box()
            assert box is not None
            return box["x"]

    assert heading("ar") > heading("en") + 400
