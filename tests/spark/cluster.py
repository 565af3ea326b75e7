"""A Spark cluster of one's own: a master and workers on this machine, each a process to kill."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE_SECONDS = 240.0
STEP_SECONDS = 0.2
LEAN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DEFAULTS = f"""\
spark.executor.memory 1000m
spark.driver.memory 2500m
spark.driver.bindAddress {HOST}
spark.driver.host {HOST}
spark.sql.shuffle.partitions 2
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.driver.extraJavaOptions {LEAN} -Xss8m
spark.executor.extraJavaOptions {LEAN} -Xss8m
"""
"""For little data on one machine: planning, not counting, is what takes time there."""


@dataclass
class Cluster:
    """A running cluster: the address of its master, and its workers with what they have started."""

    master: str
    folder: Path
    home: Path
    pages: int
    running: ExitStack
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def alive(self) -> int:
        """How many workers the master knows to be alive; 0 while it does not answer."""
        try:
            with closing(http.client.HTTPConnection(HOST, self.pages, timeout=10)) as asked:
                asked.request("GET", "/json/")
                return int(json.loads(asked.getresponse().read())["aliveworkers"])
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return 0

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """A process of Spark, in a group of its own with all that it starts."""
        settings = self.folder / "settings"
        log = self.running.enter_context((self.folder / f"{name}.log").open("wb"))
        command = ["java", "-Xmx200m", *LEAN.split(), "-cp", f"{settings}:{self.home}/jars/*"]
        told = {
            "SPARK_HOME": str(self.home),
            "SPARK_CONF_DIR": str(settings),
            "SPARK_LOCAL_IP": HOST,
            # Spark's own scripts tell it, which are not used here.
            "SPARK_SCALA_VERSION": "2.13",
        }
        started = subprocess.Popen(
            [*command, *words],
            env=os.environ | told,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            start_new_session=True,
        )
        self.running.callback(_end, started)
        return started

    def kill(self) -> list[int]:
        """Kill the workers that live and what they compute with, at once; how each ended."""
        living = [each for each in self.workers if each.poll() is None]
        return [_end(each) for each in living]

    def kill_one(self) -> int:
        """Kill the first worker that lives and what it computes with, at once; how it ended."""
        return _end(next(each for each in self.workers if each.poll() is None))

    def make_whole(self, workers: int = WORKERS) -> None:
        """Start workers until there are so many again, and wait until the master knows them."""
        while len([each for each in self.workers if each.poll() is None]) < workers:
            name = f"worker-{len(self.workers)}"
            work = ("--work-dir", str(self.folder / name), "--webui-port", str(_free_port()))
            room = ("--host", HOST, "--cores", "1", "--memory", "1100m")
            kind = "org.apache.spark.deploy.worker.Worker"
            self.workers.append(self.start(name, kind, *work, *room, self.master))
        until = time.monotonic() + PATIENCE_SECONDS
        while self.alive() != workers:
            assert time.monotonic() < until, "the cluster does not come up; see its logs"
            time.sleep(STEP_SECONDS)


@contextmanager
def cluster(folder: Path, home: Path) -> Iterator[Cluster]:
    """A master and workers of one core each, with the Spark that lies in `home`."""
    settings = folder / "settings"
    settings.mkdir(parents=True)
    (settings / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")
    port, pages = _free_port(), _free_port()
    with ExitStack() as running:
        made = Cluster(f"spark://{HOST}:{port}", folder, home, pages, running)
        said = ("--host", HOST, "--port", str(port), "--webui-port", str(pages))
        made.start("master", "org.apache.spark.deploy.master.Master", *said)
        made.make_whole()
        yield made


def _end(process: subprocess.Popen[bytes]) -> int:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])
