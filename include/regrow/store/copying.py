"""Copying that hashes the very bytes that it writes."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regrow.errors import OutOfSpace

_CHUNK = 1 << 20
_MARGIN = 1 << 16
"""Manifests, folders, and a block for each file's end."""


def copy_hashed(source: Path, target: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of what was written to `target`, which must not exist."""
    sha, size = hashlib.sha256(), 0
    with source.open("rb", buffering=0) as reader, target.open("xb", buffering=0) as writer:
        while chunk := reader.read(_CHUNK):
            sha.update(chunk)
            write_all(writer.fileno(), chunk)
            size += len(chunk)
    return size, sha.hexdigest()


def write_all(handle: int, chunk: bytes) -> None:
    """A nearly full disk takes a part of the bytes and says so only at the next write."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


def hash_of(path: Path) -> str:
    with path.open("rb") as reader:
        return hashlib.file_digest(reader, "sha256").hexdigest()


def sync(path: Path) -> None:
    """A file's bytes, or the renames into a folder, survive a power cut from here on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_bytes(folder: Path) -> int:
    """Of the filesystem that `folder` lies in, or will lie in."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    return shutil.disk_usage(there).free


def check_room(folder: Path, needed: int) -> None:
    """Raises OutOfSpace before the first byte is written."""
    free = free_bytes(folder)
    if free < needed + _MARGIN:
        raise OutOfSpace(path=str(folder), needed=needed + _MARGIN, free=free)


@contextmanager
def room_for(folder: Path, needed: int) -> Iterator[None]:
    """A disk that fills up meanwhile is OutOfSpace too."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OutOfSpace(path=str(folder), needed=needed, free=free_bytes(folder)) from error
