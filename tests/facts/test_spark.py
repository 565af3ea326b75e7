"""Every fact compiles for Spark from the schemas it declares, and means the same there.

Spark allows no frame on lead, lag and row_number; its first and last take nulls unless told not
to; an aggregate that it lacks or that differs there must not be used.
"""

import re
from datetime import date
from functools import cache

import ibis
import pytest

from regard.core.calendar import clock_rows, edition_rows
from regard.core.calendar_file import parse
from regard.core.deadlines import deadline_rows
from regard.core.schema import tables
from regard.facts.compute import conformed
from regard.facts.fact import facts
from regard.facts.persons import PERSONS

HOURS = {"zone": "UTC", "week": {"mon": ["09:00-12:00", "13:00-17:00"]}}
DAY = date(2026, 3, 2)
EVERY = pytest.mark.parametrize("name", facts())
# min_by and max_by: places in an order are never null and never equal there.
ALIKE = {
    "ARRAY",
    "BOOL_OR",
    "CAST",
    "COALESCE",
    "CONCAT",
    "COUNT",
    "ELEMENT_AT",
    "EXPLODE",
    "FIRST",
    "FLOOR",
    "GREATEST",
    "FROM_UNIXTIME",
    "IF",
    "LAG",
    "LAST",
    "LEAD",
    "LEAST",
    "MAX",
    "MAX_BY",
    "MIN",
    "MIN_BY",
    "NULLIF",
    "REPLACE",
    "ROW_NUMBER",
    "SEQUENCE",
    "SIGN",
    "SIZE",
    "SLICE",
    "SPLIT",
    "STARTSWITH",
    "SUM",
    "TO_TIMESTAMP",
    "TRIM",
    "UNIX_TIMESTAMP",
}


@cache
def _spark(name: str) -> str:
    """The fact in Spark's SQL."""
    one = facts()[name]
    schemas = {
        read: tables()[read].schema if read in tables() else facts()[read].schema
        for read in one.reads
    }
    calendars = parse({"calendar": {"default": HOURS}})
    if one.opening_hours:
        schemas["clock"] = clock_rows(calendars, DAY, DAY).schema
        schemas["editions"] = edition_rows(calendars).schema
    if one.promises:
        schemas["deadlines"] = deadline_rows(calendars, DAY, DAY).schema
    if one.persons:
        schemas["person"] = PERSONS
    given = {
        read: ibis.table(ibis.Schema.from_pyarrow(schema), name=read)
        for read, schema in schemas.items()
    }
    sql = str(ibis.to_sql(conformed(one, one.build(**given)), dialect="databricks"))
    return re.sub(r"\s+", " ", sql)


@EVERY
def test_a_fact_compiles_for_spark_with_what_means_the_same_there(name: str) -> None:
    used = set(re.findall(r"\b([A-Z][A-Z_]+)\(", _spark(name)))
    assert used - ALIKE == set()


@EVERY
def test_no_frame_stands_where_spark_allows_none(name: str) -> None:
    found = re.findall(r"\b(?:LEAD|LAG|ROW_NUMBER)\([^()]*\) OVER \([^()]*\)", _spark(name))
    assert [each for each in found if "ROWS" in each or "RANGE" in each] == []


@EVERY
def test_the_first_and_the_last_leave_out_what_is_not_there(name: str) -> None:
    sql = _spark(name)
    assert len(re.findall(r"\b(?:FIRST|LAST)\(", sql)) == sql.count(" IGNORE NULLS OVER (")


@EVERY
def test_no_expression_speaks_of_a_zone(name: str) -> None:
    assert "AT TIME ZONE" not in _spark(name)
