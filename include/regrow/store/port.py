"""The port to snapshots and artifacts: content-addressed, immutable, visible only when whole.

A manifest names files with size and SHA-256 and is written after them; its own digest is the address of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from regrow.frozen import Frozen, digest

STALE = timedelta(hours=24)
"""No writer takes that long."""


class FileEntry(Frozen):
    name: str
    """Relative, with forward slashes, no `..`."""
    size: int
    """Bytes."""
    sha256: str


class Manifest(Frozen):
    files: tuple[FileEntry, ...]
    """Sorted by name."""

    @property
    def digest(self) -> str:
        """The content hash of the whole: equal files, equal digest."""
        return digest(self.model_dump(mode="json"))

    @property
    def size(self) -> int:
        return sum(entry.size for entry in self.files)

    def entry(self, name: str) -> FileEntry | None:
        return next((entry for entry in self.files if entry.name == name), None)


class Store(Protocol):
    def put(self, files: Mapping[str, Path]) -> Manifest:
        """Copy the files in, then write their manifest. Idempotent. Raises OutOfSpace."""

    def manifest(self, digest: str) -> Manifest:
        """Raises NotFound, or Corrupt where the manifest's bytes do not hash to `digest`."""

    def fetch(self, digest: str, folder: Path, names: tuple[str, ...] | None = None) -> Path:
        """Bring the files (or the named ones) into `folder`, hashes checked. Raises NotFound, Corrupt."""

    def intact(self, digest: str) -> bool:
        """True when the manifest and every file of it are there and hash right."""

    def sweep(self, older_than: timedelta = STALE) -> int:
        """Remove what killed writers left behind that long ago; how many of them there were."""
