"""The page that says why a metric changed, and the same for programs."""

import re
from typing import Any

import pytest
from django.test import Client

from regard.core.i18n import languages

DAYS = "from=2026-02-01&to=2026-05-01"
PAGE = "/metrics/first_response_time/explain"


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("language", languages())
def test_the_page_is_served_in_every_language(client: Client, language: str) -> None:
    response = client.get(f"{PAGE}?{DAYS}&lang={language}")
    assert response.status_code == 200
    page = text_of(response)
    for name in ("says", "mix", "segments", "ledger", "definitions"):
        assert f'<section class="section" id="{name}">' in page
    assert "<script" not in page
    assert "style=" not in page


def test_other_definitions_are_measured_when_asked_for(client: Client) -> None:
    page = text_of(client.get(f"{PAGE}?{DAYS}&lang=en"))
    assert "as=all#definitions" in page
    assert "Counted by" not in page
    more = text_of(client.get(f"/metrics/one_touch_share/explain?{DAYS}&as=all&lang=en"))
    assert "Counted by" in more


def test_days_filters_and_the_other_stretch_are_kept(client: Client) -> None:
    page = text_of(client.get(f"{PAGE}?{DAYS}&where=channel%3Demail&against=year&lang=en"))
    assert "channel = email" in page
    assert "/metrics/first_response_time?from=2026-02-01&amp;to=2026-05-01&amp;where=" in page
    chosen = re.findall(r'<a href="([^"]+)" aria-current="true">the same days a year ago', page)
    assert len(chosen) == 1
    assert "against=year" in chosen[0]


def test_without_days_it_is_about_the_last_full_month(client: Client) -> None:
    page = text_of(client.get(f"{PAGE}?lang=en"))
    assert '<p class="stretch">May 2026</p>' in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_metrics_page_leads_there_where_there_is_something_to_explain(client: Client) -> None:
    path = "/metrics/one_touch_share"
    page = text_of(client.get(f"{path}?{DAYS}"))
    assert f'href="{path}/explain?from=2026-02-01&amp;to=2026-05-01"' in page
    assert "/explain" not in text_of(client.get("/metrics/backlog_age"))


def test_programs_get_the_same(client: Client) -> None:
    told = client.get(f"/api/metrics/one_touch_share/explain?{DAYS}").json()
    assert told["metric"] == "one_touch_share"
    assert told["ledgers"][1]["every"] > 0
    assert told["definitions"][0]["product"] == ""


def test_what_has_several_values_says_so(client: Client) -> None:
    response = client.get(f"/metrics/backlog_age/explain?{DAYS}")
    assert response.status_code == 400
    assert "single value" in text_of(response)
    assert client.get("/metrics/nothing/explain").status_code == 404


def test_before_anything_has_come_the_page_says_what_to_do(empty_client: Client) -> None:
    assert empty_client.get(PAGE).status_code == 503
