"""One person's customers in several systems are found by addresses, however they were written."""

from pathlib import Path

from regard.core.settings import Settings
from regard.facts.persons import persons_of
from regard.ingest.grammar import load_mapping
from regard.ingest.run import run_import
from regard.ingest.sources.asterisk import parse as parse_calls
from regard.ingest.sources.asterisk import settle
from regard.ingest.tabular import parse
from regard.store.store import open_store
from regard.store.workspace import init_workspace

SHOP = """customer,country,mail,phone,external
s1,GB,Ann.Smith@Example.com,020 7946 0123,
s2,,ben@example.com,22 555 01 02,
s3,,cleo@example.com,,shop-7
s4,,dan@example.com,hidden,
"""
CLUB = """customer,mail,phone,external
k1,ann.smith@example.COM ,,
k3,,,shop-7
k4,someone.else@example.com,hidden,
"""
CALLS = """1700000000|a|sales|NONE|ENTERQUEUE||+442079460123|1
1700000100|b|sales|NONE|ENTERQUEUE||0048 22 555 01 02|1
1700000200|c|sales|NONE|ENTERQUEUE||anonymous|1
"""


def test_a_shop_a_club_and_an_exchange_know_the_same_people(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_workspace(home, Settings(zone="Europe/Warsaw"))
    store, mapping = open_store(home), load_mapping("customers")
    for name, text in (("shop", SHOP), ("club", CLUB)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        run_import([parse(path, mapping, name)], store, home)
    log = tmp_path / "queue_log"
    log.write_text(CALLS, encoding="utf-8")
    run_import(settle([parse_calls(log)], store), store, home)
    with store.snapshot() as snapshot:
        told = persons_of(snapshot).to_pyarrow().to_pylist()
        calls = snapshot.table("call").to_pyarrow().to_pylist()
    who = {row["call_id"]: row["customer_id"] for row in calls}
    people: dict[str, set[tuple[str, str]]] = {}
    for row in told:
        people.setdefault(row["person"], set()).add((row["source"], row["customer_id"]))
    assert sorted(map(sorted, people.values())) == sorted(
        map(
            sorted,
            [
                {("shop", "s1"), ("club", "k1"), ("asterisk", who["a"])},
                {("shop", "s2"), ("asterisk", who["b"])},
                {("shop", "s3"), ("club", "k3")},
            ],
        )
    )
