"""Published figures of real customers: a telephone company's retention curve."""

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metrics.small import Row, at, parts
from regard.metrics.engine import Part
from regard.metrics.exposure import MONTH_SECONDS

pytestmark = pytest.mark.real
SEEN = at("2026-05-01 00:00")
PUBLISHED = {"1": 0.9460, "12": 0.8432, "24": 0.7887, "48": 0.7088, "72": 0.5928}


def _rows(folder: Path) -> list[Row]:
    """Every customer as a stretch of paying of so many months, until the day of the file."""
    with (folder / "retention" / "telco_churn.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    return [
        {
            "customer_id": row["customerID"],
            "ordinal": 1,
            "plan": row["Contract"],
            "starts_at": _began(int(row["tenure"])),
            "ends_at": SEEN if row["Churn"] == "Yes" else None,
            "lasted_seconds": int(row["tenure"]) * MONTH_SECONDS if row["Churn"] == "Yes" else None,
        }
        for row in told
    ]


def _began(months: int) -> datetime:
    return SEEN - timedelta(seconds=months * MONTH_SECONDS)


def _curve(shared_data: Path, by: str = "") -> tuple[Part, ...]:
    return parts(
        "retention_curve",
        _rows(shared_data),
        {"from": "2019-01-01", "to": "2026-06-01", "by": by},
        as_of="2026-05-01 00:00",
    )


def test_the_telephone_company_keeps_84_in_100_for_a_year(shared_data: Path) -> None:
    found = {part.by["months"]: part.estimate for part in _curve(shared_data)}
    told = {months: round(said.value or 0, 4) for months, said in found.items()}
    assert told == PUBLISHED
    assert {said.n for said in found.values()} == {7043}
    assert all((s.low or 0) < (s.value or 0) < (s.high or 0) for s in found.values())


def test_contracts_of_two_years_are_kept_longest(shared_data: Path) -> None:
    found = _curve(shared_data, by="plan")
    year = {p.by["plan"]: p.estimate.value or 0 for p in found if p.by["months"] == "12"}
    assert year["Month-to-month"] < year["One year"] < year["Two year"]


def _purchases(folder: Path) -> list[Row]:
    """What every buyer of CDs bought on a day; the dates of the file are 24 years late."""
    bought: dict[tuple[str, datetime], int] = {}
    with gzip.open(folder / "retention" / "cdnow_master.txt.gz", "rt") as raw:
        for who, on, _, spent in (line.split() for line in raw):
            day = datetime.strptime(on, "%Y%m%d").replace(tzinfo=UTC)
            bought[who, day] = bought.get((who, day), 0) + round(float(spent) * 100)
    return [
        {
            "customer_id": who,
            "order_id": f"{who}/{day:%Y%m%d}",
            "at": day,
            "net_minor": minor,
            "currency": "USD",
        }
        for (who, day), minor in bought.items()
    ]


def test_half_a_year_of_buyers_of_cds_tells_their_next_year(shared_data: Path) -> None:
    (part,) = parts("customer_value_buyers", _purchases(shared_data), as_of="2022-06-30 23:59")
    assert part.estimate.n == 23_544
    expected, came = part.coverage["expected_orders"], part.coverage["orders"]
    assert expected == pytest.approx(came, rel=0.15)
    assert 10 < (part.estimate.low or 0) < (part.estimate.value or 0) < (part.estimate.high or 0)
