"""A web server's log in the combined format: reads of help articles and searches for them.

Apache's and nginx's usual format is read, with or without the host's name before it. Reads are
answered requests (200, 206, 304) of pages under the paths said by --articles. Machines are left
out and counted: those that name themselves, those that read robots.txt, and those faster than a
person can read. The log does not tell how long somebody read, how far, what they thought of it, or
who they are: those stay empty, and so does how many results a search had. No address is stored: a
visitor is a pseudonym of address and browser under the workspace's own key. An article is known by
its `address`: import the articles first; a page that none has is named by its path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regard.core.errors import BadValue
from regard.core.i18n import N_
from regard.ingest import clock, lined
from regard.ingest.batch import Batch
from regard.ingest.parcel import Finding, Origin, Parcel, Reject
from regard.ingest.plain import build
from regard.ingest.pseudonyms import unkeyed
from regard.ingest.source import Source
from regard.ingest.sources.weblog_machines import ROBOTS, Seen, by_name, too_fast
from regard.ingest.sources.weblog_visitors import LONGEST, page_of, settle

TEXT = r'(?:[^"\\]|\\.)*'
LINE = (
    r"(?:\S+:\d+ )?(?P<host>\S+) \S+ (?:\S+|\"[^\"]*\") \[(?P<at>[^\]]+)\] "
    rf'"(?P<request>{TEXT})" (?P<status>\d{{3}}) (?:\d+|-)'
    rf'(?: "{TEXT}" "(?P<agent>{TEXT})".*)?'
)
AT = "%d/%b/%Y:%H:%M:%S %z"
ANSWERED = ("200", "206", "304")
PAGES = ("", ".html", ".htm", ".php", ".aspx", ".jsp")
QUERIES = ("q", "query", "search", "s", "term")
AGAIN_SECONDS = 10
"""A page asked for again within so long was loaded twice, not read twice."""


@dataclass(frozen=True)
class _Hit:
    """A request that may be a read or a search: what was asked, by whom, when (microseconds)."""

    visitor: str
    at: int
    page: str
    query: str | None


def parse(
    path: Path,
    source: str = "weblog",
    articles: Iterable[str] = (),
    searches: Iterable[str] = (),
) -> Parcel:
    """The reads and searches of a log, plain or gzip; lines of another form become rejects.

    articles: paths under which articles lie. searches: paths of the search. A log without a line
    of the format is a BadFile. Visitors are hashes without a key yet: `settle` gives it.
    """
    under = tuple(_prefix(one) for one in articles)
    asked = frozenset(page_of(one) for one in searches)
    if not under:
        raise BadValue("--articles", "", "a path under which help articles lie, such as /help/")
    rejects: list[Reject] = []
    hits: list[_Hit] = []
    seen = Seen()
    read = 0
    for batch in lined.read(path, LINE, "latin-1"):
        read += batch.rows.num_rows + len(batch.rejects)
        rejects += [_masked(reject) for reject in batch.rejects]
        hits += _hits(batch, under, asked, seen, rejects)
    kept, findings = _people(hits, seen)
    tables = {"article_view": _views(kept, source)}
    if asked:
        tables["help_search"] = _searches(kept, source)
    return Parcel(
        source=source,
        covers=tuple(tables),
        rows=tables,
        read=read,
        kept=read - len(rejects),
        rejects=tuple(rejects),
        findings=findings,
        origin=Origin(path.name),
    )


# --- lines -----------------------------------------------------------------------------------


def _hits(
    batch: Batch,
    under: tuple[str, ...],
    asked: frozenset[str],
    seen: Seen,
    rejects: list[Reject],
) -> Iterator[_Hit]:
    columns = {name: batch.rows.column(name) for name in batch.rows.schema.names}
    instants = clock.parse(columns["at"], [AT])
    texts = {name: columns[name].to_pylist() for name in ("host", "request", "status", "agent")}
    for place, (host, request, status, agent) in enumerate(zip(*texts.values(), strict=True)):
        method, _, rest = request.partition(" ")
        target = rest.rpartition(" ")[0] or rest
        if target.partition("?")[0] == ROBOTS:
            seen.robots.add(_visitor(host, agent))
        if method != "GET" or status not in ANSWERED:
            continue
        page, query = page_of(target), None
        if page in asked:
            query = _words(target)
        elif not page.startswith(under) or PurePosixPath(page).suffix.lower() not in PAGES:
            continue
        if page in asked and not query:
            continue
        if not instants.known[place]:
            line, shown = int(batch.lines[place]), columns["at"][place].as_py()
            rejects.append(Reject(line, BAD_AT, "at", shown, {"at": shown}, "impossible_date"))
            continue
        if by_name(agent):
            seen.named += 1
            continue
        yield _Hit(_visitor(host, agent), int(instants.us[place]), page, query)


def _masked(reject: Reject) -> Reject:
    """A line that is none of the format, without the address that it may begin with."""
    text = " ".join(["-", *reject.value.split(" ")[1:]])[:LONGEST]
    return replace(reject, value=text, raw={"": text})


def _prefix(said: str) -> str:
    page = page_of(said)
    return page if page == "/" else f"{page}/"


def _words(target: str) -> str | None:
    told = parse_qs(target.partition("?")[2])
    found = next((told[name][0] for name in QUERIES if name in told), "")
    return " ".join(found.replace("\0", "").split())[:LONGEST] or None


def _visitor(host: str, agent: str | None) -> str:
    return unkeyed(host, agent or "")


# --- people ----------------------------------------------------------------------------------


def _people(hits: list[_Hit], seen: Seen) -> tuple[list[_Hit], tuple[Finding, ...]]:
    """The requests of people, in the order of instants, and what was left out of them."""
    ordered = sorted(hits, key=lambda hit: (hit.visitor, hit.at, hit.page, hit.query or ""))
    visitors = np.array([hit.visitor for hit in ordered])
    at = np.array([hit.at for hit in ordered], np.int64)
    machine = np.isin(visitors, sorted(seen.robots)) | too_fast(visitors, at)
    people = [hit for hit, odd in zip(ordered, machine, strict=True) if not odd]
    once = _once(people)
    counts = {
        "machine_named": seen.named,
        "machine_like": int(machine.sum()),
        "repeated_row": len(people) - len(once),
    }
    findings = tuple(Finding(kind, count, "", "article_view") for kind, count in counts.items())
    once.sort(key=lambda hit: (hit.at, hit.page, hit.visitor))
    return once, tuple(one for one in findings if one.count)


def _once(people: list[_Hit]) -> list[_Hit]:
    """Without those that a visitor asked for a moment before."""
    last: dict[tuple[str, str, str | None], int] = {}
    kept = []
    for hit in people:
        key = (hit.visitor, hit.page, hit.query)
        if hit.at - last.get(key, -clock.DAY) > AGAIN_SECONDS * clock.SECOND:
            kept.append(hit)
        last[key] = hit.at
    return kept


def _views(hits: list[_Hit], source: str) -> pa.Table:
    reads = [hit for hit in hits if hit.query is None]
    columns = _shared(reads, "view_id") | {"article_id": pa.array([hit.page for hit in reads])}
    return build("article_view", source, columns, len(reads))


def _searches(hits: list[_Hit], source: str) -> pa.Table:
    asked = [hit for hit in hits if hit.query is not None]
    columns = _shared(asked, "search_id") | {"query": pa.array([hit.query for hit in asked])}
    return build("help_search", source, columns, len(asked))


def _shared(hits: list[_Hit], name: str) -> dict[str, pa.Array]:
    at: npt.NDArray[np.int64] = np.array([hit.at for hit in hits], np.int64)
    ids = [unkeyed(hit.visitor, str(hit.at), hit.page, hit.query or "") for hit in hits]
    return {
        name: pa.array(ids, pa.string()),
        "visitor": pa.array([hit.visitor for hit in hits], pa.string()),
        "at": clock.to_arrow(at, np.ones(len(at), bool)),
    }


BAD_AT = N_("the line's date cannot be")
SAYS = N_("A web server's log (combined format): reads of help articles, machines left out.")
ARTICLES = N_("A path under which help articles lie, such as /help/; once for each.")
SEARCHES = N_("The path of the help centre's search, such as /help/search; once for each.")
SOURCES = [
    Source(
        "weblog",
        SAYS,
        parse,
        ("article_view", "help_search"),
        options={"articles": ARTICLES, "searches": SEARCHES},
        settle=settle,
    )
]
