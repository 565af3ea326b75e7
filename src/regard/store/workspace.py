"""The folder of a workspace: where it is, what its settings say, and how a new one is made."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from regard.core.errors import RegardError
from regard.core.settings import Settings, parse_settings, settings_text

SETTINGS = "regard.toml"
CALENDARS = "calendars.toml"
VARIABLE = "REGARD_WORKSPACE"


class NotAWorkspace(RegardError):
    """A folder without a `regard.toml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} is not a workspace: it holds no {SETTINGS}. Make one there with "
            f"`regard init {folder}`, or name another with --workspace or {VARIABLE}."
        )


def workspace_folder(option: Path | None, environ: Mapping[str, str]) -> Path:
    """The folder meant: the option, else REGARD_WORKSPACE, else the current folder."""
    said = option or environ.get(VARIABLE) or "."
    return Path(said).expanduser().resolve()


def read_settings(folder: Path) -> Settings:
    """The settings of a workspace; NotAWorkspace where the folder holds no `regard.toml`."""
    path = folder / SETTINGS
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise NotAWorkspace(folder) from None
    except UnicodeDecodeError:
        raise RegardError(f"{path} is not UTF-8 text. Save it as UTF-8.") from None
    return parse_settings(text, str(path))


def change_lists(folder: Path, lists: Mapping[str, Sequence[str]]) -> None:
    """Let `regard.toml` say these lists, by key; all else in it, comments too, stays as it is.

    A key that it lacks is added at its end. Raises what `parse_settings` raises, and then changes
    nothing.
    """
    # The one reader of TOML that also writes it, and is only needed here.
    import tomlkit

    read_settings(folder)
    path = folder / SETTINGS
    said = tomlkit.parse(path.read_bytes().decode("utf-8"))
    for key, wanted in lists.items():
        if key not in said:
            said[key] = list(wanted)
            continue
        listed = cast("tomlkit.items.Array", said[key])
        for name in [str(one) for one in listed if one not in wanted]:
            listed.remove(name)
        listed.extend(one for one in wanted if one not in listed)
    text = tomlkit.dumps(said)
    parse_settings(text, str(path))
    _write(path, text)


def init_workspace(folder: Path, settings: Settings, calendars: str = "") -> tuple[Path, ...]:
    """Make a workspace with a commented `regard.toml` and `calendars.toml`; the files written.

    calendars: the text of `calendars.toml`; empty for office hours in the workspace's zone.
    Nothing that is there already is replaced: a `regard.toml` is an error, calendars are kept.
    """
    if (folder / SETTINGS).exists():
        raise RegardError(
            f"{folder} is a workspace already. Edit its {SETTINGS}, or choose another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        # The settings come last: a folder is a workspace only when it is whole.
        hours = calendars or office_hours(settings.zone)
        for name, text in ((CALENDARS, hours), (SETTINGS, settings_text(settings))):
            path = folder / name
            if not path.exists():
                _write(path, text)
                written.append(path)
    except OSError as error:
        raise RegardError(
            f"No workspace can be made in {folder}: {error.strerror}. Choose another folder."
        ) from None
    return tuple(written)


def office_hours(zone: str) -> str:
    """The `calendars.toml` of a new workspace: Monday to Friday, nine to five."""
    return f"""\
# When you are open. Durations "in opening hours" count only these.
# A day left out is closed; an end before its start lies in the next day.
[calendar.default]
zone = "{zone}"
# country = "PL"                  # its public holidays are closed
# closed = [2026-12-31]           # further days closed

[calendar.default.week]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
thu = ["09:00-17:00"]
fri = ["09:00-17:00"]

# [calendar.default.special]      # days with hours of their own, a holiday's too
# 2026-12-24 = ["09:00-13:00"]
"""


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
