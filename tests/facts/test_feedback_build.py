"""Facts of what customers say and read are the same however their rows came in, and as of then."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facts.test_build import tabled
from regard.core.schema import Row, table
from regard.facts.build import build
from worlds import agent, at, built, fact_table, take_tables, thing

FACTS = (
    "review_fact",
    "review_reply_fact",
    "post_fact",
    "snapshot_fact",
    "complaint_fact",
    "article_view_fact",
    "article_contact_fact",
    "help_search_fact",
)
BEGIN = at("2026-03-02 00:00")
PEOPLE = ("c", "d", None)
HELD_BACK = {"complaint": ("remedy", "upheld")}
"""What is known of a row only once it is settled."""
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
FEW = settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Rows = list[tuple[str, Row]]


def made(seed: int) -> Rows:
    """What customers said, read and complained of within three weeks, with ties and gaps."""
    dice = random.Random(seed)
    told = [one for each in _said(dice) for one in each.rows]
    told += [one for each in (agent("ann"), agent("hal", bot=True)) for one in each.rows]
    return told


def _when(dice: random.Random) -> datetime:
    return BEGIN + timedelta(days=dice.randrange(21), minutes=dice.choice((0, 0, 30, 600)))


def _said(dice: random.Random) -> Iterator[Any]:
    for n in range(8):
        yield thing("review", review_id=f"r{n}", posted_at=_when(dice), stars=dice.choice((1, 5)),
                    scale_max=5, side=dice.choice(("ours", None, "competitor")),
                    customer_id=dice.choice(PEOPLE))  # fmt: skip
        yield thing("review_reply", review_id=f"r{dice.randrange(8)}", reply_id=f"{n}",
                    at=_when(dice), agent=dice.choice(("ann", "hal", None)))  # fmt: skip
        yield thing("article_view", view_id=f"v{n}", article_id=dice.choice("ab"), at=_when(dice),
                    visitor=dice.choice("xy"), customer_id=dice.choice(PEOPLE),
                    active_seconds=dice.choice((None, 5, 90)), scroll_percent=dice.choice((10, 60)),
                    contact_started=dice.choice((None, None, "t1", "?")))  # fmt: skip
        yield thing("help_search", search_id=f"s{n}", at=_when(dice), results=dice.choice((0, 2)))
    for n in range(14):
        yield thing("post", post_id=f"p{n:02d}", at=_when(dice), account=dice.choice("uvw"),
                    side=dice.choice(("customer", "customer", "ours", "competitor")),
                    in_reply_to=dice.choice((None, f"p{dice.randrange(14):02d}")),
                    automatic=dice.choice((None, False, True)))  # fmt: skip
    for n in range(6):
        came = _when(dice)
        yield thing("ticket", ticket_id=f"t{n}", created_at=came, customer_id=dice.choice(PEOPLE),
                    type=dice.choice(("login", None)), status="new")  # fmt: skip
        yield thing("message", ticket_id=f"t{n}", message_id="1", sent_at=came, public=True,
                    author="customer", author_kind="customer")  # fmt: skip
        ends = came + timedelta(days=dice.randrange(4))
        yield thing("complaint", complaint_id=f"k{n}", received_at=came,
                    customer_id=dice.choice(PEOPLE), type=dice.choice(("login", None)),
                    carrier=dice.choice(("ticket", "post", None)),
                    carrier_id=dice.choice(("t1", "p03")),
                    acknowledged_at=dice.choice((None, ends)), settled_at=ends,
                    remedy="refund", upheld=True)  # fmt: skip
        yield thing("account_snapshot", account=dice.choice("uv"), at=_when(dice), followers=n)
    for subject, name, part in (("message", "t2", "1"), ("post", "p05", ""), ("review", "r1", "")):
        for kind, value in (("complaint", "yes"), ("sentiment", dice.choice(("positive", None)))):
            yield thing("reading", subject=subject, subject_id=name, part=part, kind=kind,
                        version="001", value=value)  # fmt: skip
    for name in "ab":
        yield thing("article", article_id=name, words=100, topic="login", valid_from=None)


def once(rows: Rows) -> Rows:
    """The rows without such as say the same identity again (two counts at one instant)."""
    kept = {(name, *(row[key] for key in table(name).key)): (name, row) for name, row in rows}
    return list(kept.values())


def found(folder: Path, as_of: str | None = None) -> dict[str, pa.Table]:
    """The facts."""
    return {name: fact_table(folder, name, as_of) for name in FACTS}


def same(ours: dict[str, pa.Table], theirs: dict[str, pa.Table]) -> None:
    """Fail with the rows that differ."""
    for name in FACTS:
        assert ours[name].to_pylist() == theirs[name].to_pylist(), name


@pytest.mark.heavy
@FEW
@given(SEEDS)
def test_in_two_imports_is_as_in_one(seed: int) -> None:
    rows = once(made(seed))
    dice = random.Random(seed)
    dice.shuffle(rows)
    with TemporaryDirectory() as place:
        folder = Path(place)
        built(folder / "once")
        take_tables(folder / "once", tabled(rows))
        build(folder / "once")
        built(folder / "parts")
        for part in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            take_tables(folder / "parts", tabled(part))
            build(folder / "parts")
        same(found(folder / "parts"), found(folder / "once"))
        assert found(folder / "once")["complaint_fact"].num_rows >= 6


@pytest.mark.heavy
@FEW
@given(SEEDS, st.integers(1, 20))
def test_as_of_a_day_is_what_was_known_then(seed: int, day: int) -> None:
    rows = once(made(seed))
    until = BEGIN + timedelta(days=day, hours=9)
    with TemporaryDirectory() as place:
        folder = Path(place)
        for name, told in (("all", rows), ("then", seen(rows, until))):
            built(folder / name)
            take_tables(folder / name, tabled(told))
            build(folder / name)
        same(found(folder / "all", f"{until:%Y-%m-%d %H:%M}"), found(folder / "then"))


def seen(rows: Sequence[tuple[str, Row]], until: datetime) -> Rows:
    """What a store would hold that saw nothing after an instant."""
    kept = []
    for name, row in rows:
        begun = table(name).at
        if begun is not None and row[begun] > until:
            continue
        told = dict(row)
        for column, value in row.items():
            if isinstance(value, datetime) and value > until:
                told[column] = None
        if name in HELD_BACK and told["settled_at"] is None:
            told |= dict.fromkeys(HELD_BACK[name])
        kept.append((name, told))
    return kept
