"""All rows of a fact, as they are exported."""

from datetime import datetime

from regard.facts.ages import Relation, with_ages
from regard.facts.fact import fact
from regard.facts.reader import Reader


def exported(reader: Reader, name: str, as_of: datetime | None = None) -> Relation:
    """Every row of a fact with states and ages as of an instant, sorted by the fact's key.

    as_of: None: the last event seen of each source. The columns are those of the fact, then
    `as_of` and, where something may still be running, `age_seconds`.
    """
    rows = with_ages(reader.fact(name, as_of), reader.watermarks, as_of)
    return rows.order_by(*fact(name).key)
