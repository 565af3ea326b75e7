"""Pseudonyms: what stands for an address where it must not itself, under a workspace's key.

Without a key a pseudonym of a telephone number or of a network address could be found out by trying
all there are. The key is a file of the workspace, readable by its owner only; who loses it gets new
pseudonyms for the same people from then on.
"""

import hmac
import os
import secrets
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

KEY = "pseudonym.key"
SIGNS = 20


def unkeyed(*parts: str) -> str:
    """What stands for some texts until the workspace's key is at hand: never stored as it is."""
    return sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def keyed(rows: pa.Table, columns: Iterable[str], key: bytes) -> pa.Table:
    """The rows with the texts of these columns replaced by pseudonyms; null stays null."""
    for column in columns:
        place = rows.schema.get_field_index(column)
        encoded = rows.column(column).combine_chunks().dictionary_encode()
        hidden = [_hidden(text, key) for text in encoded.dictionary.to_pylist()]
        found = pa.array(hidden, pa.string()).take(encoded.indices)
        rows = rows.set_column(place, column, found)
    return rows.combine_chunks()


def key_of(workspace: Path) -> bytes:
    """The key of a workspace, made when first needed."""
    workspace.mkdir(parents=True, exist_ok=True)
    path = workspace / KEY
    draft = path.with_name(f"{KEY}.{os.getpid()}.draft")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            # Marks that are made with it must not be on the disk before it.
            file.flush()
            os.fsync(descriptor)
        try:
            # Whole or not at all, and of two that make one at once only the first counts.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def _hidden(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), "sha256").hexdigest()[:SIGNS]
