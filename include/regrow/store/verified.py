"""Which files this process has hashed already, and what they were then."""

from __future__ import annotations

import os
from pathlib import Path

from regrow.store.copying import hash_of

_State = tuple[int, int, int, int]


def _state(found: os.stat_result) -> _State:
    """The time of the last change to the inode too: it shows a content time that was set back."""
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Verified:
    """Hashes a file once for as long as its inode, size and times stay."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[_State, str]] = {}

    def is_right(self, path: Path, size: int, sha256: str) -> bool:
        """The file is there and has this size and hash."""
        try:
            before = _state(path.stat())
            if before[1] != size:
                return False
            if self._seen.get(path) != (before, sha256):
                self._seen[path] = (before, hash_of(path))
        except OSError:
            return False
        return self._seen[path][1] == sha256
