"""Companies of known truth for the benchmarks of judgement: made, stored and built once a seed."""

from dataclasses import dataclass
from pathlib import Path

from regard.core.settings import Settings
from regard.demo.calendars import CALENDARS_TOML
from regard.demo.company import company
from regard.demo.plants import ALL, Plant, planted
from regard.demo.rows import DEMO
from regard.facts.build import build
from regard.store.store import open_store
from regard.store.workspace import SETTINGS, init_workspace

TICKETS, MONTHS = 48_000, 24
SMALLER = 24_000
"""A company half as large, for what is asked of fewer cases."""
TUNED = range(1, 11)
"""Seeds on which thresholds were fixed; no figure is reported from them."""
REPORTED = range(101, 121)
"""Seeds that figures are reported from."""


@dataclass(frozen=True)
class Company:
    """A built workspace, and what was planted in it. healthy: nothing was."""

    seed: int
    healthy: bool
    folder: Path
    plants: tuple[Plant, ...]


def make(folder: Path, seed: int, *, healthy: bool = False, tickets: int = TICKETS) -> Company:
    """The company of a seed in a folder of its own below `folder`; one made before is taken.

    Words are stored as the demo writes them; what a reader would find in them is not read, for
    the demo's tickets carry their types.
    """
    home = folder / f"{tickets}" / f"{seed}-{'healthy' if healthy else 'planted'}"
    without = (ALL,) if healthy else ()
    if not (home / "ready").exists():
        if not (home / SETTINGS).exists():
            settings = Settings(name=f"Company {seed}", zone="Europe/Warsaw", sources=(DEMO,))
            init_workspace(home, settings, CALENDARS_TOML)
        made = company(seed, tickets, MONTHS, without=without)
        open_store(home).upsert(made, covers={DEMO: tuple(made)})
        build(home)
        (home / "ready").touch()
    return Company(seed, healthy, home, planted(MONTHS, without=without))
