"""A store on a disk that fills up: a typed error, nothing half visible, and work again once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small filesystem needs root"),
    pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare, to mount where nobody else sees it"),
]

BEGINNING = """
import os, sys, threading
from pathlib import Path
from regrow.errors import OutOfSpace
from regrow.ledger.open import open_ledger
from regrow.store.folder import FolderStore

root, sources = Path(sys.argv[1]), Path(sys.argv[2])
store = FolderStore(root / "store")
(sources / "old").write_bytes(b"old" * 1000)
old = store.put({"old": sources / "old"}).digest

def files():
    return sorted(path for path in root.rglob("*") if path.is_file())

def must_be_out_of_space(work):
    before = files()
    try:
        work()
    except OutOfSpace as error:
        assert "free some space" in str(error), error
    else:
        raise AssertionError("it fitted")
    assert files() == before, (before, files())
    assert store.intact(old)
"""

PREFLIGHT = """
(sources / "big").write_bytes(os.urandom(2 << 20))
must_be_out_of_space(lambda: store.put({"big": sources / "big"}))
assert not list((root / "store" / "incoming").iterdir())
"""

WHILE_WRITING = """
pipe = sources / "pipe"
os.mkfifo(pipe)
def pour():
    try:
        pipe.write_bytes(bytes(2 << 20))
    except BrokenPipeError:
        pass
pouring = threading.Thread(target=pour)
pouring.start()
must_be_out_of_space(lambda: store.put({"pipe": pipe}))
pouring.join()
assert not list((root / "store" / "incoming").iterdir())
"""

FREED = """
(sources / "half").write_bytes(os.urandom(600_000))
(root / "filler").write_bytes(bytes(600_000))
must_be_out_of_space(lambda: store.put({"half": sources / "half"}))
(root / "filler").unlink()
assert store.intact(store.put({"half": sources / "half"}).digest)
"""

FETCHING = """
(sources / "half").write_bytes(os.urandom(600_000))
digest = store.put({"half": sources / "half"}).digest
must_be_out_of_space(lambda: store.fetch(digest, root / "out"))
"""

LEDGER = """
from datetime import UTC, datetime
ledger = open_ledger(f"sqlite:///{root / 'ledger.db'}")
filler = root / "filler"
def note():
    return ledger.audit.note(
        actor="a", action="b.c", subject="d", reason="e" * 20_000, details={}, at=datetime.now(UTC)
    )
note()
with filler.open("wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass
kept, refused = 1, 0
for _ in range(30):
    try:
        note()
        kept += 1
    except OutOfSpace:
        refused += 1
assert refused, "it fitted"
assert len(ledger.audit.entries()) == kept
filler.unlink()
assert note().seq == kept + 1
"""


def run_on_a_small_disk(folder: Path, script: str, size: str = "1m") -> subprocess.CompletedProcess[str]:
    """The mount is seen, and undone, with the one process alone."""
    disk, sources = folder / "disk", folder / "sources"
    disk.mkdir()
    sources.mkdir()
    mounted = f'mount -t tmpfs -o size={size} tmpfs "$1" && exec "$2" -c "$3" "$1" "$4"'
    command = ["unshare", "-m", "sh", "-c", mounted, "sh", str(disk), sys.executable, BEGINNING + script, str(sources)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("script", "size"),
    [
        pytest.param(PREFLIGHT, "1m", id="known before the first byte"),
        pytest.param(WHILE_WRITING, "1m", id="full in the middle of a file"),
        pytest.param(FREED, "1m", id="works again once there is room"),
        pytest.param(FETCHING, "1m", id="fetching"),
        pytest.param(LEDGER, "2m", id="the ledger"),
    ],
)
def test_a_full_disk_is_said_so_and_leaves_nothing_half(tmp_path: Path, script: str, size: str) -> None:
    done = run_on_a_small_disk(tmp_path, script, size)
    assert done.returncode == 0, done.stderr
