"""Running the site: prepare a workspace for it, then serve."""

import multiprocessing
import os
from pathlib import Path

import vl_convert
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from regard.web.configuration import make_secret

STATIC = "static"
CHARTS_FILE = "regard/vega.js"
SNIPPET = "window.vegaEmbed = vegaEmbed;"
TARGET = "regard.web.wsgi:application"


def serve(workspace: Path, host: str, port: int) -> None:
    """Serve the site of a workspace until stopped; it is prepared first.

    One process with threads: the store is read in process, and a laptop has one reader.
    """
    prepare(workspace)
    os.environ.setdefault("REGARD_WARM", "1")
    # A fork would copy engines whose threads stay behind, and end in a crash now and then.
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


def prepare(workspace: Path) -> None:
    """Make what the site needs in a workspace: secret, chart script, operational tables."""
    choose(workspace)
    make_secret(workspace)
    write_charts(workspace / STATIC / CHARTS_FILE)
    # Only now: settings read the workspace when they are imported.
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def choose(workspace: Path) -> None:
    """Say to this process and its children which workspace the site shows."""
    os.environ["REGARD_WORKSPACE"] = str(workspace)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regard.web.settings")


def write_charts(path: Path) -> None:
    """Write the chart library's script beside the workspace's data, unless it stands there."""
    script = vl_convert.javascript_bundle(SNIPPET)
    if path.exists() and path.stat().st_size == len(script.encode()):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(script, encoding="utf-8")
    draft.replace(path)
