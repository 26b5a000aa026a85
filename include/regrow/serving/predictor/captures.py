"""What was asked and answered, as JSON lines, written beside inference and never in its way.

`captured + dropped + queued == served` at any time, `queued` is 0 after `close`: a line is captured once it is in the
file; it is dropped where the queue is full or the disk refuses it.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import orjson


class Captures:
    def __init__(
        self, folder: Path, name: str, *, queue_bytes: int = 16 << 20, rotate_bytes: int = 64 << 20, every: float = 0.1
    ) -> None:
        self._folder, self._name = folder, name
        self._queue_bytes, self._rotate_bytes, self._every = queue_bytes, rotate_bytes, every
        self._lock = threading.Lock()
        self._lines: list[bytes] = []
        self._bytes = 0
        self._queued = 0
        self._captured = self._dropped = 0
        self._file: IO[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="captures", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def offer(self, record: dict[str, Any]) -> None:
        """Queue the record as one line, or count it as dropped. Returns at once."""
        line = orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
        with self._lock:
            if self._bytes + len(line) > self._queue_bytes or self._stop.is_set():
                self._dropped += 1
                return
            self._lines.append(line)
            self._bytes += len(line)
            self._queued += 1

    def counts(self) -> dict[str, int]:
        """captured, dropped and queued, of one instant."""
        with self._lock:
            return {"captured": self._captured, "dropped": self._dropped, "queued": self._queued}

    def close(self) -> None:
        """Write what is queued, then stop; the counts stay in `counts/` beside the captures."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._flush()
        if self._file is None:
            return
        path = Path(self._file.name)
        self._file.close()
        self._file = None
        counts = path.parent / "counts"
        counts.mkdir(exist_ok=True)
        (counts / f"{path.stem}.json").write_bytes(orjson.dumps(self.counts()))

    def _work(self) -> None:
        while not self._stop.wait(self._every):
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            lines, self._lines, self._bytes = self._lines, [], 0
        if not lines:
            return
        written = self._write(b"".join(lines))
        with self._lock:
            self._queued -= len(lines)
            if written:
                self._captured += len(lines)
            else:
                self._dropped += len(lines)

    def _write(self, data: bytes) -> bool:
        """All of it, or none: half a batch would be neither captured nor dropped."""
        try:
            file = self._open(len(data))
        except OSError:
            return False
        start = file.tell()
        with suppress(OSError):
            # A disk that fills up takes a part of it, and says so by the number alone.
            if file.write(data) == len(data):
                return True
        with suppress(OSError):
            file.seek(start)
            os.ftruncate(file.fileno(), start)
        return False

    def _open(self, coming: int) -> IO[bytes]:
        if self._file is not None and self._file.tell() + coming > self._rotate_bytes and self._file.tell() > 0:
            self._file.close()
            self._file = None
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = _next_file(self._folder, self._name)
        return self._file


def _next_file(folder: Path, name: str) -> IO[bytes]:
    """The first number that no file has, claimed by creating it."""
    number = 1 + max((int(path.stem.rpartition("-")[2]) for path in folder.glob(f"{name}-*.jsonl")), default=0)
    while True:
        try:
            # Unbuffered: a write that fails fails here, where it can be taken back.
            return (folder / f"{name}-{number}.jsonl").open("xb", buffering=0)
        except FileExistsError:
            number += 1
