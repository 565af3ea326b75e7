"""Importing on the command line: what came, what was put aside, and trying again."""

import subprocess
import sys
from pathlib import Path

from regard.store.store import open_store

from .conftest import LOG, Run, importing


def test_an_import_says_what_came_and_what_did_not(desk: Path, run: Run) -> None:
    done = run(*importing(desk))
    assert done.code == 0
    assert "Import 1: 6 rows read, 5 kept, 1 put aside" in done.out
    assert "yesterday" in done.out
    assert "ticket_fact: 3 rows" in done.out


def test_importing_twice_changes_nothing_and_builds_nothing(filled: Path, run: Run) -> None:
    before = run("ask", "tickets_new", "--format", "json", "--workspace", filled)
    again = run(*importing(filled))
    assert again.code == 0
    assert "ticket_fact" not in again.out
    after = run("ask", "tickets_new", "--format", "json", "--workspace", filled)
    assert after.out == before.out


def test_without_a_build_the_facts_wait_and_a_question_says_so(desk: Path, run: Run) -> None:
    assert run(*importing(desk), "--no-build").code == 0
    asked = run("ask", "tickets_new", "--workspace", desk)
    assert asked.code == 2
    assert "regard build" in asked.err
    assert run("build", "--workspace", desk).code == 0
    assert run("ask", "tickets_new", "--workspace", desk).code == 0


def test_a_build_with_nothing_to_do_says_so(filled: Path, run: Run) -> None:
    built = run("build", "--workspace", filled)
    assert (built.code, built.out) == (0, "")
    assert "up to date" in built.err


def test_quarantine_lists_shows_and_tries_again(filled: Path, run: Run) -> None:
    listed = run("quarantine", "list", "--workspace", filled)
    assert listed.out.splitlines()[1].split() == ["1", "1", "log.csv"]
    shown = run("quarantine", "show", 1, "--workspace", filled)
    assert shown.out.splitlines()[1].split()[:3] == ["7", "when", "yesterday"]
    mapping = filled.parent / "mended.toml"
    text = (filled.parent / "map.toml").read_text()
    mapping.write_text(text.replace('at = "when"', 'at = { value = "2026-03-04T09:00:00Z" }'))
    tried = run("quarantine", "retry", 1, "--map", mapping, "--workspace", filled)
    assert tried.code == 0, tried.err
    assert "ticket_fact" in tried.out
    assert "empty" in run("quarantine", "list", "--workspace", filled).out


def test_rows_that_are_still_wrong_stay_in_quarantine(filled: Path, run: Run) -> None:
    tried = run("quarantine", "retry", 1, "--workspace", filled)
    assert tried.code == 0, tried.err
    assert "1 put aside" in tried.out
    listed = run("quarantine", "list", "--workspace", filled)
    assert "log.csv" in listed.out


def test_a_wrong_mapping_gets_a_hint(desk: Path, run: Run) -> None:
    log = desk.parent / "log.csv"
    done = run("import", "tabular", log, "--map", "helpdesk_italia", "--workspace", desk)
    assert done.code == 2
    assert "Did you mean 'helpdesk_italian'?" in done.err


def test_a_file_that_is_not_there_is_one_line_and_nothing_changed(desk: Path, run: Run) -> None:
    words = list(importing(desk))
    words[2] = desk.parent / "lgo.csv"
    done = run(*words)
    assert done.code == 2
    assert done.err.splitlines()[-1].startswith("lgo.csv: there is no such file")
    assert "Traceback" not in done.err
    assert not (desk / "store" / "manifests").exists()


def test_each_declared_source_is_a_command(desk: Path, run: Run) -> None:
    helped = run("import", "--help")
    assert "tabular" in helped.out
    assert "asterisk" in helped.out


def test_a_report_speaks_the_language_of_the_workspace(desk: Path, run: Run) -> None:
    settings = desk / "regard.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "pl"'))
    assert "rows read" not in run(*importing(desk)).out


def test_a_log_that_grew_brings_only_what_is_new(filled: Path, run: Run) -> None:
    grown = LOG + "t5,2026-03-05T09:00:00Z,created,bob,mail\n"
    (filled.parent / "log.csv").write_text(grown)
    done = run(*importing(filled))
    assert done.code == 0, done.err
    ticket = next(line for line in done.out.splitlines() if line.startswith("ticket "))
    assert ticket.split() == ["ticket", "1", "0", "3"]


def test_a_reader_that_goes_away_does_not_stop_the_work(desk: Path) -> None:
    asked = [sys.executable, "-m", "regard.cli", *map(str, importing(desk))]
    with subprocess.Popen(asked, stdout=subprocess.PIPE) as done:
        assert done.stdout is not None
        # Like `| head -0`: nobody reads a line, and the pipe is gone before the first is written.
        done.stdout.close()
        assert done.wait(timeout=120) == 0
    assert open_store(desk).head().facts
