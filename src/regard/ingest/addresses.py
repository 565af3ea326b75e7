"""Addresses of customers, written one way, so that the same person is found in several systems.

Mail is in small letters (nothing else is changed: a dot may matter to its server), telephones are
E.164 ("+442079460123", an extension after "x"), handles are in small letters without "@", ids of
other systems stay as they are.
"""

import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.ingest.frame import Log
from regard.ingest.plain import drop_repeats
from regard.store.workspace import NotAWorkspace, read_settings

IDENTITY = "customer_identity"
LEAST_DIGITS = 5
KEPT, LEFT_OUT = "address_kept", "no_address"
REGION = re.compile(r"[A-Z]{2}")


def mail_of(text: str | None) -> str | None:
    """A mail address in small letters without blanks or a name beside it; None where it is none."""
    found = (text or "").strip()
    found = (parseaddr(found)[1] if found.endswith(">") else found).lower()
    return found if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", found) else None


def phone_of(text: str | None, region: str = "") -> str | None:
    """A telephone number as E.164; as typed where its country is not known; None where it is none.

    region: the country, as two capitals, of a number that is written without one.
    """
    typed = " ".join((text or "").split())
    if sum(sign.isdigit() for sign in typed) < LEAST_DIGITS:
        return None
    return international(typed, region) or typed


def international(typed: str, region: str = "") -> str | None:
    """A telephone number as E.164, with its extension; None where that cannot be."""
    # Large, and only needed where there are telephones.
    import phonenumbers

    # Written so in most countries; where it is not, the region's own rules are tried.
    abroad = re.sub(r"^00(?=[1-9])", "+", typed)
    for text in dict.fromkeys((typed, abroad)):
        try:
            found = phonenumbers.parse(text, region or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(found):
            number = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
            # Two desks behind one switchboard are two addresses.
            return f"{number}x{found.extension}" if found.extension else str(number)
    return None


def handle_of(text: str | None) -> str | None:
    """The name of an account on a network, in small letters without its "@"."""
    return (text or "").strip().removeprefix("@").lower() or None


def typed_of(text: str | None) -> str | None:
    """An id of another system: as it is, without blanks around."""
    return (text or "").strip() or None


READERS: Mapping[str, Callable[[str | None], str | None]] = {
    "mail": mail_of,
    "handle": handle_of,
}


def normalise(rows: Mapping[str, pa.Table], region: str, log: Log) -> dict[str, pa.Table]:
    """The rows of an import with every address of a customer written one way, and each once.

    region: where customers live of whom no country is known. What is no address is left out; both
    that and telephones that stay as typed are counted, without being shown.
    """
    told = rows.get(IDENTITY)
    if told is None or not told.num_rows:
        return dict(rows)
    regions = _regions(told, rows.get("customer"), region)
    joined = pc.binary_join_element_wise(
        told.column("kind").fill_null(""), regions, told.column("address").fill_null(""), "\n"
    )
    encoded = joined.combine_chunks().dictionary_encode()
    read = [_read(*text.split("\n", 2)) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    found = pa.array([address for address, _ in read], pa.string()).take(encoded.indices)
    kept = np.array([odd for _, odd in read], bool)[codes]
    there = found.is_valid()
    lost = ~there.to_numpy(zero_copy_only=False)
    for kind, odd in ((KEPT, kept), (LEFT_OUT, lost)):
        log.note(kind, f"{IDENTITY}.address", int(odd.sum()), _whose(told, odd))
    place = told.schema.get_field_index("address")
    written = told.set_column(place, "address", found).filter(there).combine_chunks()
    return dict(rows) | {IDENTITY: drop_repeats(IDENTITY, written, log, "last")}


@cache
def region_of_zone(zone: str) -> str:
    """The country, as two capitals, that an IANA zone lies in; empty for one without a place."""
    import pytz

    return next((land for land, zones in pytz.country_timezones.items() if zone in zones), "")


def region_of(workspace: Path) -> str:
    """The country that a workspace's zone lies in; empty where it has none."""
    try:
        return region_of_zone(read_settings(workspace).zone)
    except NotAWorkspace:
        return ""


def _read(kind: str, region: str, text: str) -> tuple[str | None, bool]:
    """The address, and whether it is a telephone number that had to be kept as typed."""
    if kind != "phone":
        return READERS.get(kind, typed_of)(text), False
    found = phone_of(text, region)
    return found, found is not None and not found.startswith("+")


def _regions(told: pa.Table, customers: pa.Table | None, region: str) -> pa.Array:
    """The country of each address: its customer's, else the usual one."""
    usual = pa.scalar(region, pa.string())
    if customers is None or not customers.num_rows:
        return pa.repeat(usual, told.num_rows)
    keys = ("source", "customer_id")
    names = partial(_joined, keys)
    at = pc.index_in(names(told), names(customers))
    land = pc.utf8_upper(pc.utf8_trim_whitespace(customers.column("country")))
    known = pc.match_substring_regex(land, f"^{REGION.pattern}$").fill_null(False)
    land = pc.if_else(known, land, pa.scalar(None, pa.string())).combine_chunks()
    return land.take(at).fill_null(usual)


def _joined(keys: tuple[str, ...], rows: pa.Table) -> pa.Array:
    columns: list[Any] = [rows.column(key).fill_null("") for key in keys]
    return pc.binary_join_element_wise(*columns, "\n").combine_chunks()


def _whose(told: pa.Table, odd: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    """The first customer concerned: reports never show an address."""
    rows = np.flatnonzero(odd)
    return str(told.column("customer_id")[int(rows[0])].as_py()) if len(rows) else ""
