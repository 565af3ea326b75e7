"""The core of the same facts in Polars and in pandas: first reply, times by status, solves, turns.

Of the columns of a ticket these make 15, and no opening hours, which neither library knows.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ENDING = ["solve", "restate", "lapse", "close"]
OPEN = ["new", "open", "pending", "on_hold"]
DAY = 86_400
WAITS = {"requester_wait": ["new", "open", "on_hold"], "agent_wait": ["pending"]}
CORE = (
    "first_message_at",
    "first_reply_at",
    "first_solved_at",
    "resolved_at",
    "solved_by",
    "status",
    "reopens",
    "solves",
    "touches",
    "requester_wait_spent_seconds",
    "agent_wait_spent_seconds",
    "customer_messages",
    "agent_touches",
    "turns",
    "turns_waiting",
)
"""The columns that are made, by the names that Regard gives them."""


def with_polars(files: Mapping[str, Sequence[str]], to: Path) -> int:
    """Make the core columns with Polars, streaming where it can; how many tickets were written."""
    import polars as pl

    read = {name: pl.scan_parquet(list(listed)) for name, listed in files.items()}
    spans = _polars_spans(pl, read)
    solve = pl.col("change") == "solve"
    stays = solve & ((pl.col("reopened_at") - pl.col("at")).dt.total_seconds() > 7 * DAY).fill_null(
        True
    )
    credit = pl.when(stays).then(pl.col("place") - 1_000_000).otherwise(-pl.col("place"))
    lasted = (pl.col("ends_at") - pl.col("at")).dt.total_seconds()
    made = spans.group_by("ticket_id").agg(
        pl.col("at").filter(solve).min().alias("first_solved_at"),
        pl.col("at").filter(stays).min().alias("resolved_at"),
        pl.col("by").filter(solve).sort_by(credit.filter(solve)).first().alias("solved_by"),
        pl.col("status").filter(pl.col("ends_at").is_null()).first().alias("status"),
        (pl.col("change") == "reopen").sum().alias("reopens"),
        solve.sum().alias("solves"),
        pl.col("touched").sum().alias("touches"),
        *(
            lasted.filter(pl.col("status").is_in(held)).sum().alias(f"{name}_spent_seconds")
            for name, held in WAITS.items()
        ),
    )
    said = read["message"].filter(pl.col("public") & ~pl.col("automatic"))
    turns = _polars_turns(pl, said, spans)
    first = turns.group_by("ticket_id").agg(
        pl.col("starts_at").min().alias("first_message_at"),
        pl.len().alias("turns"),
        pl.col("waiting").sum().alias("turns_waiting"),
    )
    ours = pl.col("author_kind") == "agent"
    late = pl.col("sent_at") >= pl.col("first_message_at")
    spoken = (
        said.join(first, on="ticket_id", how="left")
        .group_by("ticket_id")
        .agg(
            (pl.col("author_kind") == "customer").sum().alias("customer_messages"),
            ours.sum().alias("agent_touches"),
            pl.col("sent_at").filter(ours & late).min().alias("first_reply_at"),
        )
    )
    whole = made.join(first, on="ticket_id", how="left").join(spoken, on="ticket_id", how="left")
    done = whole.select("ticket_id", *CORE).collect(engine="streaming")
    done.write_parquet(to, compression="zstd")
    return int(done.height)


def _polars_spans(pl: Any, read: Mapping[str, Any]) -> Any:
    ticket = read["ticket"]
    born = ticket.select("ticket_id", "created_at")
    created = ticket.select(
        "ticket_id",
        at="created_at",
        ordinal=pl.lit(-1, pl.Int64),
        field=pl.lit("created"),
        new_status="status",
        by="created_by",
        touched=pl.lit(False),
    )
    change = read["ticket_change"].join(born, on="ticket_id")
    changed = change.select(
        "ticket_id",
        at=pl.max_horizontal("at", "created_at"),
        ordinal="ordinal",
        field="field",
        new_status=pl.when(pl.col("field") == "status").then(pl.col("value")),
        by="actor",
        touched=pl.col("actor_kind") == "agent",
    )
    rows = pl.concat([created, changed]).sort("ticket_id", "at", "ordinal")
    over = {"partition_by": "ticket_id"}
    rows = rows.with_columns(
        status=pl.col("new_status").forward_fill().over(**over),
        ends_at=pl.col("at").shift(-1).over(**over),
        place=pl.int_range(pl.len()).over(**over),
    ).with_columns(old_status=pl.col("status").shift(1).over(**over))
    was_open = pl.col("old_status").is_in(OPEN)
    rows = rows.with_columns(
        change=pl.when(pl.col("new_status").is_null())
        .then(pl.lit("other"))
        .when(pl.col("old_status").is_null())
        .then(pl.lit("created"))
        .when(was_open & (pl.col("status") == "solved"))
        .then(pl.lit("solve"))
        .when(was_open & (pl.col("status") == "closed"))
        .then(pl.lit("lapse"))
        .when(pl.col("status") == "solved")
        .then(pl.lit("restate"))
        .when(pl.col("status") == "closed")
        .then(pl.lit("close"))
        .when(~was_open)
        .then(pl.lit("reopen"))
        .otherwise(pl.lit("move"))
    )
    reopened = pl.when(pl.col("change") == "reopen").then(pl.col("at"))
    return rows.with_columns(reopened_at=reopened.shift(-1).backward_fill().over(**over))


def _polars_turns(pl: Any, said: Any, spans: Any) -> Any:
    spoken = said.filter(pl.col("author_kind").is_in(["customer", "agent"])).select(
        "ticket_id",
        at="sent_at",
        rank=pl.lit(0, pl.Int64),
        ordinal="ordinal",
        ends=pl.col("author_kind") == "agent",
    )
    ends = spans.filter(pl.col("change").is_in(ENDING)).select(
        "ticket_id",
        at="at",
        rank=pl.lit(1, pl.Int64),
        ordinal=pl.col("place").cast(pl.Int64),
        ends=pl.lit(True),
    )
    told = pl.concat([spoken, ends]).sort("ticket_id", "at", "rank", "ordinal")
    step = pl.col("ends").cast(pl.Int64).cum_sum().over("ticket_id") - pl.col("ends")
    runs = (
        told.with_columns(step=step)
        .group_by("ticket_id", "step")
        .agg(
            pl.col("at").filter(~pl.col("ends")).min().alias("starts_at"),
            (~pl.col("ends").any()).alias("waiting"),
        )
    )
    return runs.filter(pl.col("starts_at").is_not_null())


def with_pandas(files: Mapping[str, Sequence[str]], to: Path) -> int:
    """Make the same with pandas, in memory; how many tickets were written."""
    import pandas as pd

    spans = _pandas_spans(pd, files)
    by_ticket = spans.groupby("ticket_id", sort=False)
    solves = spans[spans.change == "solve"]
    back = (solves.reopened_at - solves["at"]).dt.total_seconds()
    stays = solves[~(back <= 7 * DAY)]
    credit = (-solves.place).where(~solves.index.isin(stays.index), solves.place - 1_000_000)
    credited = solves.assign(credit=credit).sort_values("credit").groupby("ticket_id")["by"]
    made = pd.DataFrame(
        {
            "first_solved_at": solves.groupby("ticket_id")["at"].min(),
            "resolved_at": stays.groupby("ticket_id")["at"].min(),
            "solved_by": credited.first(),
        }
    ).reindex(by_ticket.size().index)
    made["status"] = by_ticket["status"].last()
    for name, kind in (("reopens", "reopen"), ("solves", "solve")):
        made[name] = (spans.change == kind).groupby(spans.ticket_id).sum()
    made["touches"] = by_ticket["touched"].sum()
    lasted = (spans.ends_at - spans["at"]).dt.total_seconds()
    for name, held in WAITS.items():
        spent = lasted.where(spans.status.isin(held), 0).groupby(spans.ticket_id).sum()
        made[f"{name}_spent_seconds"] = spent.astype("int64")
    wanted = ["ticket_id", "sent_at", "ordinal", "author_kind", "public", "automatic"]
    message = _read(pd, files["message"], wanted)
    said = message[message.public & ~message.automatic]
    turns = _pandas_turns(pd, said, spans)
    first = turns.groupby("ticket_id")
    made["first_message_at"] = first["starts_at"].min()
    made["turns"] = first.size()
    made["turns_waiting"] = turns.waiting.groupby(turns.ticket_id).sum()
    ours = said[said.author_kind == "agent"]
    made["customer_messages"] = said[said.author_kind == "customer"].groupby("ticket_id").size()
    made["agent_touches"] = ours.groupby("ticket_id").size()
    asked = ours.ticket_id.map(made.first_message_at)
    made["first_reply_at"] = ours[ours.sent_at >= asked].groupby("ticket_id").sent_at.min()
    made[list(CORE)].to_parquet(to, compression="zstd")
    return len(made)


def _pandas_spans(pd: Any, files: Mapping[str, Sequence[str]]) -> Any:
    ticket = _read(pd, files["ticket"], ["ticket_id", "created_at", "status", "created_by"])
    change = _read(
        pd,
        files["ticket_change"],
        ["ticket_id", "at", "ordinal", "field", "value", "actor", "actor_kind"],
    )
    born = change.ticket_id.map(ticket.set_index("ticket_id").created_at)
    change["at"] = change["at"].where(change["at"] >= born, born)
    change["new_status"] = change.value.where(change.field == "status")
    change["touched"] = change.actor_kind == "agent"
    created = ticket.rename(
        columns={"created_at": "at", "status": "new_status", "created_by": "actor"}
    ).assign(ordinal=-1, touched=False)
    names = ["ticket_id", "at", "ordinal", "new_status", "actor", "touched"]
    rows = pd.concat([created[names], change[names]]).rename(columns={"actor": "by"})
    rows = rows.sort_values(["ticket_id", "at", "ordinal"], ignore_index=True)
    held = rows.groupby("ticket_id", sort=False)
    rows["status"] = held["new_status"].ffill()
    rows["ends_at"] = held["at"].shift(-1)
    rows["place"] = held.cumcount()
    old = rows.groupby("ticket_id", sort=False)["status"].shift(1)
    was_open, states = old.isin(OPEN), rows.new_status.notna()
    kind = pd.Series("other", index=rows.index)
    kind[states & was_open] = "move"
    kind[states & ~was_open] = "reopen"
    for status, fresh, again in (("solved", "solve", "restate"), ("closed", "lapse", "close")):
        kind[states & was_open & (rows.status == status)] = fresh
        kind[states & ~was_open & (rows.status == status)] = again
    kind[states & old.isna()] = "created"
    rows["change"] = kind
    reopened = rows["at"].where(kind == "reopen")
    later = reopened.groupby(rows.ticket_id, sort=False).shift(-1)
    rows["reopened_at"] = later.groupby(rows.ticket_id, sort=False).bfill()
    return rows


def _pandas_turns(pd: Any, said: Any, spans: Any) -> Any:
    spoken = said[said.author_kind.isin(["customer", "agent"])]
    one = pd.DataFrame(
        {
            "ticket_id": spoken.ticket_id,
            "at": spoken.sent_at,
            "rank": 0,
            "ordinal": spoken.ordinal,
            "ends": spoken.author_kind == "agent",
        }
    )
    ending = spans[spans.change.isin(ENDING)]
    two = pd.DataFrame(
        {
            "ticket_id": ending.ticket_id,
            "at": ending["at"],
            "rank": 1,
            "ordinal": ending.place,
            "ends": True,
        }
    )
    told = pd.concat([one, two]).sort_values(["ticket_id", "at", "rank", "ordinal"])
    passed = told.ends.astype("int64")
    told["step"] = passed.groupby(told.ticket_id).cumsum() - passed
    asked = told["at"].where(~told.ends)
    grouped = [told.ticket_id, told.step]
    runs = pd.DataFrame(
        {"starts_at": asked.groupby(grouped).min(), "waiting": ~told.ends.groupby(grouped).any()}
    ).reset_index()
    return runs[runs.starts_at.notna()]


def _read(pd: Any, files: Sequence[str], columns: list[str]) -> Any:
    return pd.concat(
        [pd.read_parquet(file, columns=columns, partitioning=None) for file in files],
        ignore_index=True,
    )
