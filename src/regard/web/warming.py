"""Asking what the board will be asked, before anybody waits for it."""

import logging
import threading
from dataclasses import replace

from regard.core.errors import RegardError
from regard.metrics.query import Query
from regard.report.boards.board import boards
from regard.report.boards.filled import fill
from regard.report.boards.stretch import presets
from regard.web.pages.board import FIRST, desk_for
from regard.web.readers import reader_here

logger = logging.getLogger(__name__)


def warm_in_background() -> threading.Thread:
    """Start filling the boards' usual stretches; the answers are kept for every language."""
    thread = threading.Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> None:
    """Fill the boards for the last full month. Nothing to show yet is no fault."""
    try:
        reader = reader_here()
        desk = desk_for(reader, Query(FIRST))
        if desk is None:
            return
        first = presets(desk.end)[0]
        for board in boards().values():
            query = replace(Query(FIRST), since=first.since, until=first.until)
            fill(board, query, desk)
    except RegardError as error:
        logger.info("Nothing was asked beforehand: %s", error)
