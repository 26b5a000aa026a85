"""The one place that chooses an adapter for a store's address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from regrow.errors import UsageError
from regrow.store.port import Store

MEMORY = "memory:"


def open_store(url: str) -> Store:
    """The store at `memory:`, a `file://` address or a plain path. Raises UsageError for any other scheme."""
    if url == MEMORY:
        from regrow.store.memory import MemoryStore

        return MemoryStore()
    from regrow.store.folder import FolderStore

    return FolderStore(_folder(url))


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme == "":
        return Path(url).resolve()
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise UsageError(f"{url!r} is no address of a store; write a folder, file:///path/to/folder or {MEMORY}")
    return Path(unquote(parts.path))
