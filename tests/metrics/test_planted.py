"""What is planted in the demo's help centre and networks is seen in the numbers about them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.themes.shelf import UNREAD
from regard.facts.build import build
from regard.facts.reader import Reader, open_reader
from regard.insight.ask import ask
from regard.metrics.engine import Part
from regard.metrics.query import Query
from regard.store.store import open_store
from regard.store.workspace import init_workspace

TABLES = (
    "agent",
    "team",
    "article",
    "article_view",
    "help_search",
    "customer",
    "customer_identity",
    "ticket",
    "call",
    "chat_session",
    "post",
    "account_snapshot",
)
SPRING = {"from": "2026-02-01", "to": "2026-06-01"}
"""The months of the article that is found and not read."""
WARSAW = ZoneInfo("Europe/Warsaw")
Company = Mapping[str, pa.Table]


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    rows = company(seed=7)
    return {name: rows[name] for name in TABLES}


@pytest.fixture(scope="module", name="reader")
def _reader(demo: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder: Path = tmp_path_factory.mktemp("planted")
    settings = Settings(name="Planted", zone="Europe/Warsaw", sources=("demo",))
    init_workspace(folder, settings, CALENDARS_TOML)
    open_store(folder).upsert(demo, covers={"demo": TABLES})
    build(folder)
    with open_reader(folder) as reader:
        yield reader


def asked(reader: Reader, key: str, **said: str) -> tuple[Part, ...]:
    """The parts of an answer."""
    return ask(Query.parse(key, said), reader).parts


def values(reader: Reader, key: str, by: str, **said: str) -> dict[str, float]:
    """The values of a split that has any."""
    found = asked(reader, key, by=by, **said)
    return {p.by[by]: p.estimate.value for p in found if p.estimate.value is not None}


def of_unread(name: str) -> bool:
    """Whether it is the planted article, in any of its languages."""
    return UNREAD in name


def test_the_unread_article_is_the_one_that_nobody_reads(reader: Reader) -> None:
    read = values(reader, "read_share", "article", **SPRING)
    planted = [share for name, share in read.items() if of_unread(name)]
    (whole,) = asked(reader, "read_share", **SPRING)
    assert len(planted) == 5
    assert max(planted) < 0.35
    assert (whole.estimate.value or 0) > 0.5
    before = values(reader, "read_share", "article", **{"from": "2025-07-01", "to": "2026-01-01"})
    assert min(share for name, share in before.items() if of_unread(name)) > max(planted)


def test_after_the_unread_article_people_come_to_us(reader: Reader) -> None:
    names = [name for name in values(reader, "article_views", "article") if of_unread(name)]
    (planted,) = asked(reader, "escaped_contacts", where=f"article={','.join(names)}", **SPRING)
    (whole,) = asked(reader, "escaped_contacts", **SPRING)
    assert planted.estimate.low is not None
    assert whole.estimate.high is not None
    assert planted.estimate.low > 1.5 * whole.estimate.high


def test_the_unread_article_needs_work_and_no_other(reader: Reader) -> None:
    needy = values(reader, "articles_needing_work", "article", **SPRING)
    found = {name for name, share in needy.items() if share}
    assert found
    assert all(of_unread(name) for name in found)
    before = {"from": "2025-07-01", "to": "2026-01-01"}
    assert not any(
        share and of_unread(name)
        for name, share in values(reader, "articles_needing_work", "article", **before).items()
    )


def test_the_campaign_lowers_our_share_of_voice(reader: Reader, demo: Company) -> None:
    voice = values(reader, "share_of_voice", "month")
    april = voice.pop("2026-04")
    assert april < 0.75 * (sum(voice.values()) / len(voice))
    posts = {row["post_id"]: row for row in demo["post"].to_pylist()}
    ours = theirs = 0
    for row in posts.values():
        if f"{row['at'].astimezone(WARSAW):%Y-%m}" != "2026-04":
            continue
        head = posts.get(row["in_reply_to"])
        answers = head is not None and head["side"] == "ours" and head["in_reply_to"] is not None
        adds = head is not None and head["account"] == row["account"]
        ours += row["side"] == "customer" and not answers and not adds
        theirs += row["side"] == "competitor" and row["account"] != row["about"]
    assert april == pytest.approx(ours / (ours + theirs))


def test_the_campaign_wins_the_competitor_followers(reader: Reader) -> None:
    said = {"from": "2026-03-01", "to": "2026-05-01", "where": "account=nookline"}
    followers = values(reader, "followers", "month", **said)
    assert followers["2026-04"] > 1.15 * followers["2026-03"]
    said["where"] = "account=domavia"
    followers = values(reader, "followers", "month", **said)
    assert followers["2026-04"] < 1.05 * followers["2026-03"]
