"""What holds for every test: no network, real files where there are any, no silent skips."""

import gc
import os
import shutil
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from regard.core.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
NO_SKIP = os.environ.get("REGARD_NO_SKIP") == "1"
# Tests run side by side: a linear algebra whose threads wait for each other by spinning costs many
# times what it gives. Numpy reads this when it is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


class NetworkReachedError(OSError):
    """A test tried to leave this machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors, but for one that Ibis 12 causes by itself with DuckDB 2.0."""
    config.addinivalue_line(
        "filterwarnings", r"ignore:fetch_arrow_table\(\) is deprecated:DeprecationWarning"
    )


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """No test reaches beyond this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(LOOPBACK):
            raise NetworkReachedError(f"A test tried to reach {host}; only loopback is open.")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files that stands beside the project; skipped where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the real files of ../shared/data are not here")
    return SHARED


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built workspace called demo-workspace with a small company; tests only read it."""
    from regard.demo.calendars import CALENDARS_TOML
    from regard.demo.company import company
    from regard.facts.build import build
    from regard.store.store import open_store
    from regard.store.workspace import init_workspace

    folder = tmp_path_factory.mktemp("demo") / "demo-workspace"
    settings = Settings(name="Small", zone="Europe/Warsaw", sources=("demo",))
    init_workspace(folder, settings, CALENDARS_TOML)
    rows = company(tickets=120, months=3)
    open_store(folder).upsert(rows, covers={"demo": tuple(rows)})
    build(folder)
    return folder


def pytest_collection_finish() -> None:
    """What has been imported stays: the collector need not look through all of it for ever."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure() -> None:
    """At the end nothing stays, or libraries would tell of leaks."""
    gc.unfreeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of real files and of pages are skipped, with the reason, where these cannot be had."""
    lacks = {}
    if not SHARED.is_dir():
        lacks["real"] = "the real files of ../shared/data are not here"
    if shutil.which("chromium") is None:
        lacks["browser"] = "Chromium is not installed: run `make system`"
    for item in items:
        for mark, reason in lacks.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Under REGARD_NO_SKIP=1 a skipped test is a failed one."""
    report = yield
    return _not_skipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """The same for a module that is skipped as a whole."""
    report = yield
    return _not_skipped(report)


def _not_skipped(report: Any) -> Any:
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (REGARD_NO_SKIP=1: a skip is a failure)"
        report.sections.append(("skipped, which is a failure here", str(reason)))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List what was skipped though nothing may be, with the reasons, at the end."""
    if not NO_SKIP:
        return
    told = [
        f"{report.nodeid}: {said}"
        for kind in ("failed", "error")
        for report in terminalreporter.stats.get(kind, ())
        for title, said in report.sections
        if title.startswith("skipped, which")
    ]
    if told:
        terminalreporter.section("skipped, though REGARD_NO_SKIP=1 allows none")
        for line in sorted(told):
            terminalreporter.write_line(line)
