"""Judgement on the command line: compare, guard, changes and warnings, in words and as JSON."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from regard.cli.judged import UNCHANGED, _write_comparison, _write_signals, command_of
from regard.cli.options import Form
from regard.core.i18n import languages
from regard.insight import figures, guard
from regard.insight.against import GOAL, WAYS
from regard.insight.compare import AT_A_TIME, METHODS, Comparison
from regard.insight.sentence import Marked, Named, Sentence
from regard.insight.signal import KINDS, Signal
from regard.metrics.metric import Counter, metric
from regard.metrics.query import Query
from regard.report import judged
from regard.report.sentences import say_sentence
from regard.stats.difference import DOWN, UNCLEAR, UP, mover
from regard.stats.estimate import Estimate
from regard.stats.proportion import wilson

from .conftest import Run

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
NEW, OLD = wilson(70, 100), wilson(40, 100)


def told(key: str = "csat", word: str = UP, good: bool | None = True) -> Comparison:
    """May against April, as if it had been compared."""
    query = Query(key, MAY, JUNE)
    gap = mover(NEW, OLD)
    unit = metric(key).unit
    made = Comparison(query, metric(key), "before", MAY, JUNE, (APRIL, MAY), NEW, OLD, gap, unit)
    return replace(made, word=word, good=good, chance=0.0002)


def plain(text: str) -> str:
    """The text with ordinary spaces, and no marks of direction."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def holes(text: str) -> set[str]:
    """The names of a text's holes."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_comparison_is_a_sentence_and_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    _write_comparison(told(), "en")
    lines = [" ".join(plain(line).split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "Satisfied customers: up by 30 pp, for the better."
    assert any(line.startswith("May 2026 70.0 % (95 %: ") for line in lines)
    assert any(line.startswith("Apr 2026 (the stretch before) 40.0 % (95 %: ") for line in lines)
    assert any(line.startswith("Difference +30 pp (95 %: +") for line in lines)
    assert "p-value < 0.001" in lines


@pytest.mark.parametrize("word", [UP, DOWN, UNCLEAR])
@pytest.mark.parametrize("good", [True, False, None])
@pytest.mark.parametrize("way", ["before", GOAL])
def test_every_headline_fills(word: str, good: bool | None, way: str) -> None:
    one = replace(told(word=word, good=good), way=way, detectable=0.1)
    one = replace(one, before=None) if way == GOAL else one
    for language in languages():
        shown = judged.show_comparison(one, language)
        assert "{" not in shown.headline + "".join(line.text for line in shown.lines)
    within = judged.show_comparison(replace(one, method=AT_A_TIME, within=3600), "en")
    assert "share served within" in within.headline


def test_a_figure_has_no_interval_and_is_no_former_value() -> None:
    edge = Estimate(0.4, 0.4, 0.4)
    one = replace(told(), way=GOAL, before=None, old=edge)
    shown = judged.show_comparison(one, "en")
    assert shown.lines[1].name == WAYS[GOAL]
    assert plain(shown.lines[1].text) == "40.0 %"
    assert plain(shown.headline) == "Satisfied customers: 30 pp above the goal, which is good."


@pytest.mark.parametrize(("chance", "said"), [(0.0, "< 0.001"), (0.0014, "0.001"), (1.0, "1")])
def test_chances_are_said_to_three_places(chance: float, said: str) -> None:
    assert judged.say_chance(chance, "en") == said


@pytest.mark.parametrize("verdict", guard.VERDICTS)
@pytest.mark.parametrize("key", ["csat", "calls_answered"])
def test_every_verdict_and_every_line_of_it_fills(verdict: str, key: str) -> None:
    fared = tuple(
        guard.Fared(
            Counter("repeat_contact_rate"), replace(told(), whole_on=JUNE), state, worst, 0.02
        )
        for state in guard.STATES
        for worst in (-0.1, 0.1)
    )
    found = guard.Guarded(told(key), fared, verdict)
    for language in languages():
        shown = judged.show_guard(found, language)
        assert not holes(shown.verdict)
        assert not any(holes(line) for line in shown.lines)
    assert set(judged.ORDER) == set(guard.VERDICTS)


def test_failures_stand_first_and_make_the_board_red() -> None:
    order = ("same", "improved", "paid", "worse")
    found = [guard.Guarded(told(), (), verdict) for verdict in order]
    shown = judged.show_guards(found, "en")
    assert [one.told.verdict for one in shown] == ["paid", "worse", "improved", "same"]
    assert judged.say_failures(shown, "en").startswith("The board is red.")
    assert judged.say_failures(shown[1:], "en") == judged.NO_FAILURE


def signal(kind: str = "surge") -> Signal:
    """A signal that somebody might get."""
    query = Query("csat", MAY, JUNE, where=(("team", "first line"),))
    says = Sentence("{metric} went {word}.", {"metric": Named("csat"), "word": Marked(UP)})
    why = Sentence(figures.UNSIGNED, {"day": MAY})
    then = replace(query, by=("week",), quantile=0.9)
    return Signal(kind, "csat", MAY, JUNE, says, why, query, cost=12.4, then=then, good=False)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_signal_is_said(kind: str) -> None:
    for language in languages():
        shown = judged.show_signal(signal(kind), language)
        assert shown.kind
        assert shown.tone == "worse"


def test_a_signal_says_what_why_since_when_and_what_to_run_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _write_signals(
        (signal(), signal("drift")), "warnings", UNCHANGED, (MAY, JUNE), Form.table, "en"
    )
    lines = plain(capsys.readouterr().out).splitlines()
    asked = "regard ask csat --from 2026-05-01 --to 2026-06-01"
    assert lines[0] == "Surge: Satisfied customers went up."
    assert lines[2] == "  Since 1 May 2026; p-value < 0.001."
    assert lines[3] == f"  Evidence: {asked} --where 'team=first line'"
    assert lines[4].startswith(f"  Ask next: {asked} --by week --where 'team=first line'")
    assert lines[5:7] == ["", "Slowly getting worse: Satisfied customers went up."]


def test_silence_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    _write_signals((), "changes", UNCHANGED, (MAY, JUNE), Form.table, "en")
    (line,) = capsys.readouterr().out.splitlines()
    assert plain(line).startswith("Nothing changed beyond chance in May 2026")


def test_the_command_of_a_query_asks_that_query() -> None:
    query = signal().then
    assert query is not None
    words = shlex.split(command_of(query))
    said: dict[str, object] = {"where": []}
    for name, value in zip(words[3::2], words[4::2], strict=True):
        said[name.removeprefix("--")] = [value] if name == "--where" else value
    assert Query.parse(words[2], said) == query


def texts() -> Mapping[str, Mapping[str, str]]:
    """Our own tables of texts, by what they are keyed with."""
    named = {"ways": WAYS, "methods": METHODS, "kinds": KINDS}
    return {**named, "verdicts": {str(k): v for k, v in judged.VERDICTS.items()}}


@pytest.mark.parametrize("name", texts())
def test_words_without_holes_have_none(name: str) -> None:
    assert not [text for text in texts()[name].values() if holes(text)]


@pytest.mark.parametrize("cited", ["", "A yearbook."])
@pytest.mark.parametrize("sector", ["", "retail"])
def test_a_figure_from_outside_says_who_says_so(cited: str, sector: str) -> None:
    one = figures.Figure("csat", 0.8, MAY, cited, sector)
    said = plain(say_sentence(one.says(), "en"))
    assert "1 May 2026" in said
    assert ("A yearbook, of" in said) == bool(cited)
    assert ".." not in said


def test_a_goal_is_held_against_the_value(filled: Path, run: Run) -> None:
    words = ("compare", "tickets_new", "--from", "2026-03-02", "--to", "2026-03-03", "-w", filled)
    none = run(*words, "--against", "goal")
    assert none.code == 2
    assert "There are none yet." in none.err
    goal = '[[goal]]\nmetric = "tickets_new"\ntarget = 5\nperiod = "day"\ndirection = "low"\n'
    (filled / "goals.toml").write_text(goal)
    said = json.loads(run(*words, "--against", "goal", "--format", "json").out)
    assert (said["against"], said["before"]) == ("goal", None)
    assert (said["new"]["value"], said["old"]["value"]) == (2, 5)
    assert said["gap"]["value"] == -3
    # Without a goal that is about just those days there is nothing to be held against.
    assert run("compare", "tickets_new", "--against", "goal", "-w", filled).code == 2


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("compare", "csatt"), "Did you mean 'csat'?"),
        (("compare", "csat", "--against", "others"), "--by team"),
        (("compare", "csat", "--against", "last week"), "before, year or FROM..TO"),
        (("compare", "tickets_new", "--against", "benchmark"), "regard import events"),
        (("compare", "csat", "--format", "csv"), "table, json"),
        (("guard", "csat", "--from", "2026-03-05", "--to", "2026-03-02"), "after its start"),
        (("warnings", "--format", "csv"), "table, json"),
    ],
)
def test_errors_say_what_to_do(
    filled_once: Path, run: Run, words: tuple[str, ...], hint: str
) -> None:
    ran = run(*words, "-w", filled_once)
    assert ran.code == 2
    assert hint in ran.err
    assert ran.out == ""


def test_a_comparison_without_anything_before_says_so(filled_once: Path, run: Run) -> None:
    ran = run(
        *("compare", "tickets_new", "--from", "2026-03-02", "--to", "2026-03-03"),
        *("-w", filled_once),
    )
    assert ran.code == 0
    assert "nothing to compare with" in ran.out


def test_the_watches_can_be_listed_without_a_workspace(tmp_path: Path, run: Run) -> None:
    found = json.loads(run("warnings", "--list", "--format", "json", "-w", tmp_path).out)
    assert {"limits", "volumes", "goals"} <= {one["name"] for one in found}
