"""An import is written whole, tells what it did, and keeps what it could not take."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest

from regard.core.errors import RegardError
from regard.ingest import quarantine
from regard.ingest.files import BadFile
from regard.ingest.grammar import parse_mapping
from regard.ingest.parcel import Finding, Parcel
from regard.ingest.plain import build
from regard.ingest.quality import LABELS, QualityReport, inspect, missing_clocks
from regard.ingest.run import read_report, run_import
from regard.ingest.tabular import parse
from regard.store.store import Store

Log = Callable[..., Parcel]
GOOD = ("A,2024-01-01 10:00,New,t1,ann,c1", "A,2024-01-02 10:00,Done,t1,ann,c1")
BAD = ("A,2024-01-01 12:00,Lost,t1,ann,c1", "B,2024-02-31 10:00,New,t1,ann,c2")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "workspace" / "store")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


def test_an_import_tells_what_it_did(log: Log, store: Store, workspace: Path) -> None:
    report = run_import([log(*GOOD, *BAD)], store, workspace)
    assert (report.number, report.read, report.kept) == (1, 4, 2)
    assert report.files == ("log.csv",)
    assert (report.tables["ticket"].new, report.tables["ticket_change"].new) == (1, 3)
    assert (report.new, report.changed, report.same) == (5, 0, 0)
    assert [(q.kind, q.column, q.count, q.examples[0][:2]) for q in report.quarantined] == [
        ("impossible_date", "at", 1, (5, "2024-02-31 10:00")),
        ("not_mapped", "status", 1, (4, "Lost")),
    ]
    assert report.count("impossible_date") == 1
    # The change of team names no actor.
    assert report.count("unknown_author") == 1
    assert read_report(workspace, 1) == report


def test_an_import_made_again_changes_nothing(log: Log, store: Store, workspace: Path) -> None:
    first = run_import([log(*GOOD, *BAD)], store, workspace)
    kept = {path: path.read_text() for path in workspace.glob("[iq]*/*")}
    again = run_import([log(*GOOD, *BAD)], store, workspace)
    assert (again.version, again.new, again.changed, again.same) == (first.version, 0, 0, 5)
    assert {path: path.read_text() for path in workspace.glob("[iq]*/*")} == kept


def test_two_imports_of_one_number_keep_the_rows_of_both(
    log: Log, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (log(BAD[0].replace("Lost", word)) for word in ("Gone", "Left", "Away"))
    quarantine.keep(workspace, 1, [first])
    read, others = quarantine._read, [Thread(target=quarantine.keep, args=(workspace, 1, [third]))]

    def slowly(*words: Any) -> Iterator[dict[str, Any]]:
        rows = list(read(*words))
        if others:
            others[0].start()
            others.pop().join(0.3)
        return iter(rows)

    other = others[0]
    monkeypatch.setattr(quarantine, "_read", slowly)
    quarantine.keep(workspace, 1, [second])
    other.join()
    assert {one.value for one in quarantine.show(workspace, 1)} == {"Gone", "Left", "Away"}


def test_what_is_put_aside_while_rows_are_tried_again_stays(log: Log, workspace: Path) -> None:
    quarantine.keep(workspace, 1, [log(BAD[0])])
    before = quarantine.state_of(workspace, 1)
    quarantine.keep(workspace, 1, [log(BAD[1])])
    quarantine.discard(workspace, 1, before)
    assert len(quarantine.show(workspace, 1)) == 2
    quarantine.discard(workspace, 1, quarantine.state_of(workspace, 1))
    assert quarantine.list_kept(workspace) == ()


def test_a_file_that_cannot_be_written_stays_as_it_was_and_leaves_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = quarantine.write_whole(tmp_path / "a", "before", 0o600)
    modes: list[int] = []

    def full(handle: int) -> None:
        modes.append(os.fstat(handle).st_mode & 0o777)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        quarantine.write_whole(path, "after", 0o600)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a", "before")]
    assert modes == [0o600]


def test_files_lost_in_a_crash_are_written_by_the_next_run(
    log: Log, store: Store, workspace: Path
) -> None:
    run_import([log(*GOOD, *BAD)], store, workspace)
    quarantine.discard(workspace, 1)
    (workspace / "imports" / "1.json").unlink()
    run_import([log(*GOOD, *BAD)], store, workspace)
    assert len(quarantine.show(workspace, 1)) == 2
    assert read_report(workspace, 1).same == 5


def test_rejects_of_an_import_without_news_join_those_before(
    log: Log, store: Store, workspace: Path
) -> None:
    run_import([log(*GOOD, *BAD)], store, workspace)
    run_import([log("C,never,New,t1,ann,c1")], store, workspace)
    assert {reject.value for reject in quarantine.show(workspace, 1)} == {
        "Lost", "2024-02-31 10:00", "never",
    }  # fmt: skip
    assert read_report(workspace, 1).new == 5


def test_a_bad_file_changes_nothing(
    log: Log, store: Store, workspace: Path, tmp_path: Path
) -> None:
    good = log(*GOOD)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"case,at\nA,\x00\n")
    mapping = parse_mapping('form = "events"\ncase = "case"\nat = "at"', "x")
    files = (good if path is None else parse(path, mapping) for path in (None, bad))
    with pytest.raises(BadFile):
        run_import(files, store, workspace)
    assert store.head().version == 0
    assert list(workspace.glob("[iq]*/*")) == []


def test_what_waits_can_be_listed_shown_and_tried_again(
    log: Log, store: Store, workspace: Path
) -> None:
    parcel = log(*GOOD, *BAD)
    run_import([parcel], store, workspace)
    (kept,) = quarantine.list_kept(workspace)
    assert (kept.number, kept.rejects, kept.origins) == (1, 2, (parcel.origin,))
    assert quarantine.show(workspace, 1) == parcel.rejects
    assert parcel.origin is not None
    mended = parse_mapping(parcel.origin.text.replace("Wait =", 'Lost = "open", Wait ='), "desk")
    retried = quarantine.retry(workspace, 1, mended)
    assert [(one.read, one.kept, len(one.rejects)) for one in retried] == [(4, 3, 1)]
    report = run_import(retried, store, workspace)
    assert (report.number, report.tables["ticket_change"].new) == (2, 1)
    assert report.tables["ticket_change"].same == 3
    quarantine.discard(workspace, 1)
    assert [one.number for one in quarantine.list_kept(workspace)] == [2]


def test_a_row_tried_again_stands_where_it_always_belonged(log: Log, workspace: Path) -> None:
    parcel = log(GOOD[0], "A,2024-01-01 12:00,Lost,t1,ann,c1", GOOD[1])
    quarantine.keep(workspace, 3, [parcel])
    mended = parcel.origin.text.replace("Wait =", 'Lost = "open", Wait =') if parcel.origin else ""
    (retried,) = quarantine.retry(workspace, 3, parse_mapping(mended, "desk"))
    whole = log(GOOD[0], "A,2024-01-01 12:00,Open,t1,ann,c1", GOOD[1])
    for name in ("ticket", "ticket_change"):
        drop = [n for n in retried.rows[name].schema.names if n == "raw_value"]
        assert retried.rows[name].drop_columns(drop).equals(whole.rows[name].drop_columns(drop))
    before = set(parcel.rows["ticket_change"].column("change_id").to_pylist())
    assert before <= set(retried.rows["ticket_change"].column("change_id").to_pylist())


def test_broken_rows_wait_as_they_stand(tmp_path: Path, workspace: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("case,at\nA,2024-01-01Z\nonly one field\n")
    mapping = parse_mapping('form = "events"\ncase = "case"\nat = "at"', "mine")
    quarantine.keep(workspace, 1, [parse(path, mapping)])
    (retried,) = quarantine.retry(workspace, 1)
    assert [reject.raw for reject in retried.rejects] == [{"": "only one field"}]


def test_nothing_in_quarantine_is_told_with_what_there_is(log: Log, workspace: Path) -> None:
    with pytest.raises(RegardError, match="The quarantine is empty"):
        quarantine.show(workspace, 7)
    assert quarantine.keep(workspace, 1, [log(*GOOD)]) is None
    quarantine.keep(workspace, 2, [log(*BAD)])
    with pytest.raises(RegardError, match="There are: 2"):
        quarantine.retry(workspace, 7)
    with pytest.raises(RegardError, match="no report of import 9"):
        read_report(workspace, 9)


def test_a_report_survives_json(log: Log, store: Store, workspace: Path) -> None:
    report = run_import([log(*GOOD, *BAD), log("C,2024-01-01 10:00,New,,ann,c1")], store, workspace)
    assert QualityReport.from_json(report.to_json()) == report


def test_every_kind_of_reject_and_finding_has_a_label(log: Log) -> None:
    parcel = log(*GOOD, *BAD, ",2024-01-01,New,,a,c", "A,,New,,a,c", GOOD[0])
    kinds = {r.kind for r in parcel.rejects} | {f.kind for f in parcel.findings}
    assert {"no_case", "no_instant", "repeated_row"} <= kinds <= set(LABELS)


def test_the_same_identity_in_two_files_counts_once(
    log: Log, store: Store, workspace: Path
) -> None:
    report = run_import([log(*GOOD), log(*GOOD)], store, workspace)
    assert report.tables["ticket"].new == 1
    assert report.count("duplicate_id") == 1 + 3 + 1


def test_orders_that_cannot_be_are_noticed() -> None:
    at = pa.array([1, 5], pa.int64()).cast(pa.timestamp("us", "UTC"))
    late = pa.array([3, 4], pa.int64()).cast(pa.timestamp("us", "UTC"))
    ids = pa.array(["x", "y"])
    rows = {
        "call": build("call", "s", {"call_id": ids, "arrived_at": at, "ended_at": late}, 2),
        "ticket": build("ticket", "s", {"ticket_id": ids, "created_at": late}, 2),
        "message": build("message", "s", {"ticket_id": ids, "message_id": ids, "sent_at": at}, 2),
    }
    assert inspect(rows) == (
        Finding("impossible_order", 1, "y", "call.ended_at"),
        Finding("impossible_order", 1, "x, x", "message.sent_at"),
        Finding("unknown_author", 2, "", "message.author_kind"),
    )


def test_clocks_that_never_ran_are_counted(log: Log) -> None:
    parcel = log(*GOOD, "B,2024-01-01 10:00,New,,ann,c1")
    assert missing_clocks(parcel.rows) == {"ticket.solved": 1}
