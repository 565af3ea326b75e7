"""Asking what the board will be asked, before anybody waits for it."""

import logging
import threading
from dataclasses import replace

from regard.core.errors import RegardError
from regard.metrics.query import Query
from regard.report.boards.board import boards
from regard.report.boards.filled import fill
from regard.report.boards.stretch import presets
from regard.web.judging import JUDGINGS, judged
from regard.web.pages.board import FIRST, desk_for
from regard.web.readers import reader_here

logger = logging.getLogger(__name__)


def warm_in_background() -> threading.Thread:
    """Start filling the boards' usual stretches; the answers are kept for every language."""
    thread = threading.Thread(target=_warm_all, name="warming", daemon=True)
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


def warm_judgements() -> None:
    """Judge the last full month. Nothing to judge yet is no fault."""
    try:
        reader = reader_here()
        desk = desk_for(reader, Query(FIRST))
        if desk is None:
            return
        first = presets(desk.end)[0]
        assert first.since is not None
        assert first.until is not None
        for name in JUDGINGS:
            judged(name, reader, first.since, first.until)
    except RegardError as error:
        logger.info("Nothing was judged beforehand: %s", error)


def _warm_all() -> None:
    # The boards first: they are what is opened first.
    warm()
    warm_judgements()
