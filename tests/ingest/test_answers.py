"""Recorded answers: every wrapping is opened, and what is no answer is put aside by name."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from regard.ingest.answers import AN_ERROR, NO_OBJECT, NOT_JSON, TOO_DEEP, Answer, read_answers
from regard.ingest.parcel import Reject
from regard.ingest.streams import BadFile

BODY = {"tickets": [{"id": 1}]}


def read(folder: Path, **files: str | bytes) -> list[Answer | Reject]:
    """What is read from a folder of these files, `__` standing for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_answers(folder))


def bodies(found: list[Answer | Reject]) -> list[Any]:
    return [one.body for one in found if isinstance(one, Answer)]


def reasons(found: list[Answer | Reject]) -> list[str]:
    return [one.reason for one in found if isinstance(one, Reject)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(BODY),
        json.dumps({"request": "GET /tickets", "status": 200, "body": BODY}),
        json.dumps({"status": 200, "body": json.dumps(BODY)}),
        json.dumps({"GET /tickets?page=1": BODY}),
        "\ufeff" + json.dumps(BODY, indent=1),
        json.dumps(
            {
                "status": 200,
                "body": base64.b64encode(
                    gzip.compress(json.dumps(BODY).encode(), mtime=0)
                ).decode(),
            }
        ),
        gzip.compress(json.dumps(BODY).encode(), mtime=0),
    ],
)
def test_every_wrapping_is_opened(tmp_path: Path, text: str | bytes) -> None:
    assert bodies(read(tmp_path, a__json=text)) == [BODY]


def test_the_request_is_kept_where_it_was_recorded(tmp_path: Path) -> None:
    text = json.dumps({"request": "GET /a", "status": 200, "body": BODY})
    found = read(tmp_path, a__json=text, b__json=json.dumps({"GET /b": BODY, "GET /c": BODY}))
    assert [one.request for one in found if isinstance(one, Answer)] == [
        "GET /a",
        "GET /b",
        "GET /c",
    ]


def test_one_answer_a_line_is_read_whatever_the_ending(tmp_path: Path) -> None:
    lines = '{"id": 1}\n{"id": 2}\n\n{"id": 3'
    found = read(tmp_path, a__json=lines, b__jsonl=lines)
    assert bodies(found) == [{"id": 1}, {"id": 2}] * 2
    assert [(one.line, one.raw["file"]) for one in found if isinstance(one, Reject)] == [
        (4, "a.json"),
        (4, "b.jsonl"),
    ]


def test_folders_below_are_read_in_order_and_other_files_left(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.json").write_text("{}")
    found = read(tmp_path, c__json="[]", a__txt="no")
    assert [one.file for one in found if isinstance(one, Answer)] == ["b/z.json", "c.json"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"tickets": [', NOT_JSON),
        ('{"n": NaN}', NOT_JSON),
        ('{"n": ' + "9" * 5000 + "}", NOT_JSON),
        ("[" * 100_000, TOO_DEEP),
        ("[" * 200 + "]" * 200, TOO_DEEP),
        ('"text"', NO_OBJECT),
        ('{"error": "RecordNotFound", "description": "Not found"}', AN_ERROR),
        ('{"status": 404, "body": {"tickets": []}}', AN_ERROR),
        ('{"status": 200, "body": "H4sIAAAA"}', NOT_JSON),
        (b"\xff\xfe{}", "byte 0 is not utf-8 text"),
        (b'{"a": "\0"}', "line 1 holds a NUL byte, so it is not text"),
        (b"\x1f\x8b\x08", "the gzip file ends too early (truncated)"),
        ("", NOT_JSON),
    ],
)
def test_what_is_no_answer_is_put_aside_with_its_name(
    tmp_path: Path, text: str | bytes, reason: str
) -> None:
    found = read(tmp_path, a__json=text, b__json=json.dumps(BODY))
    assert (bodies(found), reasons(found)) == ([BODY], [reason])
    assert found[0].raw["file"] == "a.json" if isinstance(found[0], Reject) else False


def test_characters_that_no_table_holds_are_replaced(tmp_path: Path) -> None:
    found = read(tmp_path, a__json=r'{"a": "x\u0000y \ud83d", "b": "\ud83d\ude00"}')
    assert bodies(found) == [{"a": "x\ufffdy \ufffd", "b": "\U0001f600"}]


def test_a_folder_without_answers_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"no \.json or \.jsonl file"):
        read(tmp_path, a__txt="{}")
    with pytest.raises(BadFile, match="no such file"):
        list(read_answers(tmp_path / "nowhere.json"))


@pytest.mark.real
def test_real_recordings_are_read_whole(shared_data: Path) -> None:
    found = {
        name: [type(one) for one in read_answers(shared_data / "recorded" / name)]
        for name in ("zendesk", "freshdesk", "rt", "redmine")
    }
    assert {name: (of.count(Answer), of.count(Reject)) for name, of in found.items()} == {
        "zendesk": (29, 0),
        "freshdesk": (33, 0),
        "rt": (12, 0),
        "redmine": (2, 0),
    }
