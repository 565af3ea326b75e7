"""The page of the hours of a week, and the same for programs."""

import re
from typing import Any

import pytest
from django.test import Client

from regard.core.i18n import languages

PAGE = "/metrics/first_response_time/hours"


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("language", languages())
def test_the_page_is_served_in_every_language(client: Client, language: str) -> None:
    response = client.get(f"{PAGE}?lang={language}")
    assert response.status_code == 200
    page = text_of(response)
    for name in ("response", "arrivals", "people"):
        assert f'<section class="section" id="{name}">' in page
    # Each map in two widths, drawn already.
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') == 6


def test_each_map_is_a_table_too(client: Client) -> None:
    page = text_of(client.get(PAGE))
    tables = re.findall(r"<details><summary>As a table</summary>.*?</details>", page, re.DOTALL)
    assert len(tables) == 3
    for table in tables:
        assert re.findall(r'<th scope="col">(\w+)</th>', table) == [
            "Hour",
            *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        ]
        assert table.count('<th scope="row"') == 24
        assert table.count("<td>") == 168


def test_the_page_says_by_what_rule_it_judges(client: Client) -> None:
    page = text_of(client.get(PAGE))
    assert "at least 20 cases" in page
    assert "Benjamini and Hochberg" in page


def test_nothing_on_the_page_needs_a_style_or_a_script_of_its_own(client: Client) -> None:
    page = text_of(client.get(PAGE))
    assert "<style" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in one or "application/json" in one for one in scripts)


def test_days_and_filters_are_kept(client: Client) -> None:
    page = text_of(client.get(f"{PAGE}?from=2026-02-01&to=2026-05-01&where=channel%3Demail"))
    assert "channel = email" in page
    assert "/metrics/first_response_time?from=2026-02-01&amp;to=2026-05-01&amp;where=" in page
    assert "/metrics/first_response_time_open/hours?from=2026-02-01" in page


def test_the_metrics_page_leads_there_where_there_are_hours(client: Client) -> None:
    address = "from=2026-02-01&amp;to=2026-05-01"
    page = text_of(client.get("/metrics/first_response_time?from=2026-02-01&to=2026-05-01"))
    assert f'href="{PAGE}?{address}"' in page
    assert "/hours" not in text_of(client.get("/metrics/tickets_new"))


def test_programs_get_the_same_week(client: Client) -> None:
    told = client.get(f"/api{PAGE}?from=2026-02-01&to=2026-05-01").json()
    assert len(told["hours"]) == 168
    assert (len(told["clock"]), len(told["days"])) == (24, 7)
    assert told["people_from"] == "people_on_duty"
    assert told["against"] == {"from": "2025-05-02", "to": "2026-05-01"}
    messages = client.get("/api/metrics/messages_in?from=2026-02-01&to=2026-05-01").json()
    total = sum(hour["arrivals"]["value"] for hour in told["hours"])
    assert total == messages["parts"][0]["value"] > 0


def test_the_split_has_its_address_for_programs(client: Client) -> None:
    told = client.get("/api/metrics/first_response_time?by=weekday,hour").json()
    assert [part["by"] for part in told["parts"]][:2] == [
        {"weekday": 1, "hour": 0},
        {"weekday": 1, "hour": 1},
    ]
    assert len(told["parts"]) == 168


def test_metrics_without_hours_say_so(client: Client) -> None:
    response = client.get("/metrics/tickets_new/hours")
    assert response.status_code == 400
    assert "a time or a share" in text_of(response)
    assert client.get("/metrics/nothing/hours").status_code == 404


def test_before_anything_has_come_the_page_says_what_to_do(empty_client: Client) -> None:
    assert empty_client.get(PAGE).status_code == 503
