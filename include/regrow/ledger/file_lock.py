"""A lock between processes that the kernel releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regrow.errors import TimedOut


@contextmanager
def locked(path: Path, seconds: float = 60.0, pause: float = 0.02) -> Iterator[None]:
    """Hold the lock of `path`, a file made for it. Raises TimedOut."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait(handle, path, seconds, pause)
        yield
    finally:
        os.close(handle)


def _wait(handle: int, path: Path, seconds: float, pause: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimedOut(what=f"the lock {path}", seconds=seconds, next_step="see who else holds it") from None
            time.sleep(pause)
