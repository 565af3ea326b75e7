"""Asking on the command line: table, JSON, CSV, SQL, definitions, hints."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from regard.metrics.metric import catalogue

from .conftest import Run


def test_a_question_is_answered_as_plain_json(filled_once: Path, run: Run) -> None:
    asked = run(
        *("ask", "tickets_new", "--by", "day", "--from", "2026-03-02", "--to", "2026-03-04"),
        *("--format", "json", "--workspace", filled_once),
    )
    said = json.loads(asked.out)
    assert (said["metric"], said["version"]) == ("tickets_new", 1)
    assert [(part["by"]["day"], part["value"]) for part in said["parts"]] == [
        ("2026-03-02", 2),
        ("2026-03-03", 1),
    ]
    assert said["query"]["to"] == "2026-03-04"
    assert {"low", "high", "n", "coverage", "note"} <= set(said["parts"][0])


def test_the_same_question_is_answered_in_the_same_bytes(filled_once: Path, run: Run) -> None:
    words = ("ask", "time_to_resolve", "--by", "channel", "--format", "json", "-w", filled_once)
    assert run(*words).out == run(*words).out


def test_the_last_day_is_not_counted(filled_once: Path, run: Run) -> None:
    words = ("ask", "tickets_new", "--format", "json", "-w", filled_once)
    said = json.loads(run(*words, "--from", "2026-03-02", "--to", "2026-03-03").out)
    assert [part["value"] for part in said["parts"]] == [2]


def test_a_filter_may_be_repeated(filled_once: Path, run: Run) -> None:
    words = ("ask", "tickets_new", "--format", "json", "-w", filled_once, "--where")
    assert json.loads(run(*words, "channel=mail").out)["parts"][0]["value"] == 2
    both = run(*words, "channel=mail", "--where", "channel==2+5")
    assert json.loads(both.out)["parts"][0]["value"] == 3


def test_a_table_shows_interval_cases_and_the_age_of_the_data(filled_once: Path, run: Run) -> None:
    asked = run("ask", "tickets_solved", "--workspace", filled_once)
    assert asked.out.splitlines()[0] == "Solved tickets"
    said = asked.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "95 %:" in said
    assert "store version" in said
    assert "3 Mar 2026, 13:00 (Europe/Warsaw)" in said


def test_a_table_says_who_is_still_waiting(filled_once: Path, run: Run) -> None:
    asked = run("ask", "time_to_resolve", "--workspace", filled_once)
    assert "still waiting" in asked.out


def test_csv_is_safe_in_a_spreadsheet(filled_once: Path, run: Run) -> None:
    asked = run("ask", "tickets_new", "--by", "channel", "--format", "csv", "-w", filled_once)
    lines = list(csv.DictReader(io.StringIO(asked.out)))
    assert {line["channel"] for line in lines} == {"'=2+5", "mail"}
    assert sum(float(line["value"]) for line in lines) == 3


def test_the_query_can_be_shown(filled_once: Path, run: Run) -> None:
    assert "SELECT" in run("ask", "tickets_new", "--sql", "--workspace", filled_once).out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("ask", "tickets_ned"), "There is no metric called 'tickets_ned'. Did you mean"),
        (("ask", "tickets_new", "--by", "chanel"), "Did you mean 'channel'?"),
        (("ask", "tickets_new", "--from", "March"), "'from' is 'March', which is not a day"),
        (("ask", "tickets_new", "--where", "mail"), "of the form name=value"),
        (("ask", "tickets_new", "--zone", "Europe/Warsav"), "Did you mean 'Europe/Warsaw'?"),
        (("ask", "tickets_new", "--language", "xx"), "There is no language called 'xx'."),
        (("ask", "tickets_new", "--quantile", "2"), "not between 0 and 1"),
        (("explain", "backlok"), "Did you mean 'backlog'?"),
    ],
)
def test_a_wrong_word_is_one_message_with_a_hint(
    words: tuple[str, ...], hint: str, filled_once: Path, run: Run
) -> None:
    done = run(*words, "--workspace", filled_once)
    assert done.code == 2
    assert done.out == ""
    assert hint in done.err
    assert "Traceback" not in done.err


def test_a_wrong_command_gets_a_hint(run: Run) -> None:
    done = run("bild")
    assert done.code == 2
    assert "Did you mean 'build'?" in done.err


def test_a_folder_that_is_no_workspace_says_how_to_make_one(tmp_path: Path, run: Run) -> None:
    done = run("ask", "tickets_new", "--workspace", tmp_path)
    assert done.code == 2
    assert str(tmp_path) in done.err
    assert "regard init" in done.err


def test_the_environment_names_the_workspace_where_no_option_does(
    filled_once: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGARD_WORKSPACE", str(filled_once))
    assert run("ask", "tickets_new").code == 0


def test_every_metric_is_listed(run: Run) -> None:
    listed = [line.split()[0] for line in run("metrics").out.splitlines()[1:]]
    assert sorted(listed) == sorted(catalogue())


def test_metrics_can_be_listed_for_programs(run: Run) -> None:
    said = json.loads(run("metrics", "--format", "json").out)
    assert {one["key"] for one in said} == set(catalogue())


def test_the_list_says_what_a_workspace_has_data_for(run: Run, filled_once: Path) -> None:
    lines = run("metrics", "-w", filled_once).out.splitlines()
    told = {line.split()[0]: line.rstrip() for line in lines[1:]}
    assert lines[0].split()[-2:] == ["Data", "here"]
    assert told["tickets_new"].endswith("yes")
    assert told["calls_offered"].endswith("no call")
    said = json.loads(run("metrics", "-w", filled_once, "--format", "json").out)
    lacking = {one["key"]: one["lacking"] for one in said}
    assert (lacking["tickets_new"], lacking["calls_offered"]) == ([], ["call"])


def test_what_no_source_fills_names_the_import_that_would(run: Run, filled_once: Path) -> None:
    told = " ".join(run("ask", "calls_offered", "-w", filled_once).out.split())
    assert "regard import asterisk-queue-log FILE" in told


def test_a_definition_says_its_halves_its_source_and_an_example(run: Run) -> None:
    told = run("explain", "time_to_resolve").out
    for said in ("time_to_resolve, v1", "Defined by", "Worked example", "Left out"):
        assert said in told


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").out.startswith("regard 0.")


@pytest.mark.parametrize("heavy", ["django", "altair", "scipy", "ibis", "pyarrow", "deltalake"])
def test_help_comes_without_loading_the_heavy_libraries(heavy: str) -> None:
    look = (
        "import sys\nfrom regard.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("heavy", ["django", "altair"])
def test_the_list_of_metrics_comes_without_the_site(heavy: str) -> None:
    look = (
        "import sys\nfrom regard.cli import main\n"
        "try: main(['metrics'])\nexcept SystemExit: pass\n"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, check=False)
    assert done.returncode == 0
