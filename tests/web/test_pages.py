"""Pages over a small company: the board, a metric's own page, the list, problems."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regard.core.i18n import NAMES, languages
from regard.facts.reader import open_reader
from regard.insight.ask import ask
from regard.metrics.metric import catalogue
from regard.metrics.query import Query

SPEED = "time_to_resolve"
# Made from another metric's declaration, with the same shape.
EACH_KIND = list(
    {(one.fact, type(one.shape), one.unit): key for key, one in catalogue().items()}.values()
)
"""A metric of every fact, shape and unit: what makes one page differ from another."""


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_board_shows_a_tile_for_each_metric_with_data(client: Client) -> None:
    page = text_of(client.get("/"))
    assert "<h1>Service</h1>" in page
    for key in ("tickets_new", "backlog", SPEED, "service_level"):
        assert f'<article class="tile" id="{key}">' in page
    assert "still waiting" in page
    assert "Store version" in page


def test_the_board_begins_with_the_last_full_month_of_the_data(client: Client) -> None:
    page = text_of(client.get("/"))
    chosen = re.search(r'<a href="([^"]+)" aria-current="true">Last full month', page)
    assert chosen
    month = chosen[1].replace("&amp;", "&")
    values = re.compile(r'<p class="value">([^<]+)</p>')
    assert values.findall(text_of(client.get(month))) == values.findall(page) != []


def test_all_data_can_be_asked_for(client: Client) -> None:
    page = text_of(client.get("/?from="))
    assert re.search(r'aria-current="true">All data', page)


def test_the_companys_name_cannot_become_markup(client: Client) -> None:
    assert "Acme &amp; Sons" in text_of(client.get("/metrics"))


@pytest.mark.parametrize("language", languages())
def test_the_board_is_served_in_every_language(client: Client, language: str) -> None:
    page = text_of(client.get(f"/?lang={language}"))
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    for name in NAMES.values():
        assert name in page


def test_the_chosen_language_is_remembered(client: Client) -> None:
    client.get("/metrics?lang=ar")
    assert '<html lang="ar" dir="rtl">' in text_of(client.get("/metrics"))


def test_the_browsers_language_is_taken_when_none_is_chosen(client: Client) -> None:
    page = text_of(client.get("/metrics", headers={"accept-language": "bg,en;q=0.5"}))
    assert '<html lang="bg" dir="ltr">' in page


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    assert '<html lang="en"' in text_of(client.get("/metrics?lang=xx"))


def test_every_metric_is_listed_with_its_sentence(client: Client) -> None:
    page = text_of(client.get("/metrics"))
    for key in catalogue():
        assert f'<a href="/metrics/{key}">' in page


def test_a_metrics_page_says_how_it_is_counted(client: Client) -> None:
    page = text_of(client.get(f"/metrics/{SPEED}"))
    for said in ("How it is counted", "Counted above the line", "Key and version", "As SQL"):
        assert said in page
    assert "SELECT" in page


def test_a_split_shows_its_parts_in_a_chart_and_a_table(client: Client) -> None:
    page = text_of(client.get(f"/metrics/{SPEED}?by=team"))
    assert re.search(r'<th scope="col">Team</th>', page)
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') == 4


def test_the_rows_behind_a_number_add_up_to_what_the_page_says(client: Client) -> None:
    page = text_of(client.get("/metrics/tickets_new?from=2026-03-01&to=2026-04-01"))
    found = re.search(r"(\d+) – (\d+) of (\d+)", page)
    assert found
    value = client.get("/api/metrics/tickets_new?from=2026-03-01&to=2026-04-01").json()
    assert int(found[3]) == value["parts"][0]["value"]


def test_rows_can_be_turned_page_by_page(client: Client) -> None:
    first = text_of(client.get("/metrics/tickets_new"))
    after = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert after
    second = text_of(client.get(after[1].replace("&amp;", "&").partition("#")[0]))
    assert "21 – 40 of" in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize("kind", ["counted", "waiting", "excluded"])
def test_every_kind_of_rows_can_be_seen(client: Client, kind: str) -> None:
    page = client.get(f"/metrics/{SPEED}?rows={kind}")
    assert page.status_code == 200
    assert f"rows={kind}" in text_of(page)


@pytest.mark.heavy
@pytest.mark.parametrize("key", EACH_KIND)
def test_every_kind_of_metric_has_a_page(client: Client, key: str) -> None:
    page = client.get(f"/metrics/{key}?from=2026-04-01&to=2026-05-01")
    assert page.status_code == 200


def test_a_filter_is_shown_and_can_be_removed(client: Client) -> None:
    page = text_of(client.get(f"/metrics/{SPEED}?where=priority=high"))
    assert "priority = high" in page
    assert f'<a href="/metrics/{SPEED}" aria-label="Remove the filter' in page


def test_the_program_gets_the_same_answer_as_ask(client: Client, demo_workspace: Path) -> None:
    said = client.get(f"/api/metrics/{SPEED}?from=2026-03-01&to=2026-05-01&by=month").json()
    query = Query.parse(SPEED, {"from": "2026-03-01", "to": "2026-05-01", "by": "month"})
    known = ask(query, open_reader(demo_workspace)).to_json()
    assert said == json.loads(json.dumps(known))
    assert [part["by"]["month"] for part in said["parts"]] == ["2026-03", "2026-04"]


def test_page_and_program_say_the_same_number(client: Client) -> None:
    days = "from=2026-03-01&to=2026-04-01"
    (part,) = client.get(f"/api/metrics/tickets_new?{days}").json()["parts"]
    page = text_of(client.get(f"/metrics/tickets_new?{days}"))
    assert f'<p class="value">{part["value"]:,}</p>' in page


def test_health_answers_without_data(empty_client: Client) -> None:
    response = empty_client.get("/health")
    assert (response.status_code, text_of(response)) == (200, "ok\n")


def test_an_empty_workspace_says_what_to_do_next(empty_client: Client) -> None:
    response = empty_client.get("/")
    assert response.status_code == 503
    assert "Import something" in text_of(response)


@pytest.mark.parametrize(
    ("address", "status", "hint"),
    [
        ("/metrics/time_to_reslve", 404, "Did you mean &#x27;time_to_resolve&#x27;?"),
        (f"/metrics/{SPEED}?by=taem", 400, "Did you mean &#x27;team&#x27;?"),
        (f"/metrics/{SPEED}?frm=2026-01-01", 400, "Did you mean &#x27;from&#x27;?"),
        (f"/metrics/{SPEED}?from=march", 400, "a day such as 2026-03-01"),
        (f"/metrics/{SPEED}?from=2026-03-02&to=2026-03-01", 400, "after its start"),
        (f"/metrics/{SPEED}?rows=countd", 400, "Did you mean &#x27;counted&#x27;?"),
        (f"/metrics/{SPEED}?page=0", 400, "a whole number from 1"),
        ("/nowhere", 404, "There is no such page."),
        ("/?zone=Europe/Warsav", 400, "Did you mean &#x27;Europe/Warsaw&#x27;?"),
    ],
)
def test_a_wrong_address_gets_a_hint(client: Client, address: str, status: int, hint: str) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert hint in text_of(response)


def test_a_program_gets_its_hint_as_json(client: Client) -> None:
    response = client.get("/api/metrics/time_to_reslve")
    assert response.status_code == 404
    assert response.json()["error"].endswith("Did you mean 'time_to_resolve'?")
    assert client.get(f"/api/metrics/{SPEED}?by=taem").status_code == 400


def test_what_a_reader_writes_is_shown_as_text(client: Client) -> None:
    page = text_of(client.get("/metrics/<script>alert(1)<%2Fscript>"))
    assert "<script>alert" not in page
    by = text_of(client.get(f"/metrics/{SPEED}?by=<script>"))
    assert "<script>" not in by.replace('<script type="module"', "")
