"""Addresses are written one way, so that one person is found in several systems."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from regard.core.schema import table
from regard.core.settings import Settings
from regard.ingest.addresses import (
    handle_of,
    mail_of,
    normalise,
    phone_of,
    region_of,
    region_of_zone,
)
from regard.ingest.frame import Log
from regard.ingest.grammar import load_mapping
from regard.ingest.plain import stored_schema
from regard.ingest.run import run_import
from regard.ingest.tabular import parse
from regard.store.store import open_store
from regard.store.workspace import init_workspace

SHEET = Path(__file__).resolve().parent.parent / "samples" / "sheets" / "customers.csv"


def test_a_mail_address_is_in_small_letters_and_keeps_its_dots() -> None:
    assert mail_of(" Ann.Smith+shop@Example.COM ") == "ann.smith+shop@example.com"
    assert mail_of("Ann Smith <Ann@Example.com>") == "ann@example.com"
    assert [mail_of(text) for text in ("a b@c.test", "nobody", "@x", "a@b@c", "", None)] == [
        None
    ] * 6


@pytest.mark.parametrize(
    ("typed", "region", "known"),
    [
        ("+44 20 7946 0123", "", "+442079460123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("(020) 7946-0123", "GB", "+442079460123"),
        ("0044 20 7946 0123", "", "+442079460123"),
        ("0044 20 7946 0123", "PL", "+442079460123"),
        ("tel:+44-20-7946-0123", "", "+442079460123"),
        ("22 555 01 02", "PL", "+48225550102"),
        ("+48 22 555 01 02 ext. 7", "GB", "+48225550102x7"),
        ("(415) 555-0100", "US", "+14155550100"),
        ("٠٢٠ ٧٩٤٦ ٠١٢٣", "GB", "+442079460123"),
        ("22  555 01 02", "", "22 555 01 02"),
        ("22 555 01 02", "XX", "22 555 01 02"),
        ("12345678901234567890", "PL", "12345678901234567890"),
        ("call me", "PL", None),
        ("1234", "PL", None),
    ],
)
def test_a_telephone_number_is_e164_or_stays_as_typed(
    typed: str, region: str, known: str | None
) -> None:
    assert phone_of(typed, region) == known


def test_handles_lose_their_at_and_capitals() -> None:
    assert [handle_of(text) for text in ("@Ann", "ann ", "", None)] == ["ann", "ann", None, None]


def test_a_workspaces_zone_says_where_its_customers_are_until_they_say_themselves(
    tmp_path: Path,
) -> None:
    zones = ("Europe/Warsaw", "Asia/Kuala_Lumpur", "UTC", "Nowhere/Else")
    assert [region_of_zone(zone) for zone in zones] == ["PL", "MY", "", ""]
    assert region_of(tmp_path) == ""
    init_workspace(tmp_path / "ours", Settings(zone="Europe/Sofia"))
    assert region_of(tmp_path / "ours") == "BG"


def of(name: str, *rows: Mapping[str, Any]) -> pa.Table:
    made = [table(name).row(source="s", **row) for row in rows]
    plain = [{key: row[key] for key in stored_schema(name).names} for row in made]
    return pa.Table.from_pylist(plain, schema=stored_schema(name))


def test_two_ways_to_write_one_address_are_one_row() -> None:
    phones = ("+44 20 7946 0123", "020 7946 0123", "0044 2079460123")
    told = of(
        "customer_identity",
        *({"customer_id": "c1", "kind": "phone", "address": typed} for typed in phones),
        {"customer_id": "c2", "kind": "phone", "address": phones[1]},
        {"customer_id": "c3", "kind": "phone", "address": "n/a"},
        {"customer_id": "c3", "kind": "external", "address": " Shop-7 "},
    )
    lands = of(
        "customer",
        {"customer_id": "c1", "country": "gb"},
        {"customer_id": "c2", "country": "Britain"},
    )
    log = Log()
    found = normalise({"customer": lands, "customer_identity": told}, "", log)
    rows = found["customer_identity"].to_pylist()
    assert [(row["customer_id"], row["address"]) for row in rows] == [
        ("c1", "+442079460123"),
        ("c2", "020 7946 0123"),
        ("c3", "Shop-7"),
    ]
    assert {(f.kind, f.count, f.example) for f in log.findings()} == {
        ("address_kept", 1, "c2"),
        ("no_address", 1, "c3"),
    }


def test_an_import_joins_the_addresses_of_a_sheet_and_shows_none_in_its_report(
    tmp_path: Path,
) -> None:
    init_workspace(tmp_path, Settings(zone="Europe/Warsaw"))
    store = open_store(tmp_path)
    report = run_import([parse(SHEET, load_mapping("customers"))], store, tmp_path)
    with store.snapshot() as snapshot:
        rows = snapshot.table("customer_identity").to_pyarrow().to_pylist()
    known = {(row["customer_id"], row["kind"], row["address"]) for row in rows}
    assert known == {
        ("c1", "mail", "ann.smith@example.com"),
        ("c1", "mail", "ann@home.test"),
        ("c1", "phone", "+442079460123"),
        ("c1", "handle", "ann"),
        ("c2", "mail", "office@firm.test"),
        ("c2", "phone", "+48225550102"),
        ("c2", "external", "SHOP-7"),
    }
    assert report.count("no_address") == 2
    assert not any(address in report.to_json() for _, _, address in known)
    again = run_import([parse(SHEET, load_mapping("customers"))], store, tmp_path)
    assert (again.new, again.changed, again.version) == (0, 0, report.version)


def test_an_import_without_addresses_stays_as_it_is() -> None:
    rows = {"customer": of("customer", {"customer_id": "c1"})}
    assert normalise(rows, "PL", Log()) == rows
    assert normalise({"customer_identity": of("customer_identity")}, "PL", Log())
