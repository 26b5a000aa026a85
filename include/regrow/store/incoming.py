"""Files on their way into a folder: written under a temporary name, renamed once whole, removed on failure."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from regrow.store.copying import sync


class Incoming:
    """`folder` must lie in the filesystem that its files are renamed within."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def batch(self) -> Iterator[Path]:
        """A folder for one put's temporary files; whatever is left in it is removed."""
        place = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        place.mkdir(parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def sweep(self, older_than: timedelta, now: float | None = None) -> int:
        """Remove what killed processes left here that long ago; how many batches that were."""
        if not self._folder.is_dir():
            return 0
        limit = (time.time() if now is None else now) - older_than.total_seconds()
        stale = [place for place in self._folder.iterdir() if _changed_at(place) < limit]
        for place in stale:
            shutil.rmtree(place, ignore_errors=True)
        return len(stale)


def place(temporary: Path, final: Path) -> None:
    """Visible at once and whole, for ever read-only. The folder is synchronised by the caller, once for many."""
    temporary.chmod(0o444)
    sync(temporary)
    _make(final.parent)
    temporary.replace(final)


def _make(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def _changed_at(place: Path) -> float:
    """A slow put counts by its last byte; what another sweep removes meanwhile is not stale."""
    try:
        times = [place.stat().st_mtime, *(file.stat().st_mtime for file in place.iterdir())]
    except OSError:
        return float("inf")
    return max(times)
