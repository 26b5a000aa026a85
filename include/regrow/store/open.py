"""The one place that chooses an adapter for a store's address."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from regrow.errors import UsageError
from regrow.settings import S3Settings
from regrow.store.port import Store

MEMORY = "memory:"


def open_store(url: str, s3: S3Settings = S3Settings()) -> Store:
    """The store at `memory:`, a `file://` address, a plain path or `s3://bucket/prefix`. Raises UsageError."""
    if url == MEMORY:
        from regrow.store.memory import MemoryStore

        return MemoryStore()
    if urlsplit(url).scheme == "s3":
        return _open_s3(url, s3)
    from regrow.store.folder import FolderStore

    return FolderStore(_folder(url))


def _open_s3(url: str, s3: S3Settings) -> Store:
    try:
        from regrow.store.s3 import S3Store
    except ModuleNotFoundError as error:
        raise UsageError(f"{url!r} needs the package {error.name}; install regrow[s3]") from error
    return S3Store(url, s3)


def _folder(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme == "":
        return Path(url).resolve()
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise UsageError(
            f"{url!r} is no address of a store; write a folder, file:///path/to/folder, s3://bucket/prefix or {MEMORY}"
        )
    return Path(unquote(parts.path))
