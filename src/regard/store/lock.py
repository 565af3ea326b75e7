"""One writer at a time: a lock that the system lets go of when its holder dies."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regard.core.errors import RegardError
from regard.store.trouble import writing

PATIENCE_SECONDS = 600.0
STEP_SECONDS = 0.05


@contextmanager
def held(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock at `path`, waiting up to `patience` seconds for whoever holds it."""
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    with file:
        _wait(file.fileno(), path, patience)
        yield


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock now; a folder that may only be read can be asked too."""
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _wait(handle: int, path: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise RegardError(
                    f"Another process has been writing for more than {patience:.0f} seconds "
                    f"(lock {path.name}). Wait for it to end, or stop it, and run this again."
                ) from None
            time.sleep(STEP_SECONDS)
        else:
            return
