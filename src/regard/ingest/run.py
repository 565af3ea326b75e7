"""An import: parcels into the store, rejects into quarantine, and the report of both."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from regard.core.errors import RegardError
from regard.ingest import addresses, erased, quality, quarantine, readings
from regard.ingest.frame import Log
from regard.ingest.parcel import Parcel
from regard.ingest.plain import drop_repeats
from regard.ingest.quality import Loaded, QualityReport
from regard.store.lock import held

if TYPE_CHECKING:
    from regard.store.store import Store

FOLDER = "imports"


def run_import(parcels: Iterable[Parcel], store: "Store", workspace: Path) -> QualityReport:
    """Write the parcels' rows in one version of the store, then the quarantine and the report.

    All parcels are read before anything is written, so a bad file changes nothing. Running the
    same import again after a crash writes the same rows, which changes nothing in the store, and
    the files that are missing. Customers' words are read in the same version; the report, which
    tells of files, says nothing of that. Customers' addresses are written one way.
    """
    taken = tuple(part for parcel in parcels for part in parcel.each)
    # Whoever erases a customer waits until what is being imported is there to be erased.
    with held(erased.lock_of(workspace), shared=True):
        return _write(taken, store, workspace)


def _write(taken: Sequence[Parcel], store: "Store", workspace: Path) -> QualityReport:
    log = Log()
    rows = addresses.normalise(join_rows(taken, log), addresses.region_of(workspace), log)
    covers = _covers(taken)
    read = readings.read_rows(rows, store, workspace)
    told = rows if read is None else rows | {"reading": read}
    told = erased.without_erased(told, workspace, log)
    changes = store.upsert(told, covers if read is None else _covers_readings(covers, read))
    rows = {name: told[name] for name in rows}
    parts = erased.without_rejects((*taken, *_repeated(log)), workspace)
    quarantine.keep(workspace, changes.number, parts)
    tables = {
        name: Loaded(counted.new, counted.changed, counted.same)
        for name, counted in changes.tables.items()
        if name in rows
    }
    report = quality.make_report(parts, rows, changes.number, changes.version, tables)
    path = _path(workspace, changes.number)
    # Where the store took nothing, the number is that of the import before, whose report stays.
    if changes.any or not path.exists():
        quarantine.write_whole(path, report.to_json())
    return report


def read_report(workspace: Path, number: int) -> QualityReport:
    """The report of an import; one that is not there is an error that says what to do."""
    path = _path(workspace, number)
    if not path.exists():
        raise RegardError(f"There is no report of import {number}. Choose another number.")
    return QualityReport.from_json(path.read_text("utf-8"))


def join_rows(parcels: Sequence[Parcel], log: Log) -> dict[str, pa.Table]:
    """The rows of all parcels by table, each identity once: the last parcel counts, else the first
    where all of them say so of a table."""
    names = sorted({name for parcel in parcels for name in parcel.rows})
    joined = {}
    for name in names:
        told = [parcel for parcel in parcels if name in parcel.rows]
        joined[name] = told[0].rows[name]
        if len(told) > 1:
            whole = pa.concat_tables([parcel.rows[name] for parcel in told]).combine_chunks()
            ways = {parcel.repeats.get(name, "") for parcel in told}
            joined[name] = drop_repeats(name, whole, log, ways.pop() if len(ways) == 1 else "")
    return joined


def _covers(parcels: Sequence[Parcel]) -> dict[str, tuple[str, ...]]:
    covers: dict[str, dict[str, None]] = {}
    for parcel in parcels:
        covers.setdefault(parcel.source, {}).update(dict.fromkeys(parcel.covers))
    return {source: tuple(tables) for source, tables in covers.items()}


def _covers_readings(
    covers: Mapping[str, tuple[str, ...]], read: pa.Table
) -> dict[str, tuple[str, ...]]:
    """What the sources cover, and readings where words of theirs were read."""
    more = dict.fromkeys(pc.unique(read.column("source")).to_pylist(), ("reading",))
    sources = dict.fromkeys([*covers, *more])
    return {source: (*covers.get(source, ()), *more.get(source, ())) for source in sources}


def _repeated(log: Log) -> tuple[Parcel, ...]:
    """What joining the parcels noticed, as a parcel without rows."""
    return (Parcel("", (), {}, 0, 0, findings=log.findings()),) if log.odd else ()


def _path(workspace: Path, number: int) -> Path:
    return workspace / FOLDER / f"{number}.json"
