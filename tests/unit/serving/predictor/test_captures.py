"""Captures are counted to the last line, whatever the disk does."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

import pytest

from regrow.serving.predictor.captures import Captures


def lines(folder: Path) -> list[dict[str, int]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def test_every_offered_record_is_a_line_after_close(tmp_path: Path) -> None:
    captures = Captures(tmp_path, "1.0.0-a", every=0.001)
    captures.start()
    for number in range(500):
        captures.offer({"n": number})
    captures.close()
    assert [line["n"] for line in lines(tmp_path)] == list(range(500))
    assert captures.counts() == {"captured": 500, "dropped": 0, "queued": 0}
    assert json.loads((tmp_path / "counts" / "1.0.0-a-1.json").read_text())["captured"] == 500


def test_a_full_queue_drops_and_counts(tmp_path: Path) -> None:
    captures = Captures(tmp_path, "1.0.0-a", queue_bytes=100)
    for number in range(50):
        captures.offer({"n": number})
    captures.close()
    counts = captures.counts()
    assert counts["captured"] == len(lines(tmp_path)) > 0
    assert counts["captured"] + counts["dropped"] == 50


def test_files_turn_over_by_size_and_a_new_process_begins_a_new_one(tmp_path: Path) -> None:
    for _ in range(2):
        captures = Captures(tmp_path, "1.0.0-a", rotate_bytes=20, every=0.001)
        for number in range(3):
            captures.offer({"number": number})
            captures._flush()
        captures.close()
    assert sorted(path.name for path in tmp_path.glob("*.jsonl")) == [f"1.0.0-a-{n}.jsonl" for n in range(1, 7)]
    assert len(lines(tmp_path)) == 6


class FullDisk:
    """A file that takes some bytes, then none: as a disk that fills up."""

    def __init__(self, path: Path, room: int) -> None:
        self._file, self._room = path.open("xb", buffering=0), room
        self.name = str(path)

    def write(self, data: bytes) -> int:
        taken = self._file.write(data[: self._room])
        self._room -= taken
        if taken == 0:
            raise OSError(errno.ENOSPC, "no space left")
        return taken

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_a_full_disk_leaves_whole_lines_and_counts_the_rest_as_dropped(tmp_path: Path) -> None:
    captures = Captures(tmp_path, "1.0.0-a")
    captures._file = FullDisk(tmp_path / "1.0.0-a-1.jsonl", room=30)  # type: ignore[assignment]
    for number in range(10):
        captures.offer({"number": number})
        captures._flush()
    captures.close()
    assert captures.counts() == {"captured": 2, "dropped": 8, "queued": 0}
    assert lines(tmp_path) == [{"number": 0}, {"number": 1}]


def test_a_folder_that_cannot_be_written_costs_captures_and_no_inference(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    captures = Captures(tmp_path / "file" / "below", "1.0.0-a")
    captures.offer({"n": 1})
    captures.close()
    assert captures.counts() == {"captured": 0, "dropped": 1, "queued": 0}


@pytest.mark.parametrize("threads", [4])
def test_counts_add_up_at_any_time_from_many_threads(tmp_path: Path, threads: int) -> None:
    captures = Captures(tmp_path, "1.0.0-a", queue_bytes=2_000, every=0.0005)
    captures.start()

    def offer() -> None:
        for number in range(500):
            captures.offer({"n": number})

    workers = [threading.Thread(target=offer) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(captures.counts().values()) == threads * 500
    captures.close()
    assert captures.counts()["captured"] == len(lines(tmp_path))
