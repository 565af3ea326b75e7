"""A company made in blocks is one company: no id twice, and what it has once is the same in all."""

from collections.abc import Mapping

import pyarrow as pa
import pytest

from regard.core.schema import table
from regard.demo import company as made
from regard.demo.company import blocks

Tables = Mapping[str, pa.Table]
THEMES = (
    *("account_snapshot", "activity", "answer", "article", "article_view", "benchmark"),
    *("bot_session", "case", "complaint", "cost", "exchange_rate", "group_session"),
    *("help_search", "invitation", "order", "post", "quality_review", "question", "response"),
    *("review", "review_reply", "subscription", "survey", "touch_point", "words"),
)


@pytest.fixture(scope="module", name="parts")
def _parts() -> list[Tables]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "BLOCK", 500)
        return [block.tables for block in blocks(seed=11, tickets=1400)]


@pytest.mark.parametrize("name", THEMES)
def test_what_two_blocks_name_alike_is_the_same(name: str, parts: list[Tables]) -> None:
    assert len(parts) == 3
    key = list(table(name).key)
    whole = pa.concat_tables([part[name] for part in parts])
    assert len(whole) > 0
    once = whole.group_by(key).aggregate([])
    if table(name).bucket is None:
        rows = whole.drop_columns(["import_number"])
        assert len(rows.group_by(rows.column_names).aggregate([])) == len(once)
    else:
        assert len(once) == len(whole)


def test_articles_rates_and_surveys_are_the_whole_company_s(parts: list[Tables]) -> None:
    for name in ("article", "exchange_rate", "survey", "question", "benchmark"):
        assert all(part[name].equals(parts[0][name]) for part in parts), name


def test_the_company_posts_and_invites_once(parts: list[Tables]) -> None:
    posts = pa.concat_tables([part["post"] for part in parts])
    own = [row for row in posts.to_pylist() if row["side"] == "ours" and row["in_reply_to"] is None]
    weeks = -(-365 // 7)
    assert len(own) == weeks * 2 * 2
    assert [len(part["group_session"]) for part in parts] == [3, 0, 0]


def test_blocks_name_no_one_of_another_block(parts: list[Tables]) -> None:
    for part in parts:
        known = set(part["customer"]["customer_id"].to_pylist())
        for name in ("subscription", "order", "invitation", "response", "review", "post", "case"):
            named = set(part[name]["customer_id"].drop_null().to_pylist())
            assert named <= known, name
