"""Writers of a store that are killed: readers see the old or the new, never a part."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.errors import NotFound
from regrow.store.folder import FolderStore

pytestmark = pytest.mark.fault

SOAK = os.environ.get("REGROW_SOAK") == "1"
KILLS, READS = (100, 1000) if SOAK else (15, 150)
LONGEST = 0.12
"""Seconds after which a writer is killed at the latest: a few puts."""

WRITER = """
import sys
from pathlib import Path
from regrow.store.folder import FolderStore

store, sources = FolderStore(Path(sys.argv[1])), Path(sys.argv[2])
big, small = sources / "big", sources / "small"
print("ready", flush=True)
sys.stdin.readline()
n = 0
while True:
    big.write_bytes(f"{sys.argv[3]} {n} ".encode() * 100_000)
    small.write_bytes(f"{sys.argv[3]} {n}".encode())
    print(store.put({"big": big, "nested/small": small, "same": sources / "same"}).digest, flush=True)
    n += 1
"""


class Reader:
    """Counts what it sees; every sight is checked against the hash that the file's own content must have."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.store, self.folder = FolderStore(root), folder
        self.whole = self.absent = 0

    def read(self, digest: str) -> None:
        try:
            out = self.store.fetch(digest, self.folder)
        except NotFound:
            self.absent += 1
            return
        small = (out / "nested" / "small").read_bytes()
        assert (out / "big").read_bytes() == (small + b" ") * 100_000
        assert (out / "same").read_bytes() == b"same"
        self.whole += 1


def listed(root: Path) -> list[str]:
    return sorted(path.stem for path in (root / "manifests").glob("*/*.json"))


def objects_are_what_they_are_called(root: Path) -> bool:
    every = (root / "objects").glob("*/*")
    return all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in every)


def put_until_killed(root: Path, sources: Path, name: str, seconds: float) -> list[str]:
    """The digests that the writer had answered before it was killed."""
    command = [sys.executable, "-c", WRITER, str(root), str(sources), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdin
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("go\n")
        writer.stdin.flush()
        try:
            writer.wait(seconds)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        return writer.stdout.read().split()


def test_readers_see_old_or_new_whatever_instant_a_writer_is_killed_at(tmp_path: Path) -> None:
    root, sources = tmp_path / "store", tmp_path / "sources"
    sources.mkdir()
    (sources / "same").write_bytes(b"same")
    reader, luck = Reader(root, tmp_path / "out"), random.Random(14)
    answered: list[str] = []
    for kill in range(KILLS):
        answered += put_until_killed(root, sources, f"writer {kill}", luck.uniform(0, LONGEST))
        assert set(answered) <= set(listed(root))
        seen = [*listed(root), "0" * 64]
        for digest in luck.choices(seen, k=READS // KILLS):
            reader.read(digest)
    half = len(list((root / "incoming").iterdir()))
    assert half > 0, "no writer was killed inside of a put"
    assert all(reader.store.intact(digest) for digest in listed(root))
    assert objects_are_what_they_are_called(root)
    print(
        f"half-writes: {KILLS} kills, {half} of them inside of a put, {len(listed(root))} manifests; "
        f"{reader.whole} whole and {reader.absent} absent, 0 partial of {reader.whole + reader.absent} reads"
    )


def test_what_killed_writers_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    root, sources = tmp_path / "store", tmp_path / "sources"
    sources.mkdir()
    (sources / "same").write_bytes(b"same")
    luck, store = random.Random(24), FolderStore(root)
    while not list((root / "incoming").glob("*")):
        put_until_killed(root, sources, "writer", luck.uniform(0, LONGEST))
    assert store.sweep() == 0
    for left in [*(root / "incoming").glob("*/*"), *(root / "incoming").glob("*")]:
        os.utime(left, (1, 1))
    assert store.sweep() >= 1
    assert list((root / "incoming").iterdir()) == []
    assert all(store.intact(digest) for digest in listed(root))
