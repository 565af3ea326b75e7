"""Trials of importers by hostile files: samples of every kind, and what one changed file gave."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

from hostile.mutations import mutate
from hostile.tampering import tamper
from regard.core.errors import RegardError
from regard.demo.company import company
from regard.ingest.grammar import load_mapping, mapping_names
from regard.ingest.mapping import EventLog, FileMap, Value
from regard.ingest.parcel import Parcel
from regard.ingest.source import sources
from regard.ingest.tabular import parse

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LOG = (
    '203.0.113.7 - - [01/May/2024:10:00:00 +0000] "GET /help/refunds HTTP/1.1" 200 512 "-" "Moz"\n'
    '203.0.113.8 - - [01/May/2024:10:01:00 +0000] "GET /help/search?q=fees HTTP/1.1" 200 51 "-"'
    ' "Mozilla/5.0 (X11)"\n203.0.113.8 - a [01/May/2024:10:01:30 +0200] "GET /help/a HTTP/2" 304 0'
    ' "https://x.test/" "Mozilla/5.0 (X11)"\n'
)
PROMISES = """source = "desk"
[policy.default]
[policy.default.first]
any = "8h"
urgent = "30m"
[[policy.gold]]
opening_hours = false
next.any = "1d 4h"
[[policy.gold]]
valid_from = 2026-03-01T00:00:00+01:00
name = "Gold"
resolution.any = "90m"
"""
EVENT = (
    '<event><string key="concept:name" value="Assign seriousness"/>'
    '<date key="time:timestamp" value="2012-10-09T14:50:17.000+02:00"/>'
    '<string key="org:resource" value="Value 1"/><string key="customer" value="Value 2"/>'
    '<string key="product" value="Value 3"/><string key="seriousness_2" value="Value 1"/>'
    '<string key="service_type" value="Value 4"/><string key="support_section" value="Value 5"/>'
    "</event>\n"
)
XES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n'
    + '<trace><string key="concept:name" value="Case 1"/>\n'
    + EVENT
    + EVENT.replace("Assign seriousness", "Resolve ticket").replace("-09T", "-10T")
    + EVENT.replace("Assign seriousness", "Closed").replace("-09T", "-25T")
    + "</trace>\n</log>\n"
)
RECORDS = (
    '{"%s": [{"name": "accounts/1/locations/2/x/3", "reviewId": "r1", "starRating": "FIVE",'
    ' "comment": "Good", "text": "Where?", "summary": "New", "state": "LIVE", "upvoteCount": 2,'
    ' "createTime": "2021-03-02T10:47:32.807Z", "updateTime": "2021-03-02T10:47:32.807Z",'
    ' "author": {"type": "REGULAR_USER"}, "reviewReply": {"comment": "Thanks",'
    ' "updateTime": "2021-03-02T11:03:45Z"}}], "nextPageToken": ""}\n'
)
BINARY = ("parquet",)


@dataclass(frozen=True)
class Sample:
    """A good file or folder and how it is read. format: the family it is counted under.

    files: contents by name; one alone is the file itself, else the folder is read. read: from the
    path to the parcel.
    """

    name: str
    format: str
    files: Mapping[str, bytes]
    read: Callable[[Path], Parcel]
    folder: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a changed file gave. kind: rows, quarantined, nothing or refused; change: what was
    done; said: the error's words. parcel: what was read."""

    kind: str
    change: str
    said: str = ""
    parcel: Parcel | None = None


def attempt(sample: Sample, seed: int, place: Path) -> Outcome:
    """Read the sample with one of its files changed; anything but a RegardError is let through."""
    change, path = spoil(sample, seed, place)
    return judge(sample, change, path)


def spoil(sample: Sample, seed: int, place: Path) -> tuple[str, Path]:
    """Write the sample below `place` with one of its files changed: the change, and the path."""
    names = sorted(sample.files)
    victim = names[seed % len(names)]
    changing = tamper if victim.endswith(BINARY) else mutate
    own = crc32(sample.name.encode()) ^ seed * 7919
    change, content = changing(sample.files[victim], own)
    home = place / sample.name
    for name in names:
        path = home / name
        if not path.exists() or name == victim:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if name == victim else sample.files[name])
    return change, home if sample.folder else home / names[0]


def mend(sample: Sample, seed: int, place: Path) -> None:
    """Write the changed file as it was."""
    names = sorted(sample.files)
    victim = names[seed % len(names)]
    (place / sample.name / victim).write_bytes(sample.files[victim])


def judge(sample: Sample, change: str, path: Path) -> Outcome:
    """What reading a path gives."""
    try:
        parcel = sample.read(path)
    except RegardError as error:
        return Outcome("refused", change, str(error))
    parts = parcel.each
    if any(part.rejects for part in parts):
        return Outcome("quarantined", change, "", parcel)
    some = any(rows.num_rows for part in parts for rows in part.rows.values())
    return Outcome("rows" if some else "nothing", change, "", parcel)


@cache
def samples() -> tuple[Sample, ...]:
    """A sample of every source that reads files, and of every shipped mapping."""
    return (*_of_sources(), *_of_mappings())


def _of_sources() -> Iterator[Sample]:
    read: dict[str, Callable[[Path], Parcel]] = {
        key: one.parse for key, one in sources().items() if one.parse is not None
    }
    yield Sample("weblog", "weblog", {"access.log": LOG.encode()}, _weblog(read["weblog"]))
    yield Sample("promises", "toml", {"p.toml": PROMISES.encode()}, read["promises"])
    yield Sample("mbox", "mbox", _files("mbox"), _mail(read["mbox"]))
    yield Sample("asterisk", "queue_log", _files("asterisk"), read["asterisk-queue-log"])
    yield Sample("events", "events", _tables(), read["events"], folder=True)
    for key, folder in (
        ("redmine", "redmine"),
        ("rt", "rt"),
        ("freshdesk", "freshdesk"),
        ("django-helpdesk", "django_helpdesk"),
        ("zendesk", "zendesk_api"),
        ("zendesk-tables", "zendesk_tables"),
    ):
        yield Sample(key, key, _files(folder), read[key], folder=True)


def _mail(read: Callable[..., Parcel]) -> Callable[[Path], Parcel]:
    return partial(read, ours=("acme.com",))


def _weblog(read: Callable[..., Parcel]) -> Callable[[Path], Parcel]:
    return partial(read, articles=("/help/",), searches=("/help/search",))


def _of_mappings() -> Iterator[Sample]:
    kept = {path.stem: path for path in (SAMPLES / "sheets").iterdir()}
    for name in mapping_names():
        mapping = load_mapping(name)
        read = partial(_parse, mapping=mapping)
        if name in kept:
            ending = kept[name].suffix[1:]
            yield Sample(name, ending, {kept[name].name: kept[name].read_bytes()}, read)
        elif mapping.records:
            text = RECORDS % mapping.records
            yield Sample(name, "json", {f"{name}.json": text.encode()}, read)
        elif mapping.pattern:
            text = (
                " 00004 19970101  2   29.33\n 00004 19970118  2   29.73\n 00021 19970101  3 7.5\n"
            )
            yield Sample(name, "lines", {f"{name}.txt": text.encode()}, read)
        else:
            yield Sample(name, "csv", {f"{name}.csv": _sheet(mapping)}, read)
    read = partial(_parse, mapping=load_mapping("helpdesk_italian"))
    yield Sample("helpdesk.xes", "xes", {"log.xes": XES.encode()}, read)
    for name in ("messages", "orders", "technion"):
        mapping = load_mapping(name)
        table = kept[name].read_bytes() if name in kept else _sheet(mapping)
        read = partial(_parse, mapping=mapping)
        yield Sample(f"{name}.parquet", "parquet", {"rows.parquet": _as_parquet(table)}, read)
        rows = b"\n".join(_lines_of(table))
        yield Sample(f"{name}.jsonl", "jsonl", {"rows.jsonl": rows}, read)


def _parse(path: Path, mapping: FileMap) -> Parcel:
    return parse(path, mapping)


def _files(name: str) -> dict[str, bytes]:
    folder = SAMPLES / name
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _tables() -> dict[str, bytes]:
    made = {}
    for name, rows in company(tickets=8, months=1).items():
        if rows.num_rows:
            out = BytesIO()
            pq.write_table(rows.slice(0, 40), out)
            made[f"{name}.parquet"] = out.getvalue()
    return made


def _as_parquet(text: bytes) -> bytes:
    header, *rows = (line.split(b"\t" if b"\t" in text else b",") for line in text.splitlines())
    columns = zip(*(row for row in rows if len(row) == len(header)), strict=True)
    arrays = [pa.array([one.decode() for one in column]) for column in columns]
    out = BytesIO()
    pq.write_table(pa.table(arrays, [name.decode() for name in header]), out)
    return out.getvalue()


def _lines_of(text: bytes) -> Iterator[bytes]:
    import json

    for row in pq.read_table(BytesIO(_as_parquet(text))).to_pylist():
        yield json.dumps(row).encode()


# --- sheets of mappings that have no sample --------------------------------------------------


def _sheet(mapping: FileMap) -> bytes:
    """Five rows in the columns that a mapping reads, with words that it knows."""
    mark = mapping.delimiter or ","
    known = _words(mapping)
    names = sorted(mapping.reads())
    lines = [mark.join(f'"{name}"' if mark in name else name for name in names)]
    for row in range(5):
        cells = []
        for name in names:
            words = known.get(name) or (_instant(mapping, name, row) or str(1 + row // 2),)
            cell = words[row % len(words)]
            cells.append(f'"{cell}"' if mark in cell else cell)
        lines.append(mark.join(cells))
    return "\n".join([*lines, ""]).encode()


def _words(mapping: FileMap) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for value in _values(mapping):
        if value.map and len(value.columns) == 1:
            found.setdefault(value.columns[0], tuple(value.map))
        for condition in value.when:
            if condition.among:
                found.setdefault(condition.column, condition.among)
    return found


def _values(mapping: FileMap) -> Iterator[Value]:
    form = mapping.form
    if isinstance(form, EventLog):
        columns = [*form.ticket.values(), *form.message.values()]
        columns += [part for one in form.changes for part in (one.value, one.actor_kind)]
        columns += [form.team, form.agent, form.customer]
    else:
        columns = [choice for block in form for choice in block.columns.values()]
    for choice in columns:
        yield from choice


def _instant(mapping: FileMap, name: str, row: int) -> str:
    """An instant as the mapping writes them, where the column's name speaks of one."""
    low = name.lower()
    if mapping.name == "technion":
        clock = f"10:0{row}:00"
        return (
            "990101"
            if name == "date"
            else clock
            if low.endswith(("entry", "exit", "start"))
            else ""
        )
    if not any(part in low for part in ("time", "date", "created", "opened_at", "updated_at")):
        return f"2024-01-0{row + 1}T10:00:00Z" if low == "at" else ""
    from datetime import UTC, datetime

    at = datetime(2024, 1, 2 + row, 10, 30, tzinfo=UTC)
    first = mapping.formats[0]
    return at.isoformat() if first == "iso" else at.strftime(first)
