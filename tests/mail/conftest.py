"""A real mail server for these tests: Dovecot in a folder of its own, on ports of loopback."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "corréct-hörse"
CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {internal}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Server:
    """A running mail server. Every user it is asked for has an empty mailbox and the password."""

    port: int
    secure_port: int
    certificate: Path

    def url(self, user: str, folders: str = "INBOX") -> str:
        """The address of a user's folders."""
        return f"imap://{user}@127.0.0.1:{self.port}/{folders}"

    def append(
        self, user: str, *mails: str, day: str = "03-Mar-2026", folder: str = "INBOX"
    ) -> None:
        """Put mails into a folder as if they had come at noon of that day."""
        with imaplib.IMAP4("127.0.0.1", self.port) as session:
            session.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            session.create(folder)
            for mail in mails:
                raw = mail.replace("\n", "\r\n").encode()
                answer, told = session.append(folder, "", f'"{day} 12:00:00 +0000"', raw)
                assert answer == "OK", told

    def flags(self, user: str) -> bytes:
        """What the mails of the inbox are marked with."""
        with imaplib.IMAP4("127.0.0.1", self.port) as session:
            session.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            session.select(readonly=True)
            return b" ".join(
                line for line in session.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)
            )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server, for as long as the tests run; skipped where Dovecot 2.3 is not installed."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("Dovecot is not installed: run `make system`")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if not told.stdout.startswith("2.3."):
        pytest.skip(f"the settings here are those of Dovecot 2.3, not {told.stdout.split()[0]}")
    # Sockets lie in it, whose paths must be short.
    with tempfile.TemporaryDirectory(prefix="imap") as name:
        yield from _running(program, Path(name))


def _running(program: str, folder: Path) -> Iterator[Server]:
    made = Server(free_port(), free_port(), folder / "cert.pem")
    _certify(folder)
    root = os.geteuid() == 0
    # Dovecot lets nobody read mail as root.
    user = pwd.getpwnam("nobody" if root else getpass.getuser())
    internal = pwd.getpwnam("dovecot") if root else user
    (folder / "mail").mkdir()
    os.chown(folder / "mail", user.pw_uid, user.pw_gid)
    folder.chmod(0o755)
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            internal=internal.pw_name,
            internal_group=grp.getgrgid(internal.pw_gid).gr_name,
            password=PASSWORD,
            uid=user.pw_uid,
            gid=user.pw_gid,
            port=made.port,
            secure_port=made.secure_port,
        ),
        encoding="utf-8",
    )
    running = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        _wait(made.port, folder / "log")
        yield made
    finally:
        running.terminate()
        running.wait(timeout=20)


def _certify(folder: Path) -> None:
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key.pem -out cert.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        ["openssl", *words.split(), *names],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def _wait(port: int, log: Path) -> None:
    for _ in range(200):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")
