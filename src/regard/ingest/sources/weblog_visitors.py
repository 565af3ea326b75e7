"""Visitors of a help centre: pseudonyms under the workspace's own key, and pages as articles."""

import hmac
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from regard.ingest.frame import Log
from regard.ingest.parcel import Parcel
from regard.ingest.plain import drop_repeats
from regard.store.snapshot import Snapshot
from regard.store.store import Store

KEY = "visitor.key"
SIGNS = 20
LONGEST = 400
KEYED = {"article_view": ("view_id", "visitor"), "help_search": ("search_id", "visitor")}


def settle(parcels: Sequence[Parcel], store: Store) -> list[Parcel]:
    """The parcels with their visitors under the workspace's key and pages named as articles are."""
    key = key_of(store.folder.parent)
    with store.snapshot() as snapshot:
        articles = _articles(snapshot)
    settled = []
    for parcel in parcels:
        rows = {name: _keyed(name, told, key) for name, told in parcel.rows.items()}
        if "article_view" in rows:
            rows["article_view"] = _named(rows["article_view"], articles)
        settled.append(replace(parcel, rows=rows))
    return settled


def page_of(target: str) -> str:
    """The path of an address without query, escapes, or a slash at its end; "/" for the first."""
    try:
        path = urlsplit(target).path
    except ValueError:
        path = target.partition("?")[0]
    return "/" + unquote(path, errors="replace").strip("/").replace("\0", "")[:LONGEST]


def key_of(workspace: Path) -> bytes:
    """The key of a workspace's pseudonyms, made when first needed, readable by its owner only."""
    path = workspace / KEY
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()


def _keyed(name: str, rows: pa.Table, key: bytes) -> pa.Table:
    for column in KEYED.get(name, ()):
        place = rows.schema.get_field_index(column)
        hidden = [_hidden(text, key) for text in rows.column(column).to_pylist()]
        rows = rows.set_column(place, column, pa.array(hidden, pa.string()))
    return drop_repeats(name, rows.combine_chunks(), Log(), "last")


def _hidden(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:SIGNS]


def _articles(snapshot: Snapshot) -> dict[str, str]:
    """Articles by the path of their page, those of the latest version last."""
    if "article" not in snapshot.manifest.tables:
        return {}
    told = snapshot.table("article").to_pyarrow().select(["address", "article_id", "valid_from"])
    told = told.sort_by([("valid_from", "ascending"), ("article_id", "ascending")])
    return {
        page_of(row["address"]): row["article_id"] for row in told.to_pylist() if row["address"]
    }


def _named(views: pa.Table, articles: Mapping[str, str]) -> pa.Table:
    pages = views.column("article_id").to_pylist()
    place = views.schema.get_field_index("article_id")
    named = pa.array([articles.get(page, page) for page in pages], pa.string())
    return views.set_column(place, "article_id", named)
