"""Thousands of spoilt files: each gives rows, rows put aside, or one clear error, and no more."""

from pathlib import Path

import pytest

from hostile.mutations import mutate
from hostile.trials import Sample, attempt, mend, samples
from regard.ingest.grammar import mapping_names
from regard.ingest.run import run_import
from regard.ingest.source import sources
from regard.store.store import Store, open_store

TRIALS = 3_000
SLOW = ("events", "zendesk-tables", "nhs_friends_and_family", "zendesk")
"""Samples of which a trial takes long: they have a quarter of the trials of others."""
IMPORTED = ("messages", "orders.parquet", "helpdesk.xes", "mbox", "asterisk", "redmine")


def trials_of(sample: Sample) -> int:
    share = TRIALS // len(samples())
    return share // 4 if sample.name in SLOW else share


def state(store: Store) -> tuple[int, dict[str, int]]:
    """The version that stands, and how many rows of each table it holds."""
    with store.snapshot() as snapshot:
        return store.head().version, {name: snapshot.rows_of(name) for name in store.head().tables}


def test_every_source_of_files_and_every_shipped_mapping_is_spoilt() -> None:
    known = {one.name for one in samples()}
    of_files = {key for key, one in sources().items() if one.parse} - {"asterisk-queue-log"}
    assert known >= of_files | set(mapping_names()) | {"asterisk"}


def test_the_same_seed_spoils_a_file_the_same_way() -> None:
    content = b"id,at\n1,2024-01-01\n"
    assert [mutate(content, seed) for seed in range(99)] == [
        mutate(content, seed) for seed in range(99)
    ]
    assert len({mutate(content, seed)[1] for seed in range(99)}) > 60


@pytest.mark.parametrize("sample", samples(), ids=lambda one: one.name)
def test_a_spoilt_file_is_rows_or_rejects_or_a_clear_error(sample: Sample, tmp_path: Path) -> None:
    for seed in range(trials_of(sample)):
        found = attempt(sample, seed, tmp_path)
        mend(sample, seed, tmp_path)
        if found.kind == "refused":
            assert found.said.strip(), (seed, found.change)
            continue
        assert found.parcel is not None
        for part in found.parcel.each:
            assert part.read >= part.kept >= 0, (seed, found.change)
            assert all(reject.reason for reject in part.rejects), (seed, found.change)
            for rows in part.rows.values():
                rows.validate(full=True)


def test_an_import_of_spoilt_files_is_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "regard.toml").write_text("", encoding="utf-8")
    store, taken = open_store(tmp_path), 0
    for sample in (one for one in samples() if one.name in IMPORTED):
        for seed in (3, 4):
            before = state(store)
            found = attempt(sample, seed, tmp_path / "files")
            mend(sample, seed, tmp_path / "files")
            if found.parcel is None:
                assert state(store) == before
                continue
            run_import([found.parcel], store, tmp_path)
            after = state(store)
            assert after[0] - before[0] in (0, 1)
            assert (after == before) == (after[0] == before[0]) or after[1] == before[1]
            again = run_import([found.parcel], store, tmp_path)
            assert (again.new, again.changed, state(store)) == (0, 0, after)
            taken += 1
    assert taken > len(IMPORTED)
