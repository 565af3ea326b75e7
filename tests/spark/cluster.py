"""A Spark cluster of one's own: a master and workers on this machine, each a process to kill."""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
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


@dataclass(frozen=True)
class Cluster:
    """A running cluster: the address of its master, and its workers."""

    master: str
    workers: tuple[subprocess.Popen[bytes], ...]
    pages: int

    def alive(self) -> int:
        """How many workers the master knows to be alive; 0 while it does not answer."""
        try:
            with closing(http.client.HTTPConnection(HOST, self.pages, timeout=10)) as asked:
                asked.request("GET", "/json/")
                return int(json.loads(asked.getresponse().read())["aliveworkers"])
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            return 0


@contextmanager
def cluster(folder: Path, home: Path, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers of one core each, with the Spark that lies in `home`."""
    settings = folder / "settings"
    settings.mkdir(parents=True)
    (settings / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")
    told = {
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(settings),
        "SPARK_LOCAL_IP": HOST,
        # Spark's own scripts tell it, which are not used here.
        "SPARK_SCALA_VERSION": "2.13",
    }
    port, pages = _free_port(), _free_port()
    master = f"spark://{HOST}:{port}"
    with ExitStack() as running:

        def start(name: str, *words: str) -> subprocess.Popen[bytes]:
            log = running.enter_context((folder / f"{name}.log").open("wb"))
            command = [
                "java",
                "-Xmx200m",
                *LEAN.split(),
                "-cp",
                f"{settings}:{home}/jars/*",
                *words,
            ]
            started = subprocess.Popen(
                command, env=os.environ | told, stdout=log, stderr=log, cwd=folder
            )
            running.callback(_end, started)
            return started

        said = ("--host", HOST, "--port", str(port), "--webui-port", str(pages))
        start("master", "org.apache.spark.deploy.master.Master", *said)
        each = [_worker(number, folder, master) for number in range(workers)]
        started = tuple(start(f"worker-{number}", *words) for number, words in enumerate(each))
        made = Cluster(master, started, pages)
        _await(made, workers)
        yield made


def _worker(number: int, folder: Path, master: str) -> tuple[str, ...]:
    work = str(folder / f"work-{number}")
    room = ("--cores", "1", "--memory", "1100m", "--webui-port", str(_free_port()))
    where = ("--host", HOST, "--work-dir", work)
    return ("org.apache.spark.deploy.worker.Worker", *where, *room, master)


def _await(made: Cluster, workers: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while made.alive() < workers:
        assert time.monotonic() < until, "the cluster does not come up; see its logs"
        time.sleep(STEP_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])
