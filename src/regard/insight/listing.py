"""All rows of a fact, as they are exported."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from regard.facts.ages import with_ages
from regard.facts.fact import fact
from regard.facts.reader import Reader
from regard.insight.anonymity import refuse_rows
from regard.store.stream import sorted_batches


@dataclass(frozen=True)
class Listing:
    """Rows to be read once, batch by batch, and how many they are."""

    total: int
    rows: pa.RecordBatchReader


def exported(reader: Reader, name: str, as_of: datetime | None = None) -> Listing:
    """Every row of a fact with states and ages as of an instant, sorted by the fact's key.

    as_of: None: the last event seen of each source. The columns are those of the fact, then
    `as_of` and, where something may still be running, `age_seconds`. An anonymous fact is an
    error.
    """
    refuse_rows(fact(name))
    stored = reader.fact(name, as_of)
    total = int(stored.count().to_pyarrow().as_py())
    rows = with_ages(stored, reader.watermarks, as_of)
    return Listing(total, sorted_batches(reader.snapshot.engine, rows, fact(name).key))
