"""Visitors of a help centre: pseudonyms under the workspace's own key, and pages as articles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pyarrow as pa

from regard.ingest.parcel import Parcel
from regard.ingest.pseudonyms import key_of, keyed
from regard.store.snapshot import Snapshot
from regard.store.store import Store

LONGEST = 400
KEYED = {"article_view": ("view_id", "visitor"), "help_search": ("search_id", "visitor")}


def settle(parcels: Sequence[Parcel], store: Store) -> list[Parcel]:
    """The parcels with their visitors under the workspace's key and pages named as articles are."""
    key = key_of(store.folder.parent)
    with store.snapshot() as snapshot:
        articles = _articles(snapshot)
    settled = []
    for parcel in parcels:
        rows = {name: keyed(told, KEYED[name], key) for name, told in parcel.rows.items()}
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
