"""Complaints measured: their rate, what became of them, and whether they came again."""

from pathlib import Path

import pytest

from facts.test_complaints import complaint, said_so
from metrics.small import DAY, HOUR
from metrics.test_reputation import asked, told
from regard.core.errors import UnknownName
from regard.metrics.metric import catalogue
from regard.metrics.splits import splits_of
from worlds import at, built, thing, ticket

SPRING = {"from": "2026-01-01", "to": "2026-04-01"}


@pytest.fixture(scope="module", name="ledger")
def _ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Complaints of three customers in January and February, seen in July."""
    settled = {
        "acknowledged_at": "2026-01-05 12:00",
        "settled_at": "2026-02-01 10:00",
    }
    return built(
        tmp_path_factory.mktemp("ledger") / "w",
        complaint("1", "2026-01-05 10:00", customer_id="a", type="late", cause="van",
                  remedy="refund", upheld=True, **settled),
        complaint("2", "2026-02-20 10:00", customer_id="a", type="late", cause="van",
                  remedy="excuse", upheld=False, acknowledged_at="2026-02-21 10:00",
                  settled_at="2026-03-02 10:00"),
        complaint("3", "2026-02-20 10:00", customer_id="a", type="broken", cause="glass"),
        complaint("4", "2026-02-22 10:00", customer_id="b", type="late"),
        ticket("5", "2026-02-25 10:00", customer_id="c").asked("10:00").said("11:00"),
        said_so("5", "0001"),
        ticket("6", "2026-02-26 10:00", customer_id="c", demand="spam").asked("10:00"),
        said_so("6", "0001"),
        *(
            thing("subscription", subscription_id=who, span_id="1", customer_id=who, plan=plan,
                  starts_at=at("2026-01-01 00:00"), amount_minor=100, currency="EUR")
            for who, plan in (("a", "pro"), ("b", "pro"), ("c", "basic"), ("d", "basic"))
        ),
        *(thing("customer", customer_id=who, plan=plan)
          for who, plan in (("a", "pro"), ("b", "pro"), ("c", "basic"), ("d", "basic"))),
        ticket("last", "2026-07-01 10:00"),
    )  # fmt: skip


def test_complaints_are_taken_of_a_thousand_customer_months(ledger: Path) -> None:
    (count,) = asked(ledger, "complaints", **SPRING)
    assert (count.estimate.value, count.coverage["excluded"]) == (5, {"spam": 1})
    months = 4 * 90 / 30.4375
    (rate,) = asked(ledger, "complaint_rate", **SPRING)
    assert rate.estimate.value == pytest.approx(1000 * 5 / months)
    plans = told(ledger, "complaint_rate", "plan", **SPRING)
    assert plans == {
        "pro": pytest.approx(1000 * 4 / (months / 2)),
        "basic": pytest.approx(1000 * 1 / (months / 2)),
    }


def test_a_rate_splits_by_what_both_of_its_halves_know(ledger: Path) -> None:
    ways = splits_of(catalogue()["complaint_rate"])
    assert "plan" in ways
    assert "cause" not in ways
    with pytest.raises(UnknownName, match="cause"):
        asked(ledger, "complaint_rate", by="cause", **SPRING)


def test_complaints_read_in_words_stand_beside_the_recorded(ledger: Path) -> None:
    assert told(ledger, "complaints", "recorded", **SPRING) == {"true": 4, "false": 1}


def test_nobody_is_left_out_of_the_time_to_settle(ledger: Path) -> None:
    (part,) = asked(ledger, "complaint_time_to_settle", **SPRING)
    assert (part.estimate.value, part.estimate.n, part.coverage["open"]) == (None, 5, 3)
    (naive,) = asked(ledger, "complaint_time_to_settle_finished", **SPRING)
    assert naive.estimate.value == (27 + 10) / 2 * DAY
    (heard,) = asked(ledger, "complaint_time_to_acknowledge", **SPRING)
    # Two hours, an hour by our answer, and a day: three of five.
    assert (heard.estimate.value, heard.coverage["open"]) == (DAY, 2)
    (first,) = asked(ledger, "complaint_time_to_acknowledge", quantile="0.2", **SPRING)
    assert first.estimate.value == (HOUR + 2 * HOUR) / 2


def test_what_is_upheld_belongs_to_the_month_it_was_settled(ledger: Path) -> None:
    months = told(ledger, "complaint_upheld_share", "month", **SPRING)
    assert months == {"2026-01": None, "2026-02": 1.0, "2026-03": 0.0}
    remedies = asked(ledger, "complaint_remedies", **SPRING)
    assert {part.by["remedy"]: part.estimate.value for part in remedies} == {
        "refund": 0.5,
        "excuse": 0.5,
    }


def test_causes_are_shares_of_those_known(ledger: Path) -> None:
    causes = asked(ledger, "complaint_causes", **SPRING)
    assert [part.by["cause"] for part in causes] == ["van", "glass"]
    assert [part.estimate.value for part in causes] == pytest.approx([2 / 3, 1 / 3])
    assert causes[0].coverage["excluded"] == {"spam": 1, "cause not known": 2}


def test_the_same_matter_again_within_90_days_is_a_repeat(ledger: Path) -> None:
    (part,) = asked(ledger, "complaint_repeat_share", **SPRING)
    # The first came again after 46 days; what was only read has no kind.
    assert (part.estimate.value, part.estimate.n) == (0.25, 4)
    assert part.coverage["excluded"] == {"spam": 1, "no kind of matter": 1}
