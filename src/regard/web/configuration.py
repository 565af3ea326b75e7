"""What the site takes from its surroundings: workspace, secret, database, hosts."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from regard.core.errors import BadValue, RegardError
from regard.core.settings import Settings
from regard.store.workspace import NotAWorkspace, read_settings, workspace_folder

SECRET_FILE = "secret.key"
DATABASE_FILE = "regard.db"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
POSTGRES = ("postgres", "postgresql")


def here() -> Path:
    """The workspace of this process."""
    return workspace_folder(None, os.environ)


def settings_here(folder: Path) -> Settings:
    """The workspace's settings; the defaults where there is no workspace (tests, type checks)."""
    try:
        return read_settings(folder)
    except NotAWorkspace:
        return Settings()


def secret_key(folder: Path, environ: Mapping[str, str]) -> str:
    """REGARD_SECRET_KEY, else the workspace's secret, else one for this process alone.

    A secret that is forgotten only ends sessions; a fixed one in the code would be no secret.
    """
    said = environ.get("REGARD_SECRET_KEY")
    path = folder / SECRET_FILE
    if said:
        return said
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(50)
    except OSError as error:
        raise RegardError(
            f"{path} cannot be read: {error.strerror}. Give the account that runs Regard the "
            "right to read it, or set REGARD_SECRET_KEY."
        ) from None


def make_secret(folder: Path) -> None:
    """Write the workspace's secret, readable by its owner only, unless there is one."""
    path = folder / SECRET_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))


def hosts(environ: Mapping[str, str]) -> list[str]:
    """The names under which the site answers: REGARD_HOSTS (with commas) and this machine."""
    said = environ.get("REGARD_HOSTS", "")
    return [*LOOPBACK, *(name.strip() for name in said.split(",") if name.strip())]


def database(folder: Path, url: str) -> dict[str, Any]:
    """Django's database settings: a SQLite file in the workspace, or PostgreSQL by its URL."""
    if not url:
        return _sqlite(folder / DATABASE_FILE)
    parts = urlsplit(url)
    if parts.scheme not in POSTGRES or not parts.path.strip("/"):
        # The address may hold a password: it is not repeated here.
        raise BadValue(
            "The scheme of the database's address",
            parts.scheme or "missing",
            "of the form postgresql://user:password@host/name",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # Writers take their turn at once instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            ),
        },
    }
