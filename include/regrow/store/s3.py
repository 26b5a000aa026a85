"""The store in a bucket, s3://bucket/prefix.

    PREFIX/objects/ab/<sha256>          files by their hash
    PREFIX/manifests/ab/<digest>.json   canonical JSON, hashing to its own name, written after its objects

A key is the hash of its bytes, so two writers of a key write the same, and the last one changes nothing: conditional
puts, which not every service has, are not needed. S3 shows an object whole or not at all, so nothing is renamed.

An object that is there is trusted without being read where the service itself says the SHA-256 of what it received, or
where this process has read it and it is still the one of that ETag and time. A hash in an object's metadata alone would
only be what its writer meant. From any other service the object is read, once for each process. What is fetched is
hashed in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from regrow.errors import Corrupt, NotFound, Refused
from regrow.settings import S3Settings
from regrow.store.copying import check_room, room_for
from regrow.store.names import check_names, is_digest, read_manifest
from regrow.store.outgoing import arriving, chosen
from regrow.store.port import STALE, FileEntry, Manifest, Store
from regrow.store.s3_address import read_address
from regrow.store.s3_bucket import Bucket, Found
from regrow.store.s3_client import Limits
from regrow.store.s3_download import download, read_small
from regrow.store.s3_sweep import sweep_uploads
from regrow.store.s3_upload import PART, Source, look_at, put_bytes, upload

_TRIES = 3


class S3Store:
    """Safe to share between threads and processes. The bucket must be there."""

    def __init__(
        self, url: str, settings: S3Settings | None = None, limits: Limits | None = None, part_size: int = PART
    ) -> None:
        self._place = read_address(url)
        self._bucket = Bucket(self._place, settings or S3Settings(), limits or Limits())
        self._part_size = part_size
        self._verified: dict[str, Found] = {}

    def put(self, files: Mapping[str, Path]) -> Manifest:
        check_names(files)
        sources = {name: look_at(files[name], self._part_size) for name in sorted(files)}
        entries = tuple(
            FileEntry(name=name, size=source.size, sha256=source.sha256) for name, source in sources.items()
        )
        for entry in entries:
            self._place_object(entry, sources[entry.name])
        manifest = Manifest(files=entries)
        if not self._is_listed(manifest):
            put_bytes(self._bucket, self._place.manifest(manifest.digest), manifest.canonical())
        return manifest

    def manifest(self, digest: str) -> Manifest:
        return read_manifest(self._manifest_bytes(digest), digest)

    def fetch(self, digest: str, folder: Path, names: tuple[str, ...] | None = None) -> Path:
        entries = chosen(self.manifest(digest), names)
        needed = sum(entry.size for entry in entries)
        check_room(folder, needed)
        with room_for(folder, needed):
            folder.mkdir(parents=True, exist_ok=True)
            for entry in entries:
                self._bring(entry, folder / entry.name)
        return folder

    def intact(self, digest: str) -> bool:
        """A bucket that may not be read is an error of its own: its files are not known to be wrong."""
        try:
            content = self._manifest_bytes(digest)
        except NotFound:
            return False
        try:
            manifest = read_manifest(content, digest)
        except (Corrupt, Refused):
            return False
        return all(self._has(entry) for entry in manifest.files)

    def sweep(self, older_than: timedelta = STALE) -> int:
        """End the uploads in parts that killed writers left, by the service's own clock."""
        return sweep_uploads(self._bucket, older_than)

    def _manifest_bytes(self, digest: str) -> bytes:
        if not is_digest(digest):
            raise NotFound("manifest", digest)
        try:
            return read_small(self._bucket, self._place.manifest(digest), digest)
        except NotFound:
            raise NotFound("manifest", digest) from None

    def _is_listed(self, manifest: Manifest) -> bool:
        try:
            return self._manifest_bytes(manifest.digest) == manifest.canonical()
        except NotFound:
            return False

    def _place_object(self, entry: FileEntry, source: Source) -> None:
        """An object that is there but wrong is replaced: putting the same files again heals the store."""
        for _ in range(_TRIES):
            if self._has(entry):
                return
            # An upload that was completed although its answer got lost is not found any more: look again.
            with suppress(NotFound):
                upload(self._bucket, self._place.object(entry.sha256), source)
        if not self._has(entry):
            raise Corrupt(
                what=entry.name, expected=entry.sha256, found="the service keeps other bytes than it was sent"
            )

    def _has(self, entry: FileEntry) -> bool:
        key = self._place.object(entry.sha256)
        found = self._bucket.head(key)
        if found is None or found.size != entry.size:
            return False
        if self._verified.get(key) != found:
            if not found.vouches_for(entry.sha256) and not self._reads_right(entry):
                return False
            self._verified[key] = found
        return True

    def _reads_right(self, entry: FileEntry) -> bool:
        try:
            download(self._bucket, entry, None)
        except (Corrupt, NotFound):
            return False
        return True

    def _bring(self, entry: FileEntry, target: Path) -> None:
        try:
            with arriving(target) as part:
                download(self._bucket, entry, part)
        except NotFound as error:
            raise Corrupt(what=entry.name, expected=entry.sha256, found="its bytes are gone") from error


_: type[Store] = S3Store
