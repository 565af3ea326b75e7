"""Many kills at random instants of an import and its build, and what was found after each."""

import random
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from store import days

KILLED_AGAIN = 0.3
"""How often the run that should mend is killed as well."""


@dataclass
class Counts:
    """Kills by what stood after each (the version of before, of the import, of the build), too late
    ones, and how often something was wrong, with the kills it happened after."""

    kills: int = 0
    before: int = 0
    imported: int = 0
    built: int = 0
    too_late: int = 0
    unopened: int = 0
    torn: int = 0
    unmended: int = 0
    papers_lost: int = 0
    drafts_left: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How often anything was lost, doubled or left unmended."""
        return self.unopened + self.torn + self.unmended + self.papers_lost + self.drafts_left

    def told(self) -> dict[str, Any]:
        """The counts as plain values."""
        return asdict(self) | {"lost": self.lost}


@dataclass(frozen=True)
class Course:
    """The states of an undisturbed second day, in their order, its papers, and its seconds."""

    base: Path
    states: tuple[str, str, str]
    papers: list[Any]
    seconds: float
    facts: str


def undisturbed(forks: days.Forks, folder: Path, facts: str) -> Course:
    """A workspace after its first day, and what a second day that nobody disturbs makes of it."""
    base, calm = days.begin(folder / "base"), folder / "calm"
    _well(forks.run("day", base, 0, "none", facts))
    # What a manifest has after the import alone: a build killed at its last step shows it.
    shutil.copytree(base, calm)
    first = days.state_of(calm)
    steps = int(_well(forks.run("day", calm, 1, "count:0", facts)).said)
    halfway = shutil.copytree(base, folder / "halfway")
    assert forks.run("day", halfway, 1, f"before:{steps}", facts).code == -9
    again = shutil.copytree(base, folder / "again")
    timed = _well(forks.run("day", again, 1, "none", facts))
    states = (first, days.state_of(halfway), days.state_of(calm))
    assert days.state_of(again) == states[2]
    assert len(set(states)) == len(states)
    return Course(base, states, days.papers_of(calm), timed.seconds, facts)


def campaign(
    forks: days.Forks,
    folder: Path,
    kills: int,
    seed: int,
    facts: str = "all",
    told: Callable[[Counts], None] = lambda _: None,
) -> Counts:
    """Kill the second day `kills` times at random instants; some of the runs that mend as well."""
    course = undisturbed(forks, folder, facts)
    chance = random.Random(seed)
    counts = Counts()
    while counts.kills + counts.too_late < kills:
        place = shutil.copytree(course.base, folder / "killed")
        at: list[str] = []
        while True:
            instant = chance.uniform(0, course.seconds * 1.1)
            ended = forks.run("day", place, 1, "none", course.facts, after=instant)
            at.append(f"{instant:.3f} s")
            if ended.code == -9:
                counts.kills += 1
                _look(counts, course, place, at)
            else:
                counts.too_late += 1
                _well(ended)
            if counts.kills + counts.too_late >= kills or chance.random() > KILLED_AGAIN:
                break
        _mend(forks, counts, course, place, at)
        shutil.rmtree(place)
        told(counts)
    return counts


def _look(counts: Counts, course: Course, place: Path, at: list[str]) -> None:
    """What stands after a kill."""
    try:
        state = days.state_of(place)
    except Exception as error:
        counts.unopened += 1
        counts.wrong.append(f"not opened after {at}: {error}")
        return
    if state not in course.states:
        counts.torn += 1
        counts.wrong.append(f"torn after {at}")
        return
    stage = course.states.index(state)
    counts.before += stage == 0
    counts.imported += stage == 1
    counts.built += stage == 2


def _mend(forks: days.Forks, counts: Counts, course: Course, place: Path, at: list[str]) -> None:
    """Run the day again and hold it against one that nobody disturbed."""
    ended = forks.run("day", place, 1, "none", course.facts)
    if ended.code or days.state_of(place) != course.states[2]:
        counts.unmended += 1
        counts.wrong.append(f"not mended after {at}: {ended.said[-500:]}")
    if days.papers_of(place) != course.papers:
        counts.papers_lost += 1
        counts.wrong.append(f"papers differ after {at}")
    if days.left_behind(place):
        counts.drafts_left += 1
        counts.wrong.append(f"drafts left after {at}")


def _well(ended: days.Ended) -> days.Ended:
    assert ended.code == 0, ended.said
    return ended
