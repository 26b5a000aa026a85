"""The in-memory twin of the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from regrow.errors import NotFound
from regrow.store.names import check_names
from regrow.store.outgoing import check_found, chosen
from regrow.store.port import STALE, FileEntry, Manifest, Store


class MemoryStore:
    """Lives as long as the process."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}
        self._manifests: dict[str, Manifest] = {}

    def put(self, files: Mapping[str, Path]) -> Manifest:
        check_names(files)
        manifest = Manifest(files=tuple(self._take_in(name, files[name].read_bytes()) for name in sorted(files)))
        self._manifests[manifest.digest] = manifest
        return manifest

    def manifest(self, digest: str) -> Manifest:
        if digest not in self._manifests:
            raise NotFound("manifest", digest)
        return self._manifests[digest]

    def fetch(self, digest: str, folder: Path, names: tuple[str, ...] | None = None) -> Path:
        entries = chosen(self.manifest(digest), names)
        folder.mkdir(parents=True, exist_ok=True)
        for entry in entries:
            self._bring(entry, folder / entry.name)
        return folder

    def intact(self, digest: str) -> bool:
        return digest in self._manifests and all(self._has(entry) for entry in self._manifests[digest].files)

    def sweep(self, older_than: timedelta = STALE) -> int:
        return 0

    def _take_in(self, name: str, content: bytes) -> FileEntry:
        sha256 = hashlib.sha256(content).hexdigest()
        self._objects[sha256] = content
        return FileEntry(name=name, size=len(content), sha256=sha256)

    def _bring(self, entry: FileEntry, target: Path) -> None:
        content = self._objects.get(entry.sha256, b"")
        check_found(entry, len(content), hashlib.sha256(content).hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def _has(self, entry: FileEntry) -> bool:
        content = self._objects.get(entry.sha256)
        return content is not None and hashlib.sha256(content).hexdigest() == entry.sha256


_: type[Store] = MemoryStore
