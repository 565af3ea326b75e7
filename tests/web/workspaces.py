"""A small made-up company in a workspace of its own, for tests of pages."""

from pathlib import Path

from regard.core.settings import Settings
from regard.demo.company import company
from regard.facts.build import build
from regard.store.store import open_store
from regard.store.workspace import init_workspace

TICKETS = 450


def make_demo(folder: Path) -> Path:
    """A workspace with a year of the demo's company, imported and built."""
    init_workspace(folder, Settings(name="Acme & Sons", zone="Europe/Warsaw"))
    rows = company(tickets=TICKETS)
    open_store(folder).upsert(rows, covers={"demo": tuple(rows)})
    build(folder)
    return folder
