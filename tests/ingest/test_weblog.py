"""A web server's log tells who read which article, without machines and without addresses."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from regard.core.errors import RegardError
from regard.ingest.files import BadFile
from regard.ingest.parcel import Parcel
from regard.ingest.plain import build
from regard.ingest.pseudonyms import KEY
from regard.ingest.run import run_import
from regard.ingest.source import sources
from regard.ingest.sources.weblog import parse
from regard.ingest.sources.weblog_machines import by_name
from regard.ingest.sources.weblog_visitors import settle
from regard.store.store import open_store

START = datetime(2024, 5, 1, 10, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"


def line(
    host: str = "203.0.113.7",
    request: str = "GET /help/refunds HTTP/1.1",
    *,
    after: float = 0,
    status: int = 200,
    agent: str = FIREFOX,
) -> str:
    at = (START + timedelta(seconds=after)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{host} - - [{at}] "{request}" {status} 512 "-" "{agent}"'


def read(tmp_path: Path, *lines: str, searches: tuple[str, ...] = ("/help/search",)) -> Parcel:
    path = tmp_path / "access.log"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return parse(path, articles=("/help/",), searches=searches)


def pages(parcel: Parcel) -> list[str]:
    found: list[str] = parcel.rows["article_view"].column("article_id").to_pylist()
    return found


def noticed(parcel: Parcel) -> dict[str, int]:
    return {found.kind: found.count for found in parcel.findings}


def get(target: str) -> str:
    return f"GET {target} HTTP/2.0"


def test_a_read_is_an_answered_page_under_the_help_centre(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        line(),
        line(request=get("/help/parcels/?from=mail#top"), after=60),
        line(request=get("/help/caf%C3%A9.html"), after=120, status=304),
        line(request=get("/help/missing"), after=180, status=404),
        line(request=get("/help/moved"), after=180, status=301),
        line(request="HEAD /help/refunds HTTP/1.1", after=180),
        line(request="POST /help/refunds HTTP/1.1", after=180),
        line(request=get("/help/style.css"), after=180),
        line(request=get("/shop/refunds"), after=180),
        line(request=get("/help"), after=180),
        line(request=get("/helpless"), after=180),
        line(request="-", after=180, status=408),
    )
    assert pages(parcel) == ["/help/refunds", "/help/parcels", "/help/café.html"]
    rows = parcel.rows["article_view"].to_pylist()
    assert [row["at"] for row in rows] == [START + timedelta(minutes=n) for n in range(3)]
    assert len({row["visitor"] for row in rows}) == 1
    empty = ("active_seconds", "scroll_percent", "helpful", "customer_id", "contact_started")
    assert {row[name] for row in rows for name in empty} == {None}
    assert (parcel.read, parcel.kept, parcel.findings) == (12, 12, ())


def test_local_times_addresses_of_either_kind_and_names_of_hosts_are_read(tmp_path: Path) -> None:
    told = '2001:db8::7 - ann [01/May/2024:12:00:00 +0200] "GET /help/a HTTP/1.1" 200 -'
    parcel = read(
        tmp_path,
        f'{told} "-" "{FIREFOX}"',
        "help.example.com:443 " + line(request=get("/help/b"), after=60),
        line(request=get("/help/c"), after=120) + ' "203.0.113.9" 0.003',
        line(request=get("/help/d"), after=180, agent='A \\"quoted\\" browser'),
    )
    assert pages(parcel) == ["/help/a", "/help/b", "/help/c", "/help/d"]
    assert parcel.rows["article_view"].column("at")[0].as_py() == START
    assert parcel.rejects == ()


@pytest.mark.parametrize(
    ("agent", "machine"),
    [
        (FIREFOX, False),
        ("Mozilla/5.0 (Linux; Android 11; CUBOT KINGKONG 5) Chrome/120.0 Mobile", False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Safari/604.1", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", True),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", True),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", True),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", True),
        ("curl/8.5.0", True),
        ("python-requests/2.31", True),
        ("Java/17.0.2", True),
        ("Pingdom.com_bot_version_1.4", True),
        ("Slackbot-LinkExpanding 1.0", True),
        ("-", True),
        ("", True),
        (None, True),
    ],
)
def test_machines_are_known_by_their_name_and_a_cubot_is_a_telephone(
    agent: str | None, machine: bool
) -> None:
    assert by_name(agent) is machine


def test_machines_are_left_out_and_counted(tmp_path: Path) -> None:
    spider = "Mozilla/5.0 (compatible; Baiduspider/2.0)"
    fast = [line("198.51.100.1", get(f"/help/{n}"), after=2 * n) for n in range(30)]
    slow = [line("198.51.100.2", get(f"/help/{n}"), after=4 * n) for n in range(30)]
    parcel = read(
        tmp_path,
        line(agent=spider),
        line(agent="-", after=1),
        line("198.51.100.3", get("/robots.txt")),
        line("198.51.100.3", get("/help/refunds"), after=3600),
        *fast,
        *slow,
        line("198.51.100.1", agent=FIREFOX + " another browser"),
    )
    # Twenty pages a minute and more are no reading; one every four seconds still passes.
    assert noticed(parcel) == {"machine_named": 2, "machine_like": 31}
    assert len(pages(parcel)) == 31


def test_a_page_loaded_twice_in_a_moment_was_read_once(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        *(line(after=seconds) for seconds in (0, 3, 12, 40)),
        line("203.0.113.8", after=3),
    )
    assert len(pages(parcel)) == 3
    assert noticed(parcel) == {"repeated_row": 2}


def test_searches_keep_their_words_and_not_how_many_results(tmp_path: Path) -> None:
    parcel = read(
        tmp_path,
        line(request=get("/help/search?page=1&q=lost+parcel%21")),
        line(request=get("/help/search"), after=60),
        line(request=get("/help/search?q=x"), after=120, agent="curl/8"),
    )
    (found,) = parcel.rows["help_search"].to_pylist()
    assert (found["query"], found["results"], found["at"]) == ("lost parcel!", None, START)
    assert pages(parcel) == []
    assert parcel.covers == ("article_view", "help_search")
    assert read(tmp_path, line(), searches=()).covers == ("article_view",)


def test_a_broken_line_is_put_aside_without_its_address(tmp_path: Path) -> None:
    bad = line("192.0.2.99").replace("01/May/2024", "31/Feb/2024")
    parcel = read(tmp_path, line(), "192.0.2.99 something else", bad)
    assert [(r.line, r.kind, r.value) for r in parcel.rejects] == [
        (2, "broken_row", "- something else"),
        (3, "impossible_date", "31/Feb/2024:10:00:00 +0000"),
    ]
    assert "192.0.2.99" not in str([reject.raw for reject in parcel.rejects])
    assert (parcel.read, parcel.kept) == (3, 1)


def test_what_is_no_log_or_has_no_help_centre_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(BadFile, match="no line of it has the form"):
        parse(path, articles=("/help/",))
    with pytest.raises(RegardError, match="--articles"):
        parse(path)


def test_no_address_reaches_the_disk_and_reading_again_changes_nothing(tmp_path: Path) -> None:
    store, logs = open_store(tmp_path / "w"), tmp_path / "logs"
    logs.mkdir()
    address = "https://help.example.com/help/refunds/"
    columns = {"article_id": pa.array(["a1"]), "address": pa.array([address])}
    store.upsert({"article": build("article", "cms", columns, 1)}, {"cms": ("article",)})
    lines = (line(), line("203.0.113.8", get("/help/other")), "203.0.113.9 broken")
    first = run_import(settle([read(logs, *lines)], store), store, tmp_path / "w")
    more = (*lines, line("203.0.113.8", get("/help/third"), after=600))
    again = run_import(settle([read(logs, *more)], store), store, tmp_path / "w")
    assert (first.new, again.new, again.changed, again.same) == (2, 1, 0, 2)
    with store.snapshot() as snapshot:
        views = snapshot.table("article_view").to_pyarrow().to_pylist()
    assert sorted(view["article_id"] for view in views) == ["/help/other", "/help/third", "a1"]
    visitors = {view["article_id"]: view["visitor"] for view in views}
    assert visitors["/help/other"] == visitors["/help/third"] != visitors["a1"]
    files = [path for path in (tmp_path / "w").rglob("*") if path.suffix != ".parquet"]
    held = b"".join(path.read_bytes() for path in files if path.is_file())
    assert (tmp_path / "w" / "quarantine").is_dir()
    assert b"203.0.113" not in held
    assert "203.0.113" not in str(views)
    assert (tmp_path / "w" / KEY).stat().st_mode & 0o777 == 0o600


def test_a_visitor_has_another_pseudonym_in_another_workspace(tmp_path: Path) -> None:
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (parcel,) = settle([read(tmp_path, line())], open_store(tmp_path / name))
        told.append(parcel.rows["article_view"].to_pylist()[0])
    assert told[0]["visitor"] != told[1]["visitor"]
    assert told[0]["view_id"] != told[1]["view_id"]
    assert len(told[0]["visitor"]) == 20


def test_the_log_is_a_declared_source_with_its_options() -> None:
    found = sources()["weblog"]
    assert set(found.options) == {"articles", "searches"}
    assert found.settle is settle
