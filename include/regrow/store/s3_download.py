"""Objects on their way out of S3: hashed as they come, resumed where a connection broke, never accepted wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

from regrow.errors import Unreachable
from regrow.store.copying import write_all
from regrow.store.outgoing import check_found
from regrow.store.port import FileEntry
from regrow.store.s3_bucket import Bucket
from regrow.store.s3_client import Deadline

TRIES = 4
"""Connections in a row that brought nothing; whole downloads with wrong bytes."""


class Sink:
    """Takes bytes, into a file where there is one, and knows what it has taken."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("xb", buffering=0) if path else None
        self.restart()

    def restart(self) -> None:
        self.size, self._sha = 0, hashlib.sha256()
        if self._file:
            self._file.seek(0)
            self._file.truncate()

    def take(self, chunk: bytes) -> None:
        if self._file:
            write_all(self._file.fileno(), chunk)
        self._sha.update(chunk)
        self.size += len(chunk)

    @property
    def sha256(self) -> str:
        return self._sha.hexdigest()

    def close(self) -> None:
        if self._file:
            self._file.close()


def download(bucket: Bucket, entry: FileEntry, path: Path | None) -> None:
    """Bring an object into `path`, which must not exist; None only looks. Raises NotFound, Corrupt, Unreachable."""
    sink = Sink(path)
    try:
        deadline = bucket.limits.deadline(entry.size)
        for left in reversed(range(TRIES)):
            _fill(bucket, entry, sink, deadline)
            if not left:
                check_found(entry, sink.size, sink.sha256)
            if (sink.size, sink.sha256) == (entry.size, entry.sha256):
                return
            sink.restart()
    finally:
        sink.close()


def _fill(bucket: Bucket, entry: FileEntry, sink: Sink, deadline: Deadline) -> None:
    """Until the object ends or is longer than it should be. A broken connection is taken up where it broke."""
    idle, key = 0, bucket.place.object(entry.sha256)
    while True:
        before = sink.size
        try:
            for chunk in bucket.stream(key, sink.size, deadline):
                sink.take(chunk)
                if sink.size > entry.size:
                    return
            return
        except Unreachable:
            if sink.size == entry.size > 0:
                return
            idle = idle + 1 if sink.size == before else 0
            if deadline.passed or idle == TRIES:
                raise
            deadline.pause(idle)


def read_small(bucket: Bucket, key: str, sha256: str) -> bytes:
    """All of an object; wrong bytes only if they come again and again. Raises NotFound, Unreachable."""
    deadline = bucket.limits.deadline()
    for left in reversed(range(TRIES)):
        try:
            content = b"".join(bucket.stream(key, 0, deadline))
        except Unreachable:
            if deadline.passed or not left:
                raise
            deadline.pause(TRIES - left)
            continue
        if hashlib.sha256(content).hexdigest() == sha256:
            break
    return content
