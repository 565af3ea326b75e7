"""Thousands of spoilt files: each gives rows, rows put aside, or one clear error, and no more."""

from pathlib import Path

import pytest

from hostile.mutations import mutate
from hostile.trials import Sample, attempt, mend, samples
from regard.ingest.grammar import mapping_names
from regard.ingest.source import sources

TRIALS = 3_000
SLOW = ("events", "zendesk-tables", "nhs_friends_and_family", "zendesk")
"""Samples of which a trial takes long: they have a quarter of the trials of others."""


def trials_of(sample: Sample) -> int:
    share = TRIALS // len(samples())
    return share // 4 if sample.name in SLOW else share


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
