"""All benchmarks of `make bench`, one after another: tables, lines of JSON, and the time of each.

    python benchmarks/bench.py [--folder DIR] [--data] [--only facts,rebuild] [--write]

Data are made in the folder once (`--data`, which measures nothing) and taken again. Each part says
in advance how many minutes it takes on two cores that do nothing else; one that needs four times as
long is ended. A part that fails is shown, the others go on, and the command ends with 1. The lines
of JSON are kept in the folder; `--write` puts their tables into docs/performance.md.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

from speed import FOLDER, machine

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LINES = "bench.jsonl"
PATIENCE = 4
"""How many times its minutes a part may take before it is ended."""


@dataclass(frozen=True)
class Part:
    """A benchmark as `make bench` runs it. minutes: on two idle cores. data: whether it has any.

    named: whether it runs only where it is named, for it does not fit into the hour.
    """

    name: str
    says: str
    words: tuple[str, ...]
    minutes: float
    data: bool = True
    named: bool = False


PARTS = (
    Part("facts", "Facts of tickets", ("speed_facts.py", "--tickets", "0.1,1"), 5),
    Part(
        "more facts",
        "Facts of tickets, larger",
        (
            "speed_facts.py",
            "--tickets",
            "2",
            "--without",
            "regard;polars;pandas;open hours: regard;open hours: businesstimedelta",
        ),
        5,
    ),
    Part(
        "ten million facts",
        "Facts of ten million tickets",
        (
            "speed_facts.py",
            "--tickets",
            "1,10",
            "--without",
            "sql;bound;regard;regard, every fact;polars;pandas;agreement;open hours: regard;"
            "open hours: businesstimedelta",
        ),
        9,
        named=True,
    ),
    Part("rebuild", "Rebuilds", ("speed_rebuild.py", "--tickets", "1"), 5),
    Part("questions", "Questions", ("speed_questions.py", "--tickets", "2"), 11),
    Part(
        "ten million questions",
        "Questions of ten million tickets",
        (
            "speed_questions.py",
            "--tickets",
            "10",
            "--without",
            # Eight readers of so much do not fit in the memory of such a machine.
            "30 values;board of 30;bare query, 8 readers;month x team, 8 readers;"
            "drill-down, 8 readers;12 values, 8 readers;board of 12, 8 readers;"
            "export .parquet;export .csv",
        ),
        6,
        named=True,
    ),
    Part("import", "Imports", ("speed_import.py", "--tickets", "1"), 2),
    Part("statistics", "Statistics", ("speed_statistics.py", "--rows", "10"), 3),
    Part("memory", "Memory", ("speed_memory.py", "--tickets", "1"), 3),
    Part("crashes", "Kills and crowds", ("crashes.py", "--kills", "200"), 6, data=False),
    Part("hostile", "Hostile files", ("hostile.py", "--count", "100000"), 11, data=False),
    Part("coverage", "Intervals, a sample", ("coverage.py", "--worlds", "20"), 1, data=False),
    Part(
        "judgement",
        "Judgement, a sample",
        ("judgement.py", "--seeds", "101", "--tickets", "6000", "--only", "planted"),
        2,
        data=False,
    ),
)


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, run the parts, and say by the exit code whether all went well."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--folder", type=Path, default=FOLDER, help="where data are made and kept")
    asked.add_argument("--data", action="store_true", help="make the data and measure nothing")
    asked.add_argument("--only", default="", help="these parts alone, such as facts,rebuild")
    asked.add_argument("--write", action="store_true", help="put the tables into the docs")
    said = asked.parse_args(words)
    said.folder.mkdir(parents=True, exist_ok=True)
    wanted = [one.strip() for one in said.only.split(",") if one.strip()]
    unknown = set(wanted) - {part.name for part in PARTS}
    if unknown:
        asked.error(f"no part {', '.join(sorted(unknown))}; there are: {_names()}")
    parts = [part for part in PARTS if part.name in wanted or not (wanted or part.named)]
    found = [run(part, said.folder, said.data) for part in parts if part.data or not said.data]
    if said.data:
        return max((one["code"] for one in found), default=0)
    with (said.folder / LINES).open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in found)
    say(found)
    if said.write:
        write(found)
    return 1 if any(one["code"] for one in found) else 0


def run(part: Part, folder: Path, data: bool) -> dict[str, Any]:
    """Run a part while what it prints is shown; its last line of JSON, its code and its seconds."""
    sys.stdout.write(f"\n== {part.says} ({' '.join(part.words)})\n")
    sys.stdout.flush()
    command = [sys.executable, str(HERE / part.words[0]), *part.words[1:]]
    if part.data:
        command += ["--folder", str(folder)]
    if data:
        command.append("--prepare")
    began, load = monotonic(), os.getloadavg()[0]
    code, lines = _run(command, None if data else 60 * PATIENCE * part.minutes)
    return {
        "part": part.name,
        "says": part.says,
        "machine": machine(),
        "load": load,
        "seconds": round(monotonic() - began),
        "minutes": part.minutes,
        "code": code,
        "found": _last(lines),
    }


def _run(command: Sequence[str], seconds: float | None) -> tuple[int, list[str]]:
    """A command's code and lines; its table is shown meanwhile. seconds: how long it may take."""
    lines: list[str] = []
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, start_new_session=True
        ) as started,
    ):
        ending = Timer(seconds or 0, _end, (started,))
        if seconds:
            ending.start()
        try:
            assert started.stdout
            for line in started.stdout:
                if not line.startswith("{"):
                    sys.stdout.write(line)
                    sys.stdout.flush()
                lines.append(line)
            code = started.wait()
        finally:
            ending.cancel()
            _end(started)
        complaints.seek(0)
        if code:
            sys.stdout.write(f"FAILED with {code}:\n{complaints.read()[-2000:]}\n")
    return code, lines


def _end(started: "subprocess.Popen[str]") -> None:
    """End a process and all that it has started: what went on would slow the next part."""
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)


def _last(lines: Sequence[str]) -> Any:
    told = [line for line in lines if line.startswith("{")]
    return json.loads(told[-1]) if told else {}


def say(found: Sequence[Mapping[str, Any]]) -> None:
    """What each part took, and all together."""
    sys.stdout.write(f"\n{'part':<20}{'planned':>10}{'taken':>10}\n")
    for one in found:
        failed = "  FAILED" if one["code"] else ""
        planned, taken = f"{one['minutes']:g} min", f"{one['seconds'] / 60:.1f} min"
        sys.stdout.write(f"{one['part']:<20}{planned:>10}{taken:>10}{failed}\n")
    total = sum(one["seconds"] for one in found) / 60
    planned = f"{sum(one['minutes'] for one in found):g} min"
    sys.stdout.write(f"{'all':<20}{planned:>10}{f'{total:.1f} min':>10}\n")


def write(found: Sequence[Mapping[str, Any]]) -> None:
    """Put the tables in place of the former ones in docs/performance.md; other parts' stay."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    former, mark, after = rest.partition(END)
    assert mark, f"{PAGE} has no place for tables: {BEGIN} … {END}"
    told = dict(_sections(former))
    told |= {one["says"]: "\n".join(_told(one)) for one in found}
    order = [part.says for part in PARTS]
    listed = sorted(told, key=lambda says: order.index(says) if says in order else len(order))
    body = "\n\n".join(f"### {says}\n\n{told[says].strip()}" for says in listed)
    PAGE.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for piece in text.split("\n### ")[1:]:
        title, _, body = piece.partition("\n")
        yield title.strip(), body.strip()


def _told(one: Mapping[str, Any]) -> Iterator[str]:
    """What a part found, as it stands on the page."""
    words = next(" ".join(part.words) for part in PARTS if part.name == one["part"])
    failed = " **It failed.**" if one["code"] else ""
    yield f"`{words}`, {one['seconds'] / 60:.1f} minutes. {one['machine']}.{failed}\n"
    found = one["found"]
    if "outcomes" in found:
        yield from _outcomes(found)
    else:
        yield from _counts(found)


def _outcomes(found: Mapping[str, Any]) -> Iterator[str]:
    ratio = found["ratio_to"]
    yield "| size | contender | wall s | CPU s | peak MB | ratio |"
    yield "|---|---|---|---|---|---|"
    known = {one["size"]: one["wall"] for one in found["outcomes"] if one["name"] == ratio}
    for one in found["outcomes"]:
        size, name, wall = one["size"], one["name"], one["wall"]
        if wall is None:
            yield f"| {size} | {name} | {one['why']} | | | |"
            continue
        share = f"{wall / known[size]:.2f}" if known.get(size) else ""
        peak = f"{one['peak'] / 1e6:,.0f}"
        yield f"| {size} | {name} | {wall:.2f} | {one['cpu']:.2f} | {peak} | {share} |"
    for one in found["outcomes"]:
        told = "; ".join(f"{name}: {value}" for name, value in one["said"].items())
        if told and (one["name"] == "agreement" or not one["wall"] or ratio == ""):
            yield f"\n{one['size']}, {one['name']}: {told}."


def _counts(found: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Whatever a part counted: what is counted by two names as a table, all else one line each.

    Long lists are in the lines of JSON.
    """
    for name, value in found.items():
        if _by_two_names(value):
            yield from _table(value)
        elif isinstance(value, Mapping):
            yield from _counts(value, f"{before}{name}, ")
        elif not isinstance(value, list) or len(value) <= 3:
            yield f"- {before}{name.replace('_', ' ')}: {_cell(value) or 'none'}"


def _by_two_names(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(one, Mapping) for one in value.values())


def _table(counts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A row for each of the first names."""
    heads = list(dict.fromkeys(head for one in counts.values() for head in one))
    if heads:
        yield f"\n| | {' | '.join(head.replace('_', ' ') for head in heads)} |"
        yield f"|---|{'---:|' * len(heads)}"
    for name, one in counts.items() if heads else ():
        yield f"| {name} | {' | '.join(_cell(one.get(head)) for head in heads)} |"
    yield ""


def _cell(value: Any) -> str:
    """A value as one reads it; nothing where there is none."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_cell(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value or "")


def _names() -> str:
    return ", ".join(part.name for part in PARTS)


if __name__ == "__main__":
    sys.exit(main())
