"""`regard serve`: the site and the interface for programs."""

import socket
from pathlib import Path
from typing import Annotated

import typer

from regard.cli.console import say
from regard.cli.options import WorkspaceOption, workspace_of
from regard.core.errors import RegardError

HOST, PORT = "127.0.0.1", 8000

HostOption = Annotated[str, typer.Option(help="The address to listen on.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


def serve(
    host: HostOption = HOST, port: PortOption = PORT, workspace: WorkspaceOption = None
) -> None:
    """Serve the boards of a workspace until stopped."""
    folder, _ = workspace_of(workspace)
    serve_site(folder, host, port)


def serve_site(folder: Path, host: str, port: int) -> None:
    """Serve a workspace's site until stopped, and say in one line where it is."""
    _refuse_taken(host, port)
    from regard.web import serving

    serving.prepare(folder)
    say(f"Regard is at http://{host}:{port}")
    serving.serve(folder, host=host, port=port)


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as door:
        # As servers do: a port that was only just let go of is free.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as error:
            raise RegardError(
                f"Port {port} of {host} cannot be used: {error.strerror}. Choose another with "
                "--port."
            ) from None
