"""Boards: which tiles, over which days."""

from datetime import UTC, date, datetime

import pytest

from regard.core.errors import UnknownName
from regard.metrics.metric import catalogue
from regard.metrics.query import Query
from regard.report.boards.board import board, boards
from regard.report.boards.stretch import data_end, months_before, period_for, presets, trend_days


def test_every_tile_of_a_board_is_a_metric() -> None:
    named = {key for one in boards().values() for part in one.sections for key in part.metrics}
    assert named - catalogue().keys() == set()


def test_every_large_chart_is_of_a_tile_of_its_section() -> None:
    for one in boards().values():
        for section in one.sections:
            assert section.lead in ("", *section.metrics)


def test_a_wrong_board_gets_a_hint() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'service'"):
        board("servise")


def test_presets_count_back_from_the_data_not_from_today() -> None:
    month, quarter, year, everything = presets(date(2026, 3, 17))
    assert (month.since, month.until) == (date(2026, 2, 1), date(2026, 3, 1))
    assert (quarter.since, quarter.until) == (date(2025, 12, 1), date(2026, 3, 1))
    assert (year.since, year.until) == (date(2025, 3, 1), date(2026, 3, 1))
    assert (everything.since, everything.until) == (None, None)


def test_a_month_whose_last_day_has_data_is_full() -> None:
    assert presets(date(2026, 3, 31))[0].since == date(2026, 3, 1)


def test_days_belong_to_the_zone() -> None:
    late = {"helpdesk": datetime(2026, 3, 31, 23, 0, tzinfo=UTC)}
    assert data_end(late, "UTC") == date(2026, 3, 31)
    assert data_end(late, "Europe/Warsaw") == date(2026, 4, 1)
    assert data_end({}, "UTC") is None


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert months_before(date(2026, 2, 15), 3) == date(2025, 11, 1)
    assert months_before(date(2026, 12, 5), -1) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("since", "until", "kind"),
    [
        (date(2026, 3, 1), date(2026, 3, 2), "date_hour"),
        (date(2026, 3, 1), date(2026, 4, 1), "day"),
        (date(2026, 1, 1), date(2026, 5, 1), "week"),
        (date(2025, 1, 1), date(2026, 1, 1), "month"),
        (None, None, "month"),
        (date(2016, 1, 1), date(2026, 1, 1), "quarter"),
    ],
)
def test_a_stretch_is_drawn_in_a_readable_number_of_points(
    since: date | None, until: date | None, kind: str
) -> None:
    assert period_for(Query("tickets_new", since, until), date(2026, 3, 31)) == kind


def test_the_small_line_shows_at_least_a_year() -> None:
    march = Query("tickets_new", date(2026, 3, 1), date(2026, 4, 1))
    assert trend_days(march, date(2026, 4, 20)) == (date(2025, 4, 1), date(2026, 4, 1))
    longer = Query("tickets_new", date(2023, 3, 1), date(2026, 4, 1))
    assert trend_days(longer, date(2026, 4, 20)) == (date(2023, 3, 1), date(2026, 4, 1))
