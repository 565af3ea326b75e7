"""Instants agree with Python's own, and odd local times are noticed."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.core.errors import BadValue
from regard.ingest import clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(*texts: str | None, formats: tuple[str, ...] = ("iso",)) -> list[str | None]:
    found = clock.parse(pa.array(texts, pa.string()), formats)
    instants = clock.to_arrow(found.us, found.known).to_pylist()
    return [None if one is None else one.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] for one in instants]


@pytest.mark.parametrize(
    ("text", "form", "wanted"),
    [
        ("2024-02-29", "iso", "2024-02-29 00:00:00.000"),
        ("2024-02-29 10:05", "iso", "2024-02-29 10:05:00.000"),
        ("2024-02-29T10:05:06.5Z", "iso", "2024-02-29 10:05:06.500"),
        ("2024-02-29T10:05:06,123456789+02:00", "iso", "2024-02-29 08:05:06.123"),
        ("2024-02-29 00:05:06 +0100", "iso", "2024-02-28 23:05:06.000"),
        ("29-2-2024 1:16", "%d-%m-%Y %H:%M", "2024-02-29 01:16:00.000"),
        ("990101 0:00:31", "%y%m%d %H:%M:%S", "1999-01-01 00:00:31.000"),
        ("Mar 3, 2020 12:05 AM", "%b %d, %Y %I:%M %p", "2020-03-03 00:05:00.000"),
        ("Tue Oct 31 18:13:06 +0000 2017", "%a %b %d %H:%M:%S %z %Y", "2017-10-31 18:13:06.000"),
        ("1596191926", "epoch", "2020-07-31 10:38:46.000"),
        ("1596191926123", "epoch_ms", "2020-07-31 10:38:46.123"),
    ],
)
def test_a_text_is_read_in_its_format(text: str, form: str, wanted: str) -> None:
    assert read(text, formats=(form,)) == [wanted]
    assert read(text, "junk", None, formats=(form,)) == [wanted, None, None]


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-01 24:00", "2024-01-01 10:60",
     "1969-12-31", "2101-01-01", "0001-01-01", "9999-12-31", "today", "01/02/2024", "20240101"],
)  # fmt: skip
def test_what_is_no_instant_is_not_known(text: str) -> None:
    assert read(text, "2024-01-01") == [None, "2024-01-01 00:00:00.000"]


def test_formats_are_tried_in_order() -> None:
    formats = ("%d/%m/%Y", "iso")
    assert read("01/02/2024", "2024-03-01", formats=formats) == [
        "2024-02-01 00:00:00.000",
        "2024-03-01 00:00:00.000",
    ]


def test_a_format_with_an_unknown_letter_is_refused() -> None:
    with pytest.raises(BadValue, match="%Q"):
        clock.pattern("%Y %Q")


def test_offsets_are_kept_apart_from_naive_times() -> None:
    found = clock.parse(pa.array(["2024-01-01 10:00", "2024-01-01 10:00Z", "x"]), ("iso",))
    assert found.naive.tolist() == [True, False, False]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [
            "Europe/Warsaw",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Casablanca",
            "America/St_Johns",
            "UTC",
        ]
    ),
    st.lists(st.integers(0, 60 * 365 * 24 * 12), min_size=1, max_size=30),
)
def test_local_times_are_placed_as_python_places_them(zone: str, steps: list[int]) -> None:
    rules = ZoneInfo(zone)
    local = [EPOCH.replace(tzinfo=None) + timedelta(minutes=5 * step) for step in steps]
    us = np.array([(one - local[0].replace(1970, 1, 1, 0, 0)) // timedelta(microseconds=1)
                   for one in local])  # fmt: skip
    found = clock.place(us, zone).us
    wanted = [(one.replace(tzinfo=rules) - EPOCH) // timedelta(microseconds=1) for one in local]
    assert found.tolist() == wanted


def test_times_shown_twice_or_never_are_noticed() -> None:
    texts = ["2024-03-31 02:30", "2024-10-27 02:30", "2024-10-27 03:30"]
    found = clock.place(clock.parse(pa.array(texts), ("iso",)).us, "Europe/Warsaw")
    assert found.never.tolist() == [True, False, False]
    assert found.twice.tolist() == [False, True, False]
    placed = [EPOCH + timedelta(microseconds=int(one)) for one in found.us]
    assert [one.strftime("%H:%M") for one in placed] == ["01:30", "00:30", "02:30"]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(BadValue, match="Europe/Warszawa"):
        clock.place(np.array([0]), "Europe/Warszawa")


def test_months_are_moved_as_a_calendar_moves_them() -> None:
    random = Random(4)
    day = datetime(1970, 1, 1, tzinfo=UTC)
    at = [day + timedelta(seconds=random.randrange(40_000 * 86_400)) for _ in range(2_000)]
    months = [random.randrange(-300, 300) for _ in at]
    us = np.array([(one - day) // timedelta(microseconds=1) for one in at], np.int64)
    moved = clock.move(us, np.array(months, np.int64)).tolist()
    for one, count, found in zip(at, months, moved, strict=True):
        place = one.year * 12 + one.month - 1 + count
        year, month = place // 12, place % 12 + 1
        known = one.replace(year=year, month=month, day=min(one.day, monthrange(year, month)[1]))
        assert day + timedelta(microseconds=found) == known


def test_even_months_are_twelfths_of_a_year_of_365_days_and_a_quarter() -> None:
    us = np.array([0, 5], np.int64)
    moved = clock.move(us, np.array([12, 48], np.int64), even=True) - us
    assert [found / clock.DAY for found in moved.tolist()] == [365.25, 1461]
