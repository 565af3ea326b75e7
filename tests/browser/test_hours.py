"""The page of the hours of a week in a browser."""

import pytest
from playwright.sync_api import Browser

from browser.test_board import opened, overflow

pytestmark = pytest.mark.browser

PAGE = "/metrics/first_response_time/hours"


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 390, "dark"), ("en", 1280, "light"), ("ar", 390, "light"), ("ar", 1280, "dark")],
)
def test_a_week_fits_answers_the_pointer_and_is_refused_nothing(
    site: str, chromium: Browser, language: str, width: int, scheme: str
) -> None:
    with opened(chromium, width, scheme=scheme) as seen:
        seen.page.goto(f"{site}{PAGE}?lang={language}")
        live = seen.page.locator("#people-chart .live svg")
        live.wait_for()
        assert overflow(seen.page) <= 0
        cells = live.locator("path[aria-roledescription='rect mark']")
        first = cells.first.bounding_box()
        assert first is not None
        # Wide enough to touch: hours run down where the page is narrow.
        assert first["width"] >= 24
        cells.first.hover()
        seen.page.locator("#vg-tooltip-element.visible").wait_for()
        midnight = live.locator("text", has_text="00").first.bounding_box()
        evening = live.locator("text", has_text="23").first.bounding_box()
        assert midnight is not None
        assert evening is not None
        if width < 600:
            assert midnight["y"] < evening["y"]
        else:
            assert (midnight["x"] < evening["x"]) is (language == "en")
        assert seen.complaints == []


def test_a_week_is_whole_without_scripts(site: str, chromium: Browser) -> None:
    with opened(chromium, 390, scripts=False) as seen:
        seen.page.goto(f"{site}{PAGE}?lang=en")
        assert seen.page.locator("#response-chart .narrow svg").is_visible()
        seen.page.locator("#response summary").click()
        assert seen.page.locator("#response tbody tr").count() == 24
