"""The tables beside the demo's tickets and calls: whole, inside the window, and of one piece."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from regard.core.schema import table
from regard.demo.company import company

UNTIL = date(2026, 6, 1)
END = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC)
TABLES = (
    "account_snapshot",
    "activity",
    "answer",
    "article",
    "article_view",
    "benchmark",
    "bot_session",
    "case",
    "complaint",
    "cost",
    "exchange_rate",
    "group_session",
    "help_search",
    "invitation",
    "order",
    "post",
    "quality_review",
    "question",
    "response",
    "review",
    "review_reply",
    "subscription",
    "survey",
    "touch_point",
    "words",
)
REFERENCES = (
    ("subscription", "customer_id", "customer"),
    ("order", "customer_id", "customer"),
    ("activity", "customer_id", "customer"),
    ("bot_session", "customer_id", "customer"),
    ("bot_session", "ticket_id", "ticket"),
    ("invitation", "survey_id", "survey"),
    ("invitation", "customer_id", "customer"),
    ("invitation", "ticket_id", "ticket"),
    ("invitation", "call_id", "call"),
    ("invitation", "bot_session_id", "bot_session"),
    ("response", "survey_id", "survey"),
    ("response", "invitation_id", "invitation"),
    ("response", "customer_id", "customer"),
    ("response", "ticket_id", "ticket"),
    ("response", "call_id", "call"),
    ("response", "bot_session_id", "bot_session"),
    ("response", "session_id", "group_session"),
    ("answer", "response_id", "response"),
    ("question", "survey_id", "survey"),
    ("touch_point", "survey_id", "survey"),
    ("article_view", "article_id", "article"),
    ("article_view", "customer_id", "customer"),
    ("help_search", "clicked", "article"),
    ("complaint", "customer_id", "customer"),
    ("complaint", "team", "team"),
    ("cost", "team", "team"),
    ("post", "in_reply_to", "post"),
    ("post", "customer_id", "customer"),
    ("post", "agent", "agent"),
    ("quality_review", "ticket_id", "ticket"),
    ("quality_review", "call_id", "call"),
    ("quality_review", "agent", "agent"),
    ("quality_review", "rater", "agent"),
    ("review", "customer_id", "customer"),
    ("review_reply", "review_id", "review"),
    ("review_reply", "agent", "agent"),
    ("case", "customer_id", "customer"),
    ("case", "response_id", "response"),
    ("case", "owner", "agent"),
)

Company = Mapping[str, pa.Table]


@pytest.fixture(scope="module", name="demo")
def _demo() -> Company:
    return company()


@pytest.mark.parametrize("name", TABLES)
def test_rows_of_themes_have_the_schema_of_the_event_model(name: str, demo: Company) -> None:
    assert len(demo[name]) > 0
    assert demo[name].schema == table(name).schema
    demo[name].validate(full=True)
    assert pc.unique(demo[name]["source"]).to_pylist() == ["demo"]
    assert demo[name]["updated_at"].null_count == 0


@pytest.mark.parametrize("name", TABLES)
def test_an_identity_of_a_theme_names_one_row(name: str, demo: Company) -> None:
    key = list(table(name).key)
    rows = demo[name].select(key)
    assert not any(column.null_count for column in rows.drop(_may_be_empty(name)).columns)
    assert len(rows.group_by(key).aggregate([])) == len(rows)


@pytest.mark.parametrize("name", TABLES)
def test_nothing_of_a_theme_happens_at_the_end_or_later(name: str, demo: Company) -> None:
    for column in table(name).columns:
        if column.name == "due_at":  # what is still to be done may be due later
            continue
        latest = pc.max(demo[name][column.name]).as_py() if column.kind == "instant" else None
        assert latest is None or latest < END, column.name
        if column.kind == "date":
            assert pc.max(demo[name][column.name]).as_py() < UNTIL


@pytest.mark.parametrize(("name", "column", "of"), REFERENCES)
def test_what_a_theme_refers_to_exists(name: str, column: str, of: str, demo: Company) -> None:
    key = table(of).identity[0]
    named = demo[name][column].drop_null()
    assert len(named) > 0
    assert pc.all(pc.is_in(named, value_set=demo[of][key].combine_chunks())).as_py()


def test_what_carried_a_complaint_exists(demo: Company) -> None:
    carriers = pc.unique(demo["complaint"]["carrier"]).to_pylist()
    assert set(carriers) == {"ticket", "call", "review", "post", "response"}
    for carrier in carriers:
        mine = demo["complaint"].filter(pc.equal(demo["complaint"]["carrier"], carrier))
        known = demo[carrier][f"{carrier}_id"].combine_chunks()
        assert pc.all(pc.is_in(mine["carrier_id"], value_set=known)).as_py(), carrier


def test_words_belong_to_something(demo: Company) -> None:
    for subject in pc.unique(demo["words"]["subject"]).to_pylist():
        said = demo["words"].filter(pc.equal(demo["words"]["subject"], subject))
        known = demo[subject][table(subject).identity[0]].combine_chunks()
        assert pc.all(pc.is_in(said["subject_id"], value_set=known)).as_py(), subject


def test_the_same_seed_gives_the_same_tables_of_themes() -> None:
    one, two = company(seed=3, tickets=200), company(seed=3, tickets=200)
    for name in TABLES:
        assert one[name].equals(two[name]), name


def test_the_smallest_company_has_the_tables_of_themes_too() -> None:
    small = company(seed=5, tickets=1, months=1)
    assert set(TABLES) <= set(small)
    for name in TABLES:
        assert small[name].schema == table(name).schema


@pytest.mark.parametrize(
    ("tickets", "months", "until"),
    [
        (40, 1, date(2026, 6, 1)),
        (300, 3, date(2026, 6, 15)),
        (300, 8, date(2024, 3, 31)),
        (1, 2, date(2026, 6, 2)),
        (300, 14, date(2026, 2, 28)),
        (300, 36, date(2025, 1, 1)),
    ],
)
@pytest.mark.parametrize("without", [(), ("all",)])
def test_themes_hold_for_any_length_and_end(
    tickets: int, months: int, until: date, without: tuple[str, ...]
) -> None:
    made = company(seed=5, tickets=tickets, months=months, until=until, without=without)
    end = datetime(until.year, until.month, until.day, tzinfo=ZoneInfo("Europe/Warsaw"))
    for name in TABLES:
        key = list(table(name).key)
        assert len(made[name].group_by(key).aggregate([])) == len(made[name]), name
        for column in table(name).columns:
            if column.kind == "instant" and column.name != "due_at":
                latest = pc.max(made[name][column.name]).as_py()
                assert latest is None or latest < end, (name, column.name)


def _may_be_empty(name: str) -> list[str]:
    """Columns of an identity that are empty where a row holds since ever."""
    return [column for column in table(name).identity if column in ("valid_from", "part")]
