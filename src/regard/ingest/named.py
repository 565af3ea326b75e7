"""Who and what the rows of an event log name: teams, agents, customers, the source's figures."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.batch import Whole
from regard.ingest.frame import Frame, Log
from regard.ingest.mapping import Choice, EventLog, Tier
from regard.ingest.plain import build
from regard.ingest.values import evaluate

Tables = dict[str, pa.Table]


def teams(form: EventLog, source: str, frame: Frame) -> Tables:
    """A row a team, known since ever, its tier by the first rule that its name matches, else 1."""
    if not form.team:
        return {}
    names = _names(frame, form.team, "team")
    tiers = [tier_of(name, form.tiers) for name in names.to_pylist()]
    columns = {"team_id": names, "name": names, "tier": pa.array(tiers, pa.int64())}
    return {"team": build("team", source, columns, len(names))}


def tier_of(name: str, tiers: tuple[Tier, ...]) -> int:
    """The tier of a team by its name."""
    return next((rule.tier for rule in tiers if re.search(rule.matches, name)), 1)


def agents(form: EventLog, source: str, frame: Frame) -> Tables:
    """A row an agent, known since ever; machines are marked."""
    if not form.agent:
        return {}
    names = _names(frame, form.agent, "agent")
    bots = pc.is_in(names, pa.array(form.bots, pa.string()))
    columns = {"agent_id": names, "name": names, "bot": bots}
    return {"agent": build("agent", source, columns, len(names))}


def customers(form: EventLog, source: str, frame: Frame, at: pa.Array) -> Tables:
    """A row a customer, first seen when the log first names them."""
    if not form.customer:
        return {}
    ids = evaluate(form.customer, "text", "customer", frame, Log())
    rows = pa.table({"customer_id": ids, "at": at})
    known = rows.filter(rows.column("customer_id").is_valid())
    seen = known.group_by("customer_id").aggregate([("at", "min")]).sort_by("customer_id")
    columns = {
        "customer_id": seen.column("customer_id").combine_chunks(),
        "first_seen_at": seen.column("at_min").combine_chunks(),
    }
    return {"customer": build("customer", source, columns, seen.num_rows)}


def figures(
    form: EventLog,
    source: str,
    ids: pa.Array,
    case: Whole,
    at: pa.Array,
    numbers: list[pa.Array],
) -> Tables:
    """The source's own numbers of each case, as of the case's last row."""
    if not form.figures:
        return {}
    last = np.append(case[1:] != case[:-1], True) if len(case) else np.zeros(0, bool)
    made = []
    for figure, values in zip(form.figures, numbers, strict=True):
        rows = pa.table({"case": case, "value": values}).group_by("case", use_threads=False)
        if figure.take == "max":
            found = rows.aggregate([("value", "max")]).sort_by("case").column("value_max")
        else:
            found = rows.aggregate([("value", "last")]).sort_by("case").column("value_last")
        columns = {
            "subject": pa.repeat(pa.scalar("ticket", pa.string()), int(last.sum())),
            "subject_id": ids.filter(pa.array(last)),
            "figure": pa.repeat(pa.scalar(figure.name, pa.string()), int(last.sum())),
            "value": found.combine_chunks(),
            "at": at.filter(pa.array(last)),
        }
        columns["updated_at"] = columns["at"]
        built = build("vendor_figure", source, columns, int(last.sum()))
        made.append(built.filter(built.column("value").is_valid()))
    return {"vendor_figure": pa.concat_tables(made)}


def _names(frame: Frame, choice: Choice, where: str) -> pa.Array:
    """The different texts of what names them, sorted."""
    found = evaluate(choice, "text", where, frame, Log()).drop_null().unique()
    return found.take(pc.sort_indices(found))
