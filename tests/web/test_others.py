"""How other products count a metric, on its page and for programs."""

import re

import pytest
from django.test import Client

from regard.metrics.vendor import ways_of

PAGE = "/metrics/first_response_time?from=2026-03-01&to=2026-04-01"


def text_of(client: Client, address: str) -> str:
    """The page at an address."""
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_metrics_page_links_to_every_product_that_counts_it(client: Client) -> None:
    page = text_of(client, PAGE)
    for one in ways_of("first_response_time"):
        link = f"{PAGE}&as={one.vendor.key}#others".replace("&", "&amp;")
        assert f'href="{link}"' in page
    assert "Counted by" not in page


def test_a_metric_that_no_other_counts_has_no_such_section(client: Client) -> None:
    assert "How others count it" not in text_of(client, "/metrics/tickets_new")


def test_both_values_stand_on_the_page(client: Client) -> None:
    page = text_of(client, f"{PAGE}&as=zendesk")
    assert re.search(r'as=zendesk#others" aria-current="true"', page)
    assert "Zendesk counts from the ticket&#x27;s creation" in page
    for who in ("Regard", "Zendesk"):
        assert f'<th scope="row"><bdi>{who}</bdi></th>' in page
    assert "counted by both." in page


def test_the_comparison_is_served_in_arabic(client: Client) -> None:
    page = text_of(client, f"{PAGE}&as=zendesk&lang=ar")
    assert "<bdi>Zendesk</bdi>" in page
    assert 'dir="rtl"' in page


def test_programs_get_the_comparison_too(client: Client) -> None:
    said = client.get(f"/api{PAGE}&as=zendesk").json()
    assert said["as"] == "zendesk"
    assert said["ours"] == client.get(f"/api{PAGE}").json()


@pytest.mark.parametrize("address", [f"{PAGE}&as=zendex", f"/api{PAGE}&as=zendex"])
def test_an_unknown_product_is_told_with_a_hint(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "zendesk" in response.content.decode()
