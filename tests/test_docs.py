"""The documents say what is so: generated pages are current, links lead somewhere, examples run."""

import re
from pathlib import Path

import pytest

from regard.cli import docs
from regard.core.schema import tables
from regard.metrics.metric import catalogue

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
STOPS = 12


@pytest.mark.parametrize("name", [*docs.PAGES, "README.md"])
def test_a_generated_page_is_current(name: str) -> None:
    told = (ROOT / name).read_text(encoding="utf-8")
    assert told == docs.pages()[name], "Run `make docs`."


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_every_link_to_a_file_leads_somewhere(file: Path) -> None:
    links = LINK.findall(file.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (file.parent / link).exists()] == []


def test_the_life_of_a_ticket_has_twelve_stops() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert re.findall(r"^(\d+)\. \*\*", text, re.MULTILINE) == [
        str(stop) for stop in range(1, STOPS + 1)
    ]


def test_the_pages_name_every_table_and_every_metric() -> None:
    model = (ROOT / "docs" / "event-model.md").read_text(encoding="utf-8")
    metrics = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert [name for name in tables() if f"## {name}\n" not in model] == []
    assert [key for key in catalogue() if f"### `{key}`:" not in metrics] == []


def test_the_lines_of_python_in_the_readme_run(
    small_demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_demo.parent)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 10
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(re.match(r"\d{4}-\d{2} ", line) for line in lines)


def test_the_measures_are_put_between_their_marks_and_nowhere_else() -> None:
    before, after = "above\n", "\nbelow"
    readme = f"{before}{docs.BEGIN}\nmust go\n{docs.END}{after}"
    made = docs.with_measures(readme)
    assert made.startswith(before + docs.BEGIN)
    assert made.endswith(docs.END + after)
    assert "must go" not in made
    assert docs.with_measures(made) == made
