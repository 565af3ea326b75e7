"""What killed processes, mended stores and old programs leave in a workspace, full of Anna."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from erase.people import HANDLE, MAIL, PHONE, WORDS
from regard.store import deltas
from regard.store.store import Store, open_store

SAID = f"{MAIL} {PHONE} @{HANDLE} {' '.join(WORDS)}"


def strew(folder: Path) -> list[Path]:
    """Leave files about that no manifest names; which ones."""
    store = open_store(folder)
    rows = pa.table({"text": [SAID] * 3, "ticket_id": ["t1", "t2", MAIL]})
    texts = store.table_path("message_text")
    cut = [_cut_write(store, "message_text"), _cut_write(store, "customer_identity")]
    made = [
        *cut,
        _packed(texts / "bucket=0" / "part-orphan.parquet", rows),
        _packed(texts / "bucket=1" / "part-broken.parquet.spoilt", rows),
        _packed(store.folder / "tables" / "never_named" / "part-0.parquet", rows),
        _packed(store.folder / "facts" / "old_fact" / "part-0.parquet", rows),
        _packed(folder / "cache" / "1-20260302T000000" / "tmp12" / "ticket_fact.parquet", rows),
    ]
    for name in (
        "store/tables/stray",
        "store/tables/message_text/_delta_log/_commit_1.json.tmp",
        "store/manifests/00000002.77.draft",
        "quarantine/1.jsonl.77.draft",
        "imports/1.json.77.draft",
        "erasing.json.77.draft",
        ".tmp/duckdb_temp_storage_DEFAULT-0.tmp",
        *(
            f"store/spill-{work}/duckdb_temp_storage_DEFAULT-0.tmp"
            for work in ("erasing", "importing", "building", "reading-77-0")
        ),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SAID, encoding="utf-8")
        made.append(path)
    return made


def _cut_write(store: Store, name: str) -> Path:
    """A write of one who was killed before the manifest: in the log, and nowhere else."""
    path, version = store.table_path(name), store.head().tables[name]
    with store.snapshot() as snapshot:
        rows = snapshot.table(name).to_pyarrow().to_pylist()
    mine = [{**row, "source": json.dumps(SAID)} for row in rows]
    later = pa.Table.from_pylist(mine).append_column(
        deltas.BUCKET, pa.array([0] * len(mine), pa.int32())
    )
    assert deltas.append(path, later, divided=True) == version + 1
    return path / deltas.LOG / f"{version + 1:020d}.json"


def _packed(path: Path, rows: pa.Table) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path, compression="zstd")
    return path


def copied(folder: Path, name: str) -> Path:
    """A copy of a workspace beside it."""
    return shutil.copytree(folder, folder.with_name(name))
