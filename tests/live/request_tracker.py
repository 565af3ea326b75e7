"""A real Request Tracker 5 of its own folder: set up, told what to do at which instant, served."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.request import urlopen

SETUP = Path("/usr/sbin/rt-setup-database-5")
SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
DRIVER = Path(__file__).with_name("request_tracker.pl")
CLOCKS = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
BIRTH = "2026-02-01 08:00:00"
"""When the desk is set up, by its own clock."""
CONFIG = """
use utf8;
Set($rtname, 'desk.test');
Set($Organization, 'desk.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($Timezone, 'Australia/Sydney');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/desk.sqlite');
Set($MailCommand, 'testfile');
Set($BcryptCost, 4);
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
$RT::VarPath = '{folder}/var';
$RT::MasonDataDir = '{folder}/mason';
$RT::MasonSessionDir = '{folder}/session';
1;
"""


def missing() -> str:
    """What is not installed, as a reason to skip; empty where all is there."""
    lacks = [path.name for path in (SETUP, SERVER) if not path.exists()]
    if not CLOCKS:
        lacks.append("faketime")
    return f"not installed: {', '.join(lacks)}; run `make system`" if lacks else ""


@dataclass
class Desk:
    """A running RT. url: where it answers. tell: have something done there."""

    folder: Path
    port: int
    driver: "subprocess.Popen[bytes]"
    server: "subprocess.Popen[bytes]"
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address to import from."""
        return f"http://127.0.0.1:{self.port}"

    def tell(self, act: str, at: str = "", **said: Any) -> Any:
        """Have one act done at an instant of the desk's own clock; give what came of it.

        Tickets are named by words of the test: `new` is the name of one that is made here.
        """
        new = said.pop("new", "")
        for name in ("ticket", "into"):
            if said.get(name) in self.ids:
                said[name] = self.ids[said[name]]
        if "reply_to" in said:
            said["subject"] = f"Re: [desk.test #{self.ids[said.pop('reply_to')]}] again"
        assert self.driver.stdin is not None
        assert self.driver.stdout is not None
        self.driver.stdin.write(json.dumps({"act": act, "at": at, **said}).encode() + b"\n")
        self.driver.stdin.flush()
        line = self.driver.stdout.readline()
        outcome = json.loads(line) if line else {"error": "the driver ended"}
        assert "ok" in outcome, f"{act} {said}: {outcome}"
        if new:
            self.ids[new] = str(outcome["ok"])
        return outcome["ok"]

    def asked(self) -> list[str]:
        """The addresses that were asked for since this was last called."""
        log = self.folder / "access.log"
        lines = log.read_text().splitlines()
        log.write_text("")
        found = [re.search(r'"GET (\S+) ', line) for line in lines]
        return [hit[1] for hit in found if hit]


@contextlib.contextmanager
def run_desk(folder: Path) -> Iterator[Desk]:
    """Set up an RT in an empty folder and serve it on a port of loopback until the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("var", "mason", "session"):
        (folder / name).mkdir()
    config = folder / "RT_SiteConfig.pm"
    config.write_text(CONFIG.replace("{folder}", str(folder)).replace("{port}", str(port)))
    clock = folder / "clock"
    clock.write_text(f"{BIRTH}\n")
    plain = os.environ | {
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "RT_SITE_CONFIG": str(config),
        "RT_SITE_CONFIG_DIR": str(folder / "none"),
    }
    faked = plain | {
        "LD_PRELOAD": str(CLOCKS[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
    }
    with (folder / "desk.log").open("wb") as log, contextlib.ExitStack() as ends:
        subprocess.run(
            ["perl", str(SETUP), "--action", "init", "--skip-create", "--force"],
            env=faked,
            stdout=log,
            stderr=log,
            check=True,
        )
        driver = _start(["perl", str(DRIVER)], faked, log)
        ends.callback(_stop, driver)
        words = ["perl", str(SERVER), "--server", "Standalone", "--host", "127.0.0.1"]
        words += ["--port", str(port), "--access-log", str(folder / "access.log")]
        server = _start(words, plain, log)
        ends.callback(_stop, server)
        _wait(port, server, folder / "desk.log")
        yield Desk(folder, port, driver, server)


def _start(words: list[str], env: dict[str, str], log: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if words[1] == str(DRIVER) else log,
        stderr=log,
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the process and all that it started; asked by SIGINT RT would change system folders."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _wait(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _attempt in range(300):
        if server.poll() is not None:
            break
        try:
            urlopen(f"http://127.0.0.1:{port}/REST/2.0/rt", timeout=10)
        except HTTPError as error:
            error.close()
            if error.code == 401:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"Request Tracker does not serve:\n{log.read_text()[-2000:]}")
