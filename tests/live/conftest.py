"""Real help desks on this machine, each in a folder of its own, and the import that reads them."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from live.request_tracker import Desk, missing, run_desk
from live.stories import LATER, STORIES, Act
from regard.cli import main
from regard.core.settings import Settings
from regard.store.workspace import init_workspace

AGENTS = {"ola": "Ola Agent", "jan": "Jan Agent", "reader": "Reads All"}
RIGHTS = (
    *("ShowTicket", "ShowTicketComments", "ShowOutgoingEmail", "SeeQueue", "CreateTicket"),
    *("ModifyTicket", "DeleteTicket", "OwnTicket", "TakeTicket", "StealTicket", "ReassignTicket"),
    *("ReplyToTicket", "CommentOnTicket"),
)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A Request Tracker with people, rights and queues, and no ticket yet."""
    if reason := missing():
        pytest.skip(reason)
    with run_desk(tmp_path_factory.mktemp("rt")) as made:
        for login, name in AGENTS.items():
            mail = f"{login}@desk.test"
            known = {"Name": login, "RealName": name, "EmailAddress": mail, "Password": "pass-word"}
            made.tell("user", known=known)
        made.tell("queue", name="Refunds")
        made.tell("grant", group="Privileged", rights=list(RIGHTS))
        made.tell("grant", group="Everyone", rights=["CreateTicket", "ReplyToTicket"])
        yield made


@pytest.fixture(scope="session")
def token(desk: Desk) -> str:
    """A token of the account that reads."""
    return str(desk.tell("token", by="reader"))


def plant(desk: Desk, *, later: bool) -> None:
    """Have all acts done, the first ones or the later ones, in the order of their instants."""
    acts: list[tuple[str, int, str, Act]] = []
    for story in STORIES:
        day = LATER if later else story.day
        for act in story.later if later else story.acts:
            acts.append((f"{day} {act[0]}:00", len(acts), story.name, act))
    for at, _place, name, (_hour, kind, given) in sorted(acts):
        said = dict(given)
        if kind == "create" or (kind == "mail" and "reply_to" not in said):
            desk.tell(kind, at, new=name, **said)
            continue
        if kind == "merge":
            said["to"] = desk.ids[said["to"]]
        desk.tell(kind, at, **{"ticket": name} | said)


def command(*words: object, fails: bool = False) -> str:
    """Run one command line of regard; what it printed, or what it complained of where it fails."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    assert bool(ended.value.code) == fails, err.getvalue() + out.getvalue()
    return err.getvalue() if fails else out.getvalue()


def import_live(source: str, folder: Path, url: str, *more: object, fails: bool = False) -> str:
    """Import from a running system into a workspace, new where it is not there."""
    if not folder.exists():
        init_workspace(folder, Settings(name="Desk", zone="Europe/Warsaw"))
    return command(
        *("import", source, "--url", url, "--workspace", folder, "--no-build"), *more, fails=fails
    )
