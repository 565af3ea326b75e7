"""Calls of Asterisk's queue_log are told leg by leg; what is not said is not known."""

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regard.core.errors import RegardError
from regard.ingest.files import BadFile
from regard.ingest.parcel import Parcel
from regard.ingest.plain import stored_schema
from regard.ingest.run import run_import
from regard.ingest.source import sources
from regard.ingest.sources.asterisk import parse, settle
from regard.store.store import open_store

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "asterisk" / "queue_log"
START = 1_700_000_000


@pytest.fixture(scope="module")
def parcel() -> Parcel:
    return parse(SAMPLE, keys={"1": "callback"})


def call(parcel: Parcel, number: str) -> dict[str, Any]:
    (found,) = [row for row in parcel.rows["call"].to_pylist() if row["call_id"] == number]
    return dict(found)


def legs(parcel: Parcel, number: str) -> list[dict[str, Any]]:
    return [row for row in parcel.rows["call_leg"].to_pylist() if row["call_id"] == number]


def seconds(instant: Any) -> int | None:
    return None if instant is None else int(instant.timestamp()) - START


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "queue_log"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_an_answered_call_rings_waits_talks_and_is_held(parcel: Parcel) -> None:
    one = call(parcel, "1700000095.1")
    assert (seconds(one["arrived_at"]), seconds(one["queued_at"])) == (100, 100)
    assert (seconds(one["ended_at"]), one["outcome"]) == (250, "answered")
    assert one["number_called"] == "8005550100"
    queue, ring, agent = legs(parcel, "1700000095.1")
    assert (queue["kind"], queue["outcome"], queue["wait_seconds"]) == ("queue", "answered", 30)
    assert (seconds(queue["starts_at"]), seconds(queue["ends_at"])) == (100, 130)
    assert (ring["kind"], ring["agent"], ring["outcome"]) == ("ring", "PJSIP/bob", "no_answer")
    assert (ring["ring_seconds"], seconds(ring["starts_at"])) == (15, 100)
    assert (agent["agent"], agent["ring_seconds"], agent["outcome"]) == (
        "PJSIP/ann",
        12,
        "completed",
    )
    assert (agent["talk_seconds"], agent["hold_seconds"], agent["holds"]) == (100, 20, 1)


def test_a_hold_that_the_log_does_not_tell_is_not_known(parcel: Parcel) -> None:
    for leg in legs(parcel, "1700000399.4"):
        assert leg["hold_seconds"] is None
        assert leg["holds"] is None


def test_an_abandoned_call_ends_when_the_caller_hangs_up(parcel: Parcel) -> None:
    one = call(parcel, "1700000305.3")
    assert (one["outcome"], seconds(one["ended_at"])) == ("abandoned", 350)
    queue, ring = legs(parcel, "1700000305.3")
    assert (queue["wait_seconds"], queue["outcome"]) == (40, "abandoned")
    assert (ring["kind"], ring["ring_seconds"], ring["outcome"]) == ("ring", 8, "abandoned")


def test_a_call_passed_on_is_one_call_of_several_legs(parcel: Parcel) -> None:
    one = call(parcel, "1700000399.4")
    assert (one["outcome"], seconds(one["ended_at"])) == ("answered", 605)
    told = [(leg["kind"], leg["queue"], leg["outcome"]) for leg in legs(parcel, "1700000399.4")]
    assert told == [
        ("queue", "sales", "flowed_out"),
        ("queue", "support", "answered"),
        ("agent", "support", "transferred"),
        ("queue", "billing", "answered"),
        ("agent", "billing", "completed"),
    ]
    assert legs(parcel, "1700000399.4")[2]["transferred_to"] == "600"
    assert [leg["leg_id"] for leg in legs(parcel, "1700000399.4")] == ["1", "2", "3", "4", "5"]


def test_a_call_that_leaves_for_elsewhere_has_an_outcome_and_no_end(parcel: Parcel) -> None:
    told = {
        number: (call(parcel, number)["outcome"], call(parcel, number)["ended_at"])
        for number in ("1700000700.7", "1700000730.8", "1700000800.9")
    }
    assert told == {
        "1700000700.7": ("callback", None),
        "1700000730.8": ("flowed_out", None),
        "1700000800.9": ("answered", None),
    }
    agent = legs(parcel, "1700000800.9")[1]
    assert (agent["outcome"], agent["talk_seconds"]) == ("transferred", 60)
    assert agent["transferred_to"] == "PJSIP/dan-1"


def test_calls_that_are_not_over_have_neither_end_nor_outcome(parcel: Parcel) -> None:
    waiting, talking = call(parcel, "1700000970.11"), call(parcel, "1700000975.12")
    assert (waiting["ended_at"], waiting["outcome"]) == (None, None)
    assert talking["ended_at"] is None
    assert legs(parcel, "1700000970.11")[0]["ends_at"] is None
    assert legs(parcel, "1700000970.11")[0]["wait_seconds"] is None


def test_a_call_that_began_before_the_log_is_counted_back(parcel: Parcel) -> None:
    one = call(parcel, "1700000100.1")
    assert (seconds(one["arrived_at"]), one["outcome"]) == (957, "answered")


def test_presence_is_told_in_stretches(parcel: Parcel) -> None:
    told = [
        (row["agent_id"], row["state"], seconds(row["starts_at"]), seconds(row["ends_at"]))
        for row in parcel.rows["agent_state"].to_pylist()
    ]
    assert told == [
        ("PJSIP/ann", "available", 0, 960),
        ("PJSIP/bob", "available", 10, 300),
        ("PJSIP/bob", "away", 300, 900),
        ("PJSIP/bob", "available", 900, 950),
        ("PJSIP/bob", "offline", 950, None),
        ("PJSIP/ann", "away", 960, None),
    ]


def test_logging_in_and_off_is_presence_too(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"{START}|NONE|NONE|Agent/1|AGENTLOGIN|SIP/1",
        f"{START + 10}|NONE|NONE|Agent/1|PAUSEALL|",
        f"{START + 20}|NONE|NONE|Agent/1|UNPAUSEALL|",
        f"{START + 30}|NONE|NONE|Agent/1|AGENTLOGOFF|SIP/1|30",
        f"{START + 30}|NONE|q|SIP/2|PAUSE|",
    )
    told = [
        (r["state"], seconds(r["starts_at"])) for r in parse(path).rows["agent_state"].to_pylist()
    ]
    assert told == [
        ("available", 0),
        ("away", 10),
        ("available", 20),
        ("offline", 30),
        ("away", 30),
    ]


def test_what_is_no_line_is_put_aside_and_what_is_no_event_counted(parcel: Parcel) -> None:
    assert [(r.line, r.value) for r in parcel.rejects] == [(39, "not a line of the log")]
    assert [(f.kind, f.count, f.example) for f in parcel.findings] == [
        ("unknown_event", 1, "MADEUP")
    ]
    assert (parcel.read, parcel.kept) == (39, 38)


def test_rows_fit_the_event_model(parcel: Parcel) -> None:
    assert set(parcel.covers) == set(parcel.rows)
    for name, rows in parcel.rows.items():
        assert rows.schema == stored_schema(name)
    states = parcel.rows["agent_state"].to_pylist()
    assert len({(row["agent_id"], row["state_id"]) for row in states}) == len(states)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x00\x01", gzip.compress(b"", mtime=0)])
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "queue_log"
    path.write_bytes(content)
    with pytest.raises(BadFile):
        parse(path)


def test_a_key_leads_to_a_known_outcome(tmp_path: Path) -> None:
    with pytest.raises(RegardError, match="callbak"):
        parse(SAMPLE, keys={"1": "callbak"})


def test_the_log_is_a_source_that_is_found(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    found = sources()["asterisk-queue-log"].parse
    assert found is not None
    assert found(path).rows["call"].num_rows == 9


@pytest.mark.real
def test_the_real_lines_are_one_abandoned_and_one_waiting_call(
    real: Callable[[str], Path],
) -> None:
    parcel = parse(real("calls/queue_log_readme_2020.txt"))
    calls = parcel.rows["call"].to_pylist()
    assert Counter(row["outcome"] for row in calls) == {"abandoned": 1, None: 1}
    (abandoned,) = [leg for leg in parcel.rows["call_leg"].to_pylist() if leg["ends_at"]]
    assert (abandoned["wait_seconds"], abandoned["queue"]) == (68, "support")
    (state,) = parcel.rows["agent_state"].to_pylist()
    assert (state["agent_id"], state["state"]) == ("SIP/0004f2040001", "available")
    assert (parcel.read, parcel.rejects) == (10, ())


def test_a_caller_is_a_customer_whose_number_stands_with_addresses_alone(tmp_path: Path) -> None:
    lines = (
        "1700000000|a|sales|NONE|ENTERQUEUE||+48 22 555 01 02|1",
        "1700000010|a|support|NONE|ENTERQUEUE||+48225550102|1",
        "1700000020|b|sales|NONE|ENTERQUEUE||+48225550102|1",
        "1700000030|c|sales|NONE|ENTERQUEUE||anonymous|1",
        "1700000040|d|sales|NONE|ENTERQUEUE||7000|1",
        "1700000050|e|sales|NONE|ENTERQUEUE||+48225550199|1",
    )
    store, log = open_store(tmp_path / "w"), write(tmp_path, *lines)
    first = run_import(settle([parse(log)], store), store, tmp_path / "w")
    again = run_import(settle([parse(log)], store), store, tmp_path / "w")
    assert (again.new, again.changed, again.version) == (0, 0, first.version)
    with store.snapshot() as snapshot:
        calls, known = (
            snapshot.table(name).to_pyarrow().to_pylist() for name in ("call", "customer_identity")
        )
    who = {row["call_id"]: row["customer_id"] for row in calls}
    assert who["a"] == who["b"] != who["e"]
    assert (who["c"], who["d"]) == (None, None)
    assert {(row["customer_id"], row["kind"], row["address"]) for row in known} == {
        (who["a"], "phone", "+48225550102"),
        (who["e"], "phone", "+48225550199"),
    }
    assert "555" not in str(calls)


def test_one_caller_has_another_pseudonym_in_another_workspace(
    parcel: Parcel, tmp_path: Path
) -> None:
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (settled,) = settle([parcel], open_store(tmp_path / name))
        told.append(set(settled.rows["customer"].column("customer_id").to_pylist()))
        assert told[-1] == set(settled.rows["customer_identity"].column("customer_id").to_pylist())
    assert told[0].isdisjoint(told[1])
    assert len(told[0]) == len(told[1]) > 1
