"""The page of what changed, its sections and links, the same for programs, and tiles' verdicts."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from regard.core.i18n import languages
from regard.insight.change import Change
from regard.insight.compare import Comparison
from regard.insight.guard import IMPROVED, PAID, PRICE, Fared, Guarded
from regard.insight.sentence import Sentence
from regard.insight.signal import Signal
from regard.metrics.metric import Counter, metric
from regard.metrics.query import Query
from regard.report.tile import BETTER, NEUTRAL, WORSE, Move, Tile, improved, with_verdict
from regard.stats.difference import mover
from regard.stats.proportion import wilson
from regard.web.judging import JUDGINGS
from regard.web.pages.judged import SectionShown, _filled

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
DAYS = "from=2026-05-01&to=2026-06-01"
BARE = SectionShown("guard", "Title", "Says", "", None, "/judgement/guard", "?as=part")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def guarded(verdict: str, key: str = "handle_time") -> Guarded:
    """A change with one counter-metric that got worse."""
    new, old = wilson(30, 100), wilson(70, 100)
    query = Query(key, MAY, JUNE)
    told = Comparison(query, metric(key), "before", MAY, JUNE, (APRIL, MAY), new, old)
    told = replace(told, gap=mover(new, old), unit="share", word="down")
    counter = Counter("repeat_contact_rate", where=(("channel", "phone"),))
    asked = Query(counter.key, MAY, JUNE, where=counter.where)
    other = replace(told, query=asked, metric=metric(counter.key), word="up", good=False)
    return Guarded(told, (Fared(counter, other, PRICE, 0.1, 0.02),), verdict)


@pytest.mark.parametrize("language", languages())
def test_the_page_comes_at_once_and_each_section_has_a_link(client: Client, language: str) -> None:
    response = client.get(f"/judgement?lang={language}")
    assert response.status_code == 200
    page = text_of(response)
    for name in JUDGINGS:
        assert f'<section class="section judged" id="{name}"' in page
        assert f'href="/judgement/{name}?{DAYS.replace("&", "&amp;")}"' in page
        assert f'href="/api/{name}?{DAYS.replace("&", "&amp;")}"' in page
    assert 'href="/judgement" aria-current="page"' in page
    assert re.findall(r"<h(\d)", page)[0] == "1"


def test_every_page_leads_there(client: Client) -> None:
    assert 'href="/judgement"' in text_of(client.get("/metrics"))


def test_a_month_can_be_chosen(client: Client) -> None:
    page = text_of(client.get("/judgement?from=2026-03-01&to=2026-04-01"))
    assert re.search(r'aria-current="true">Mar\s2026<', page)
    assert len(re.findall(r'<a href="/judgement\?from=[^"]+"(?! lang)', page)) == 6


def test_without_data_the_page_says_so(empty_client: Client) -> None:
    assert empty_client.get("/judgement").status_code in (200, 503)


@pytest.mark.parametrize("address", ["/judgement/nothing", "/api/nothing"])
def test_what_is_no_judgement_is_said_with_those_there_are(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert "There are: changes, guard, warnings." in text_of(response)


def test_a_failure_is_red_and_on_top_with_its_evidence() -> None:
    found = (guarded("same"), guarded(IMPROVED), guarded(PAID))
    section = _filled(BARE, found, "en")
    assert section.alarm
    page = render_to_string("parts/judged.html", {"section": section})
    assert page.index('class="banner alarm"') < page.index('class="judgement') < page.index("<ul")
    assert page.count("alarm") == 2
    days = DAYS.replace("&", "&amp;")
    assert f'href="/metrics/handle_time?{days}#rows"' in page
    assert f'href="/metrics/repeat_contact_rate/explain?{days}&amp;where=channel%3Dphone"' in page
    assert page.count("<details>") == 2
    # What did not move is folded away, below everything that did.
    assert (
        page.index("nothing that guards it got worse")
        < page.index('<details class="still">')
        < page.index("no detect")
    )
    assert "Without a detectable change: 1" in page


def test_without_failures_nothing_is_red() -> None:
    section = _filled(BARE, (guarded(IMPROVED),), "en")
    page = render_to_string("parts/judged.html", {"section": section})
    assert "alarm" not in page
    assert "No improvement was paid for." in page


def test_a_signal_is_shown_with_its_rows_and_the_next_question() -> None:
    query = Query("first_response_time", MAY, JUNE, where=(("team", "a&b"),))
    says, why = Sentence("Slow <b>hours</b>."), Sentence("Slower than before.")
    then = replace(query, by=("week",))
    told = Signal("hours", query.metric, MAY, JUNE, says, why, query, then=then, good=False)
    section = _filled(replace(BARE, name="warnings"), (told,), "en")
    page = render_to_string("parts/judged.html", {"section": section})
    assert 'class="judgement tone-worse"' in page
    assert "Slow &lt;b&gt;hours&lt;/b&gt;." in page
    assert "where=team%3Da%26b#rows" in page
    assert "by=week&amp;where=team%3Da%26b#split" in page


def test_silence_is_said() -> None:
    section = _filled(replace(BARE, name="warnings"), (), "en")
    page = render_to_string("parts/judged.html", {"section": section})
    assert "Nothing stands out" in page


def test_programs_may_compare(client: Client) -> None:
    told = client.get("/api/metrics/first_response_time/compare?from=2026-03-01&to=2026-04-01")
    said = told.json()
    assert (said["against"], said["before"]) == ("before", ["2026-02-01", "2026-03-01"])
    assert said["gap"]["value"] == pytest.approx(said["new"]["value"] - said["old"]["value"])
    parts = client.get(
        "/api/metrics/first_response_time/compare?from=2026-03-01&to=2026-04-01&by=team&against=year"
    ).json()
    assert parts["by"] == "team"
    assert {one["part"]["team"] for one in parts["parts"]}


def test_a_figure_from_outside_is_named_with_its_source(client: Client) -> None:
    said = client.get(
        "/api/metrics/csat/compare?from=2026-01-01&to=2026-04-01&against=benchmark"
    ).json()
    assert said["against"] == "benchmark"
    assert said["old"]["low"] == said["old"]["value"] == said["old"]["high"]
    assert said["gap"]["value"] == pytest.approx(said["new"]["value"] - said["old"]["value"])
    assert said["notes"][-1]["filled"]["cited"]
    early = client.get("/api/metrics/csat/compare?from=2015-01-01&to=2015-02-01&against=benchmark")
    assert early.status_code == 503
    assert "No outside figure for csat" in early.json()["error"]


def test_programs_may_ask_for_a_verdict(client: Client) -> None:
    said = client.get("/api/metrics/handle_time/guard?from=2026-03-01&to=2026-04-01").json()
    assert said["metric"] == "handle_time"
    assert {one["metric"] for one in said["counters"]} >= {"repeat_contact_rate"}


def change(word: str, good: bool | None, unit: str = "") -> Change:
    """A change of a tile."""
    return Change(word, 1.0, 0.5, 1.5, None, good, (APRIL, MAY), None, unit)


@pytest.mark.parametrize(
    ("key", "told", "is_one"),
    [
        ("csat", change("up", True), True),
        ("csat", change("down", False), False),
        ("csat", change("no detectable change", None), False),
        ("csat", None, False),
        ("first_response_time", change("up", True, "share"), True),
        # Neither direction is good in itself, but one is taken for success.
        ("handle_time", change("down", None, "seconds"), True),
        ("handle_time", change("up", None, "seconds"), False),
        ("handle_time", change("up", None, "share"), True),
        ("calls_answered", change("up", None, "count"), True),
        ("tickets_new", change("up", None, "count"), False),
    ],
)
def test_guards_are_asked_of_improvements_alone(
    key: str, told: Change | None, is_one: bool
) -> None:
    assert improved(told, metric(key)) is is_one


def test_a_tile_of_what_was_paid_for_calls_nothing_better() -> None:
    tile = Tile("handle_time", "", "", "", True, move=Move("down by 1 min", BETTER, "↓"))
    shown = with_verdict(tile, guarded(PAID), "en")
    assert shown.verdict is not None
    assert (shown.verdict.text, shown.verdict.tone) == (
        "No success: Repeat contacts got worse",
        WORSE,
    )
    assert shown.move is not None
    assert shown.move.tone == NEUTRAL
    fine = with_verdict(tile, guarded(IMPROVED), "en")
    assert (fine.move, fine.verdict and fine.verdict.tone) == (tile.move, BETTER)
    assert with_verdict(tile, guarded("same"), "en") is tile
    assert with_verdict(tile, None, "en") is tile
