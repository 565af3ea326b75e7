"""Classic wrong answers about answers and promises, as metrics give them (METRICS §11 and §12)."""

from pathlib import Path

from regard.facts.reader import open_reader
from regard.insight.ask import ask
from regard.metrics.engine import Part
from regard.metrics.query import Query
from worlds import Told, built, thing, ticket

NINE = "2026-03-02 09:00"
HOUR = 3600


def promise(seconds: int) -> Told:
    """A first answer within so long, for every ticket."""
    return thing(
        "sla_policy",
        policy_id="default",
        target="first",
        priority="",
        seconds=seconds,
        opening_hours=False,
    )


def told(folder: Path, key: str, **said: str) -> Part:
    """The one part of a question about the year."""
    query = Query.parse(key, {"from": "2026-01-01", "to": "2027-01-01", **said})
    with open_reader(folder) as reader:
        (part,) = ask(query, reader).parts
    return part


def test_the_mean_answer_is_of_the_late_ones_as_well(tmp_path: Path) -> None:
    # Promised within 2 h; answered after 1 h and after 5 h: 3 h on the mean, 1 h of those kept.
    folder = built(
        tmp_path / "w",
        promise(2 * HOUR),
        ticket("kept", NINE).asked("09:00").said("10:00"),
        ticket("late", NINE).asked("09:00").said("14:00"),
        ticket("now", "2026-03-20 09:00"),
    )
    part = told(folder, "first_response_time_finished_mean")
    assert (part.estimate.value, part.estimate.n) == (3 * HOUR, 2)
    assert told(folder, "sla_attainment").estimate.value == 0.5


def test_no_reply_is_not_one_touch(tmp_path: Path) -> None:
    folder = built(
        tmp_path / "w",
        ticket("none", NINE).asked("09:00").solved("10:00"),
        ticket("one", NINE).asked("09:00").said("10:00").solved("10:00"),
        ticket("two", NINE).asked("09:00").said("09:30").said("10:00").solved("10:00"),
        ticket("now", "2026-03-20 09:00"),
    )
    part = told(folder, "one_touch_share")
    assert (part.estimate.value, part.estimate.n) == (1 / 3, 3)


def test_promises_not_yet_due_are_in_neither_half(tmp_path: Path) -> None:
    # As of 17:30, promised within 8 h: the answer after 10 min is as little judged as the silence.
    folder = built(
        tmp_path / "w",
        promise(8 * HOUR),
        ticket("late", NINE).asked("09:00"),
        ticket("quick", "2026-03-02 09:45").asked("09:45").said("09:55"),
        ticket("silent", "2026-03-02 09:50").asked("09:50"),
        ticket("now", "2026-03-02 17:30"),
    )
    part = told(folder, "sla_attainment")
    assert (part.estimate.value, part.estimate.n) == (0, 1)


def test_what_was_solved_without_a_reply_after_its_deadline_was_not_attained(
    tmp_path: Path,
) -> None:
    folder = built(
        tmp_path / "w",
        promise(HOUR),
        ticket("kept", NINE).asked("09:00").said("09:30"),
        ticket("clicked late", NINE).asked("09:00").solved("12:00"),
        ticket("closed late", NINE).asked("09:00").closed("12:00", by="rule", reason="rule"),
        ticket("clicked in time", NINE).asked("09:00").solved("09:10"),
        ticket("now", "2026-03-20 09:00"),
    )
    part = told(folder, "sla_attainment")
    assert (part.estimate.value, part.estimate.n) == (1 / 3, 3)
