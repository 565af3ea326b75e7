"""A workspace: found by option, environment or folder; made once; never half."""

from pathlib import Path

import pytest

from regard.core.calendar_file import parse
from regard.core.errors import RegardError
from regard.core.settings import Settings
from regard.store.workspace import (
    NotAWorkspace,
    init_workspace,
    office_hours,
    read_settings,
    workspace_folder,
)

ACME = Settings(name='Acme "Ltd"', zone="Europe/Warsaw", language="pl")


def test_the_option_goes_before_the_environment_and_that_before_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {"REGARD_WORKSPACE": str(tmp_path / "b")}
    assert workspace_folder(tmp_path / "a", said) == tmp_path / "a"
    assert workspace_folder(None, said) == tmp_path / "b"
    assert workspace_folder(None, {}) == tmp_path


def test_a_new_workspace_says_what_it_was_told(tmp_path: Path) -> None:
    written = init_workspace(tmp_path / "deep" / "acme", ACME)
    assert sorted(path.name for path in written) == ["calendars.toml", "regard.toml"]
    assert read_settings(tmp_path / "deep" / "acme") == ACME


def test_a_workspace_is_never_made_over_another(tmp_path: Path) -> None:
    init_workspace(tmp_path, ACME)
    with pytest.raises(RegardError, match="is a workspace already"):
        init_workspace(tmp_path, Settings())
    assert read_settings(tmp_path) == ACME


def test_opening_hours_that_are_there_are_kept(tmp_path: Path) -> None:
    (tmp_path / "calendars.toml").write_text("# mine\n")
    written = init_workspace(tmp_path, ACME)
    assert [path.name for path in written] == ["regard.toml"]
    assert (tmp_path / "calendars.toml").read_text() == "# mine\n"


def test_office_hours_are_hours_that_can_be_read() -> None:
    import tomllib

    (calendar,) = parse(tomllib.loads(office_hours("Europe/Warsaw")))
    assert calendar.versions[0].zone == "Europe/Warsaw"
    assert [len(day) for day in calendar.versions[0].week] == [1, 1, 1, 1, 1, 0, 0]


def test_a_folder_that_is_none_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspace, match=f"regard init {tmp_path}"):
        read_settings(tmp_path)


def test_settings_that_are_not_text_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "regard.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RegardError, match="is not UTF-8 text"):
        read_settings(tmp_path)


def test_a_file_in_the_way_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RegardError, match="No workspace can be made"):
        init_workspace(tmp_path / "file", ACME)
