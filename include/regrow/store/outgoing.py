"""Files on their way out of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regrow.errors import Corrupt, NotFound
from regrow.store.copying import copy_hashed
from regrow.store.port import FileEntry, Manifest


def chosen(manifest: Manifest, names: tuple[str, ...] | None) -> tuple[FileEntry, ...]:
    """The entries of `names`, all of them for None. Raises NotFound with the names that there are."""
    if names is None:
        return manifest.files
    by_name = {entry.name: entry for entry in manifest.files}
    unknown = next((name for name in names if name not in by_name), None)
    if unknown is not None:
        raise NotFound("file in the manifest", unknown, by_name)
    return tuple(by_name[name] for name in names)


@contextmanager
def arriving(target: Path) -> Iterator[Path]:
    """A name beside `target` that becomes it at the end, once its bytes have hashed right."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def bring(entry: FileEntry, source: Path, target: Path) -> None:
    """Copy an object; `target` appears only once its bytes have hashed right. Raises Corrupt."""
    try:
        with arriving(target) as part:
            check_found(entry, *copy_hashed(source, part))
    except FileNotFoundError as error:
        raise Corrupt(what=entry.name, expected=entry.sha256, found="its bytes are gone") from error


def check_found(entry: FileEntry, size: int, sha256: str) -> None:
    if (size, sha256) != (entry.size, entry.sha256):
        raise Corrupt(what=entry.name, expected=entry.sha256, found=f"{size:,} bytes were found that hash to {sha256}")
