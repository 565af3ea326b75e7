"""What our own people answered, on the site: its page has no rows, and programs may not choose."""

import pytest
from django.test import Client

KEYS = ("agent_satisfaction", "agent_nps")


@pytest.mark.parametrize("key", KEYS)
def test_the_page_shows_waves_and_no_rows(client: Client, key: str) -> None:
    page = client.get(f"/metrics/{key}?from=2026-04-01&to=2026-05-01").content.decode()
    for said in ("How it is counted", "Wave", "all units"):
        assert said in page
    for hidden in ('id="rows"', 'name="from"', "hour of the week", "As SQL", "Split by", "r_id"):
        assert hidden not in page


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "said", ["from=2026-01-01", "by=month", "where=unit%3Dfront", "as_of=2026-04-01"]
)
def test_programs_are_told_why_they_may_not_choose(client: Client, key: str, said: str) -> None:
    answer = client.get(f"/api/metrics/{key}?{said}")
    assert answer.status_code == 403
    assert "nobody can be made out" in answer.json()["error"]


@pytest.mark.parametrize("key", KEYS)
def test_programs_get_what_the_page_shows(client: Client, key: str) -> None:
    parts = client.get(f"/api/metrics/{key}").json()["parts"]
    assert parts
    for part in parts:
        assert set(part["by"]) == {"wave", "unit"}
        assert set(part["coverage"]) <= {"people"}
        assert (part["value"] is None) == (part["note"] == "WITHHELD")
