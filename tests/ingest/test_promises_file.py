"""Promises written by hand: what a file says, and what it cannot say."""

import re
from pathlib import Path

import pytest

from regard.core.errors import BadValue, RegardError, UnknownName
from regard.ingest.sources.promises import parse
from regard.ingest.streams import BadFile

GOOD = """
source = "desk"
[[policy.default]]
[policy.default.first]
any = "8h"
urgent = "30m"
[[policy.default]]
valid_from = 2026-03-01T00:00:00+01:00
opening_hours = false
[policy.default.first]
any = "1d 4h"
"""


def written(folder: Path, text: str) -> Path:
    """A file that says so."""
    path = folder / "promises.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_policy_in_two_versions_becomes_its_rows(tmp_path: Path) -> None:
    parcel = parse(written(tmp_path, GOOD))
    rows = parcel.rows["sla_policy"].to_pylist()
    told = [(r["priority"], r["seconds"], r["opening_hours"], str(r["valid_from"])) for r in rows]
    assert told == [
        ("", 28_800, True, "None"),
        ("urgent", 1_800, True, "None"),
        ("", 100_800, False, "2026-02-28 23:00:00+00:00"),
    ]
    assert (parcel.source, parcel.covers) == ("desk", ("sla_policy",))
    assert parse(written(tmp_path, GOOD), "rt.example.com").source == "rt.example.com"


@pytest.mark.parametrize(
    ("old", "new", "error", "hint"),
    [
        ('source = "desk"', "", BadValue, "--source NAME"),
        ("default.first", "default.frist", UnknownName, "'first'"),
        ("urgent", "urgnt", UnknownName, "'urgent'"),
        ('"8h"', '"eight"', BadValue, "4h"),
        ('"8h"', '"0h"', BadValue, "4h"),
        ("opening_hours = false", 'opening_hours = "no"', BadValue, "true or false"),
        ("valid_from = 2026-03-01T00:00:00+01:00", "", BadValue, "valid_from"),
        ("+01:00", "", BadValue, "an instant"),
        ("[[policy.default]]", "[[policy.default]", BadFile, "TOML"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, error: type[RegardError], hint: str
) -> None:
    with pytest.raises(error, match=re.escape(hint)):
        parse(written(tmp_path, GOOD.replace(old, new)))


def test_what_is_no_file_of_promises_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="folder"):
        parse(tmp_path)
    with pytest.raises(BadFile, match="no such file"):
        parse(tmp_path / "none.toml")
    with pytest.raises(BadFile, match="promises nothing"):
        parse(written(tmp_path, 'source = "desk"'))
