"""Agents that look like machines are told by round-the-clock seconds and by the same words."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import pytest

from regard.core.schema import tables
from regard.core.settings import Settings
from regard.facts.suspects import Suspect, find_suspects, known_agents, signs
from regard.store.store import open_store
from worlds import Told, agent, take, thing, ticket

START = datetime(2026, 3, 2, tzinfo=UTC)


def answers(
    who: str,
    count: int,
    seconds: int,
    hours: list[int],
    words: str = "Dear customer {n}, word {word} is the answer",
    automatic: bool = False,
    public: bool = True,
) -> list[Told]:
    """Tickets that somebody answers so soon, at these hours of the day in turn.

    words: with {n}, the number of the ticket, and {word}, which no other ticket has.
    """
    told: list[Told] = []
    for n in range(count):
        asked = START + timedelta(days=n // len(hours), hours=hours[n % len(hours)], minutes=n % 50)
        name = f"{who} {seconds} {n}"
        more = {"automatic": automatic, "public": public}
        said = ticket(name, f"{asked:%Y-%m-%d %H:%M:%S}").asked("+0s")
        told.append(said.said(f"+{seconds}s", by=who, **more))
        word = "".join(chr(ord("a") + int(digit)) for digit in str(n))
        text = words.format(n=n, word=word)
        told.append(thing("message_text", ticket_id=name, message_id="0002", text=text))
    return told


def found(folder: Path, *told: Told, settings: Settings | None = None) -> dict[str, Suspect]:
    """The suspects of a world by id."""
    take(folder, *told)
    with open_store(folder).snapshot() as snapshot:
        listed = find_suspects(snapshot, settings or Settings())
    return {one.agent: one for one in listed}


ROUND = list(range(24))
OFFICE = list(range(8, 18))
NIGHT = [21, 22, 23, 0, 1, 2, 3, 4, 5]


def test_a_bot_that_answers_within_seconds_around_the_clock_is_suspected(tmp_path: Path) -> None:
    (one,) = found(tmp_path, *answers("hal", 100, 4, ROUND)).values()
    assert (one.source, one.agent, one.answers, one.quick, one.hours) == (
        "desk",
        "hal",
        100,
        100,
        24,
    )
    assert (one.always_there, one.repeats) == (True, False)


def test_a_bot_that_says_the_same_words_is_suspected_whenever_it_works(tmp_path: Path) -> None:
    said = "Thank you! Your request {n}  was received."
    (one,) = found(tmp_path, *answers("ack", 25, 900, OFFICE, said)).values()
    assert (one.always_there, one.repeats) == (False, True)
    assert (one.messages, one.same, one.wordings) == (25, 25, 1)


def test_people_are_not_suspected(tmp_path: Path) -> None:
    macro = "Please send us your invoice."
    world = [
        *answers("fast ann in office hours", 100, 20, OFFICE),
        *answers("night-shift nina", 100, 25, NIGHT),
        *answers("slow sam of all shifts", 100, 60, ROUND),
        *answers("macro max", 40, 300, OFFICE),
        *[
            ticket(f"macro {n}", "2026-04-01 09:00").asked("+0s").said("+1h", by="macro max")
            for n in range(15)
        ],
        *[
            thing("message_text", ticket_id=f"macro {n}", message_id="0002", text=macro)
            for n in range(15)
        ],
    ]
    assert found(tmp_path, *world) == {}


@pytest.mark.parametrize(
    "changed",
    [
        {"count": 49},
        {"seconds": 31},
        {"hours": ROUND[:21]},
        {"automatic": True},
        {"public": False},
    ],
)
def test_less_than_the_signs_asked_for_is_no_suspicion(
    changed: dict[str, object], tmp_path: Path
) -> None:
    told = {"count": 100, "seconds": 30, "hours": ROUND} | changed
    assert found(tmp_path, *answers("hal", **told)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(("slow", "suspected"), [(10, True), (11, False)])
def test_one_answer_of_ten_may_be_slow(slow: int, suspected: bool, tmp_path: Path) -> None:
    world = [*answers("hal", 90, 5, ROUND), *answers("hal", slow, 600, OFFICE)]
    assert bool(found(tmp_path, *world)) is suspected


def test_those_of_whom_it_is_known_are_not_suspected(tmp_path: Path) -> None:
    world = [
        *answers("flagged", 100, 4, ROUND),
        agent("flagged", bot=True),
        *answers("confirmed", 100, 4, ROUND),
        *answers("rejected", 100, 4, ROUND),
        *answers("new", 100, 4, ROUND),
    ]
    settings = Settings(bots=("confirmed",), people=("rejected",))
    assert set(found(tmp_path, *world, settings=settings)) == {"new"}


def test_a_source_without_words_is_judged_by_its_clock(tmp_path: Path) -> None:
    world = [one for one in answers("hal", 100, 4, ROUND) if one.rows[0][0] == "ticket"]
    assert found(tmp_path, *world)["hal"].messages == 0


def test_known_agents_are_those_named_and_those_who_wrote(tmp_path: Path) -> None:
    take(tmp_path, agent("ann"), ticket("1", "2026-03-02 09:00").asked("+0s").said("+1h", by="bob"))
    with open_store(tmp_path).snapshot() as snapshot:
        assert known_agents(snapshot) == {"ann", "bob"}


def test_the_signs_compile_for_spark() -> None:
    read = [
        ibis.table(ibis.Schema.from_pyarrow(tables()[name].schema), name=name)
        for name in ("message", "message_text", "agent")
    ]
    sql = str(ibis.to_sql(signs(*read), dialect="databricks"))
    # Spark allows no frame on lag, and its window would be refused.
    assert not re.search(r"LAG\([^)]*\) OVER \([^)]*(ROWS|RANGE)", sql)
    assert "REGEXP_REPLACE" in sql
