"""The command line as a user sees it: words in; exit code, stdout and stderr out."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from regard.cli import main
from regard.core.settings import Settings
from regard.store.workspace import init_workspace

MAPPING = """\
says = "A small log"
form = "events"
source = "desk"
case = "ticket"
at = "when"

[ticket]
channel = "channel"

[[change]]
field = "status"
value = { column = "what", map = { created = "open", solved = "solved" } }
actor = "who"
actor_kind = { value = "agent" }
"""
LOG = """\
ticket,when,what,who,channel
t1,2026-03-02T09:00:00Z,created,ann,mail
t1,2026-03-02T10:00:00Z,solved,ann,mail
t2,2026-03-02T12:00:00Z,created,bob,mail
t3,2026-03-03T09:00:00Z,created,ann,=2+5
t3,2026-03-03T12:00:00Z,solved,ann,=2+5
t4,yesterday,created,ann,mail
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line in this process; nothing of the environment's workspace is used."""
    monkeypatch.delenv("REGARD_WORKSPACE", raising=False)

    def ran(*words: object) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else int(code is not None), said.out, said.err)

    return ran


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A workspace with a log and a mapping beside it, nothing imported yet."""
    return _make_desk(tmp_path)


@pytest.fixture
def filled(tmp_path: Path, filled_once: Path) -> Path:
    """The same workspace with the log imported and built."""
    shutil.copytree(filled_once.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / filled_once.name


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace that `filled` copies; tests that only read may use it."""
    made = _make_desk(tmp_path_factory.mktemp("filled"))
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in importing(made)])
    assert ended.value.code == 0
    return made


def _make_desk(folder: Path) -> Path:
    (folder / "map.toml").write_text(MAPPING)
    (folder / "log.csv").write_text(LOG)
    init_workspace(folder / "desk", Settings(name="Desk", zone="Europe/Warsaw"))
    return folder / "desk"


def importing(desk: Path) -> tuple[object, ...]:
    """The words that import the log."""
    log, mapping = desk.parent / "log.csv", desk.parent / "map.toml"
    return ("import", "tabular", log, "--map", mapping, "--workspace", desk)
