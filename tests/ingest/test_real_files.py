"""The shipped mappings give the numbers that are known of the real files."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from regard.ingest.grammar import load_mapping
from regard.ingest.parcel import Parcel
from regard.ingest.quality import inspect
from regard.ingest.tabular import parse

pytestmark = pytest.mark.real
Real = Callable[[str], Path]


def take(real: Real, mapping: str, path: str) -> Parcel:
    parcel = parse(real(path), load_mapping(mapping))
    assert parcel.kept == parcel.read
    return parcel


def rows(parcel: Parcel, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parcel.rows[name].to_pylist()
    return found


def by_ticket(parcel: Parcel, field: str) -> dict[str, list[dict[str, Any]]]:
    told = defaultdict(list)
    for row in rows(parcel, "ticket_change"):
        if row["field"] == field:
            told[row["ticket_id"]].append(row)
    return {
        ticket: sorted(found, key=lambda row: (row["at"], row["ordinal"]))
        for ticket, found in told.items()
    }


def test_the_italian_help_desk_is_solved_when_it_is_known_to_be(real: Real) -> None:
    parcel = take(real, "helpdesk_italian", "tickets/helpdesk_italian.csv.gz")
    created = {row["ticket_id"]: row["created_at"] for row in rows(parcel, "ticket")}
    assert len(created) == 4580
    first, last = [], []
    for ticket, told in by_ticket(parcel, "status").items():
        hours = [
            (row["at"] - created[ticket]).total_seconds() / 3600
            for row in told
            if row["value"] == "solved"
        ]
        if hours:
            first.append(hours[0])
            last.append(hours[-1])
    assert len(last) == 4569
    assert median(last) == pytest.approx(159.790, abs=0.0005)
    assert median(first) == pytest.approx(143.593, abs=0.0005)
    assert {found.kind: found.count for found in parcel.findings} == {"repeated_row": 127}
    kinds = {row["actor_kind"] for row in rows(parcel, "ticket_change") if row["value"] == "closed"}
    assert kinds == {"system"}


def test_the_italian_help_desk_is_the_same_as_csv_and_xes(real: Real) -> None:
    first = take(real, "helpdesk_italian", "tickets/helpdesk_italian.csv.gz")
    second = take(real, "helpdesk_italian", "tickets/helpdesk_italian.xes.gz")
    for name, found in first.rows.items():
        assert found.equals(second.rows[name])


def test_the_incidents_of_volvo_end_as_their_sub_statuses_say(real: Real) -> None:
    parcel = take(real, "bpic2013", "tickets/bpic2013_incidents.csv.gz")
    told = by_ticket(parcel, "status")
    assert len(rows(parcel, "ticket")) == len(told) == 7554
    values = Counter(row["raw_value"] for row in rows(parcel, "ticket_change"))
    assert values["Completed/Cancelled"] == 1
    ends = [found[-1] for found in told.values()]
    in_call = [row for row in ends if row["raw_value"] == "Completed/In Call"]
    assert {row["value"] for row in in_call} == {"solved"}
    assert len(in_call) == 1882
    for found in told.values():
        for before, row in pairwise([{"value": ""}, *found]):
            if row["value"] == "closed" and row["reason"] is None:
                assert before["value"] == "solved"
    tiers = {row["team_id"]: row["tier"] for row in rows(parcel, "team")}
    assert (tiers["G97"], tiers["G230 2nd"], tiers["V5 3rd"], tiers["V13 2nd 3rd"]) == (1, 2, 3, 3)
    assert [row["agent_id"] for row in rows(parcel, "agent") if row["bot"]] == ["Siebel"]
    assert {row["priority"] for row in rows(parcel, "ticket")} == {
        "low", "normal", "high", "urgent",
    }  # fmt: skip
    assert "Siebel" not in {found["value"] for one in by_ticket(parcel, "agent").values()
                            for found in one}  # fmt: skip


def test_the_vendors_own_counts_of_uci_are_matched(real: Real) -> None:
    parcel = take(real, "uci_incident", "tickets/uci_incident_event_log.csv")
    vendor = {(r["figure"], r["subject_id"]): r["value"] for r in rows(parcel, "vendor_figure")}
    status, team = by_ticket(parcel, "status"), by_ticket(parcel, "team")
    tickets = [row["ticket_id"] for row in rows(parcel, "ticket")]
    done = {"solved", "closed"}
    reopened = {
        ticket: sum(
            a["value"] in done and b["value"] not in done for a, b in pairwise(status[ticket])
        )
        for ticket in tickets
    }
    moved = {ticket: max(len(team.get(ticket, ())) - 1, 0) for ticket in tickets}
    assert len(tickets) == 890
    assert sum(reopened[ticket] == vendor["reopen_count", ticket] for ticket in tickets) == 890
    assert sum(moved[ticket] == vendor["reassignment_count", ticket] for ticket in tickets) == 855
    assert {value for (name, _), value in vendor.items() if name == "made_sla"} == {0, 1}
    odd = [(found.kind, found.count) for found in parcel.findings]
    assert odd == [("impossible_order", 1)]
    orders = {found.where: found.count for found in inspect(parcel.rows)}
    assert orders["ticket_change.at"] >= 1


def test_the_calls_of_the_technion_have_their_known_lengths(real: Real) -> None:
    parcel = take(real, "technion", "calls/technion_bank_1999_01.txt.gz")
    calls, legs = rows(parcel, "call"), rows(parcel, "call_leg")
    assert len({row["call_id"] for row in calls}) == len(calls) == 31599
    assert Counter(row["outcome"] for row in calls) == {
        "answered": 27060,
        "abandoned": 3080,
        "ivr_left": 1219,
        "test": 240,
    }
    talk = [row["talk_seconds"] for row in legs if row["kind"] == "agent"]
    waits = defaultdict(list)
    for row in legs:
        if row["kind"] == "queue":
            waits[row["outcome"]].append(row["wait_seconds"])
    assert mean(talk) == pytest.approx(183.45, abs=0.005)
    assert mean(waits["answered"]) == pytest.approx(35.03, abs=0.005)
    assert (len(talk), len(waits["answered"])) == (27060, 27060)
    assert (len(waits["abandoned"]), sum(wait <= 20 for wait in waits["abandoned"])) == (3080, 985)
    assert [(f.kind, f.count, f.where) for f in parcel.findings] == [
        ("impossible_order", 33, "call.ivr_seconds")
    ]


def test_calls_over_midnight_end_on_the_next_day(real: Real) -> None:
    parcel = take(real, "technion", "calls/technion_bank_1999_01.txt.gz")
    calls = {row["call_id"]: row for row in rows(parcel, "call")}
    late = calls["AA0213-12511-990109"]
    assert (late["ended_at"] - late["arrived_at"]).total_seconds() == 92
    for row in calls.values():
        assert row["arrived_at"] <= row["ended_at"]
    for leg in rows(parcel, "call_leg"):
        took = (leg["ends_at"] - leg["starts_at"]).total_seconds()
        assert took == (leg["talk_seconds"] if leg["kind"] == "agent" else took) >= 0
