"""What our own people answered: asked for as a whole, and the same for ever once it was told.

Two answers about one wave must never differ by one to four people. So nothing may be chosen (no
dates, filters, splits, scopes), and the first answer about a closed wave is kept in `waves.json`
of the workspace and stands: what is imported later does not move it. Whoever must correct a wave
that was told wrongly takes it out of that file.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from regard.core.errors import RegardError
from regard.core.i18n import N_
from regard.facts.fact import Fact
from regard.facts.reader import Reader
from regard.metrics.engine import Measured, Part
from regard.metrics.metric import Metric
from regard.metrics.plan import Plan, counted, missing, plan
from regard.metrics.query import Query
from regard.metrics.waves import ByWave, Wave, Waves, waves_of
from regard.stats.disclosure import Tally, publishable
from regard.stats.estimate import nothing
from regard.store.lock import held

LEDGER = "waves.json"
AS_A_WHOLE = N_(
    "{what} is published wave by wave and unit by unit only, so that nobody can be made out. Ask "
    "for it as a whole: it has no dates, filters, splits, rows, SQL or export."
)


class Anonymous(RegardError):
    """Something that would show who answered what among our own people."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(AS_A_WHOLE.format(what=what))


def refuse_rows(one: Fact | Metric) -> None:
    """Raise where rows, SQL or an export of a fact or metric would show people of ours."""
    if one.anonymous:
        raise Anonymous(one.name if isinstance(one, Fact) else one.key)


def refuse_choice(query: Query, wanted: Metric) -> None:
    """Raise where a query about people of ours chooses anything."""
    if query != Query(wanted.key, quantile=query.quantile, zone=query.zone):
        raise Anonymous(wanted.key)


def released(query: Query, wanted: Metric, reader: Reader) -> Measured:
    """What may be told of every wave that has closed."""
    refuse_choice(query, wanted)
    lacking = missing(wanted, reader)
    if lacking:
        return Measured((Part({}, nothing()),), {}, missing=lacking)
    laid = plan(query, wanted, reader)
    shape = wanted.shape
    assert isinstance(shape, ByWave)
    told = kept(reader.workspace, wanted.key, _waves(laid, shape, reader))
    parts = tuple(Part(one.by, one.estimate, one.beside) for one in shape.published(told))
    return Measured(parts or (Part({}, nothing()),), laid.ends)


def _waves(laid: Plan, shape: ByWave, reader: Reader) -> Waves:
    found = reader.snapshot.engine.to_pyarrow(shape.tallied(counted(laid)))
    return waves_of(found.to_pylist())


def kept(workspace: Path, key: str, found: Waves) -> Waves:
    """The waves as they were first told; those never told yet are kept from now on."""
    with held(workspace / f"{LEDGER}.lock"):
        book = _read(workspace / LEDGER)
        known = book.setdefault(key, {})
        # A wave of which nothing may be told yet is not told, and may still grow.
        fresh = [w for w, leaves in found.items() if _name(w) not in known and publishable(leaves)]
        if fresh:
            known |= {_name(wave): _leaves_json(found[wave]) for wave in fresh}
            _write(workspace / LEDGER, book)
    return {
        wave: _leaves(known[_name(wave)]) if _name(wave) in known else leaves
        for wave, leaves in found.items()
    }


def _name(wave: Wave) -> str:
    return json.dumps(wave, ensure_ascii=False)


def _leaves_json(leaves: Mapping[tuple[str, ...], Tally]) -> dict[str, dict[str, int]]:
    return {"/".join(path): asdict(tally) for path, tally in sorted(leaves.items())}


def _leaves(said: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, ...], Tally]:
    return {tuple(filter(None, unit.split("/"))): Tally(**each) for unit, each in said.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        book: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise RegardError(
            f"{path} cannot be read: {error}. It says what was told of our people's answers; "
            "bring it back from a copy."
        ) from error
    return book


def _write(path: Path, book: Mapping[str, Any]) -> None:
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        text = json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True)
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise RegardError(
            f"{path} cannot be written: {error.strerror or error}. What is told of our people's "
            "answers must be kept there first; give the workspace's owner leave to write."
        ) from error
