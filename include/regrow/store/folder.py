"""The store in a folder.

    objects/ab/<sha256>          files by their hash, read-only
    manifests/ab/<digest>.json   canonical JSON, hashing to its own name, written after its objects
    incoming/                    what is being written

Fetching copies instead of linking: a step may write into its inputs, and as root even into read-only ones, and a link
would carry that into the store. The copy costs little beside the hashing that every read needs anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from regrow.errors import Corrupt, NotFound, Refused
from regrow.store.copying import check_room, copy_hashed, room_for, sync
from regrow.store.incoming import Incoming, place
from regrow.store.names import check_names, is_digest, read_manifest
from regrow.store.outgoing import bring, chosen
from regrow.store.port import STALE, FileEntry, Manifest, Store
from regrow.store.verified import Verified


class FolderStore:
    """Safe to share between threads and processes. Makes its folders when first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = Incoming(root / "incoming")
        self._verified = Verified()

    def put(self, files: Mapping[str, Path]) -> Manifest:
        check_names(files)
        needed = sum(path.stat().st_size for path in files.values())
        check_room(self.root, needed)
        with room_for(self.root, needed), self._incoming.batch() as batch:
            entries = [self._take_in(name, files[name], batch / str(i)) for i, name in enumerate(sorted(files))]
            manifest = Manifest(files=tuple(entries))
            self._place_objects(manifest, batch)
            self._place_manifest(manifest, batch / "manifest")
        return manifest

    def manifest(self, digest: str) -> Manifest:
        try:
            content = self._manifest_path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound("manifest", digest) from None
        return read_manifest(content, digest)

    def fetch(self, digest: str, folder: Path, names: tuple[str, ...] | None = None) -> Path:
        entries = chosen(self.manifest(digest), names)
        needed = sum(entry.size for entry in entries)
        check_room(folder, needed)
        with room_for(folder, needed):
            folder.mkdir(parents=True, exist_ok=True)
            for entry in entries:
                bring(entry, self._object_path(entry.sha256), folder / entry.name)
        return folder

    def intact(self, digest: str) -> bool:
        try:
            manifest = self.manifest(digest)
        except (NotFound, Corrupt, Refused):
            return False
        return all(self._has(entry) for entry in manifest.files)

    def sweep(self, older_than: timedelta = STALE) -> int:
        return self._incoming.sweep(older_than)

    def _take_in(self, name: str, source: Path, temporary: Path) -> FileEntry:
        size, sha256 = copy_hashed(source, temporary)
        return FileEntry(name=name, size=size, sha256=sha256)

    def _place_objects(self, manifest: Manifest, batch: Path) -> None:
        """An object that is there but wrong is replaced: putting the same files again heals the store."""
        touched = set()
        for i, entry in enumerate(manifest.files):
            if not self._has(entry):
                final = self._object_path(entry.sha256)
                place(batch / str(i), final)
                touched.add(final.parent)
        for folder in touched:
            sync(folder)

    def _place_manifest(self, manifest: Manifest, temporary: Path) -> None:
        if not self._is_listed(manifest):
            final = self._manifest_path(manifest.digest)
            temporary.write_bytes(manifest.canonical())
            place(temporary, final)
            sync(final.parent)

    def _is_listed(self, manifest: Manifest) -> bool:
        try:
            return self.manifest(manifest.digest) == manifest
        except (NotFound, Corrupt, Refused):
            return False

    def _has(self, entry: FileEntry) -> bool:
        return self._verified.is_right(self._object_path(entry.sha256), entry.size, entry.sha256)

    def _object_path(self, sha256: str) -> Path:
        return self.root / "objects" / sha256[:2] / sha256

    def _manifest_path(self, digest: str) -> Path:
        if not is_digest(digest):
            raise NotFound("manifest", digest)
        return self.root / "manifests" / digest[:2] / f"{digest}.json"


_: type[Store] = FolderStore
