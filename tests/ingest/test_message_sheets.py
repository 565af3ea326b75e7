"""Sheets of messages become tickets whose replies, waits and thanks can be measured."""

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from regard.facts.build import build
from regard.ingest.grammar import load_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.store.store import open_store
from worlds import ALWAYS, rows_of

HEAD = "ticket,message,at,author,author_kind,text"


def read(tmp_path: Path, *lines: str, head: str = HEAD) -> Parcel:
    path = tmp_path / "messages.csv"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return parse(path, load_mapping("messages"))


def made(tmp_path: Path, *parcels: Parcel) -> Path:
    (tmp_path / "calendars.toml").write_text(ALWAYS, encoding="utf-8")
    run_import(parcels, open_store(tmp_path), tmp_path)
    build(tmp_path)
    return tmp_path


def test_a_sheet_with_what_it_must_have_gives_replies(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        "7,b,2026-03-02T09:30:00Z,kim,Agent,Have you tried to restart?",
        "7,a,2026-03-02T09:00:00Z,c1,Customer,It does not start",
        "8,c,2026-03-02T10:00:00Z,c2,requester,Hello",
    )
    assert (parcel.kept, parcel.rejects, parcel.findings) == (3, (), ())
    facts = {row["ticket_id"]: row for row in rows_of(made(tmp_path, parcel), "ticket_fact")}
    assert facts["7"]["first_reply_seconds"] == 1800
    assert (facts["7"]["first_reply_by"], facts["7"]["customer_id"]) == ("kim", "c1")
    assert (facts["8"]["first_reply_seconds"], facts["8"]["customer_id"]) == (None, "c2")


def test_the_columns_that_may_be_missing_are_read_where_they_are(tmp_path: Path) -> None:
    head = f"{HEAD},public,automatic,channel,team,status,customer,subject,priority"
    parcel = read(
        tmp_path,
        "7,a,2026-03-02T09:00:00Z,c1,customer,Broken,,,mail,first,open,firm,Help,medium",
        "7,b,2026-03-02T09:00:05Z,bot,bot,We got it,yes,yes,mail,first,open,,,",
        "7,c,2026-03-02T09:10:00Z,kim,agent,note to self,no,,,second,waiting,,,",
        "7,d,2026-03-02T09:20:00Z,kim,agent,Mended,yes,no,mail,second,closed,,,",
        head=head,
    )
    (ticket,) = parcel.rows["ticket"].to_pylist()
    assert (ticket["channel"], ticket["customer_id"], ticket["priority"]) == (
        "email",
        "firm",
        "normal",
    )
    messages = parcel.rows["message"].to_pylist()
    assert [m["public"] for m in messages] == [True, True, False, True]
    assert [m["automatic"] for m in messages] == [None, True, None, False]
    changes = [(c["field"], c["value"]) for c in parcel.rows["ticket_change"].to_pylist()]
    assert changes == [
        ("status", "open"),
        ("team", "first"),
        ("status", "pending"),
        ("team", "second"),
        ("status", "solved"),
        ("status", "closed"),
    ]
    (fact,) = rows_of(made(tmp_path, parcel), "ticket_fact")
    assert (fact["first_reply_seconds"], fact["resolved_at"] is None) == (1200, False)


def test_a_sheet_whose_words_are_strange_keeps_them_in_quarantine(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        "7,a,2026-03-02T09:00:00Z,c1,customer,Hello",
        "7,b,2026-03-02T09:30:00Z,x,wizard,Hello",
        "7,,2026-03-02T09:40:00Z,kim,agent,Hello",
        ",d,2026-03-02T09:50:00Z,kim,agent,Hello",
        "7,e,yesterday,kim,agent,Hello",
    )
    assert [(one.line, one.kind) for one in parcel.rejects] == [
        (3, "not_mapped"),
        (4, "no_identity"),
        (5, "no_case"),
        (6, "impossible_date"),
    ]
    assert parcel.rows["message"].num_rows == 1
    assert [line for line, _ in parcel.beside] == [2]


# --- tweets ----------------------------------------------------------------------------------

Tweet = dict[str, str]
Threads = dict[str, list[Tweet]]


def tweets(path: Path) -> list[Tweet]:
    """The whole rows of the file, read plainly."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
        return [dict(zip(head, row, strict=True)) for row in rows if len(row) == len(head)]


def threads(rows: list[Tweet]) -> list[list[Tweet]]:
    """Threads by walking along the links, each in order of time."""
    near: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        parent = row["in_response_to_tweet_id"].removesuffix(".0")
        for other in filter(None, [parent, *row["response_tweet_id"].split(",")]):
            near[row["tweet_id"]].add(other)
            near[other].add(row["tweet_id"])
    by_id = {row["tweet_id"]: row for row in rows}
    seen: set[str] = set()
    found = []
    for start in by_id:
        if start in seen:
            continue
        walked, waiting = [], [start]
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += near[here]
                walked += [by_id[here]] if here in by_id else []
        found.append(sorted(walked, key=lambda row: (when(row), int(row["tweet_id"]))))
    return found


def when(row: Tweet) -> datetime:
    return datetime.strptime(row["created_at"], "%a %b %d %H:%M:%S %z %Y")


def first_reply(thread: list[Tweet]) -> int | None:
    """Seconds from the first customer's tweet to the first of ours after it."""
    asked = next((row for row in thread if row["inbound"] == "True"), None)
    if asked is None:
        return None
    later = thread[thread.index(asked) + 1 :]
    reply = next((row for row in later if row["inbound"] == "False"), None)
    return None if reply is None else int((when(reply) - when(asked)).total_seconds())


@pytest.mark.real
def test_the_tweets_are_threads_customers_and_replies_as_counted_plainly(
    real: Callable[[str], Path], tmp_path: Path
) -> None:
    path = real("feedback/twcs_sample.csv")
    parcel = parse(path, load_mapping("twcs"))
    rows = tweets(path)
    plain = threads(rows)
    assert (parcel.read, len(parcel.rejects), parcel.kept) == (5001, 2, len(rows))
    inbound = [row for row in rows if row["inbound"] == "True"]
    kinds = parcel.rows["message"].column("author_kind").to_pylist()
    assert (len(kinds), kinds.count("customer")) == (len(rows), len(inbound))
    assert parcel.rows["customer"].num_rows == len({row["author_id"] for row in inbound})
    assert parcel.rows["ticket"].num_rows == len(plain)
    named = {row["ticket_id"]: row for row in parcel.rows["ticket"].to_pylist()}
    ids = {row["tweet_id"] for row in rows}
    (missing,) = [found for found in parcel.findings if found.kind == "missing_parent"]
    parents = [row["in_response_to_tweet_id"].removesuffix(".0") for row in rows]
    assert missing.count == sum(bool(parent) and parent not in ids for parent in parents)
    facts = {row["ticket_id"]: row for row in rows_of(made(tmp_path, parcel), "ticket_fact")}
    differ = []
    for thread in plain:
        roots = [row["tweet_id"] for row in thread if not row["in_response_to_tweet_id"]]
        above = [row["in_response_to_tweet_id"].removesuffix(".0") for row in thread]
        (root,) = roots or {parent for parent in above if parent not in ids}
        assert named[root]["created_at"] == when(thread[0])
        if facts[root]["first_reply_seconds"] != first_reply(thread):
            differ.append((root, facts[root]["first_reply_seconds"], first_reply(thread)))
    assert differ == []
    answered = [fact for fact in facts.values() if fact["first_reply_seconds"] is not None]
    assert len(answered) > 1_200
