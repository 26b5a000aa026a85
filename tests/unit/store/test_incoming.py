"""Files on their way in."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from regrow.store.incoming import Incoming

HOUR = timedelta(hours=1)


@pytest.fixture
def incoming(tmp_path: Path) -> Incoming:
    return Incoming(tmp_path / "incoming")


def leave_behind(tmp_path: Path) -> Path:
    left = tmp_path / "incoming" / "1-killed"
    left.mkdir(parents=True)
    (left / "0").write_bytes(b"half")
    return left


def test_a_batch_is_gone_afterwards_also_after_a_failure(incoming: Incoming, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), incoming.batch() as batch:
        (batch / "0").write_bytes((batch / "gone").read_bytes())
    assert list((tmp_path / "incoming").iterdir()) == []


def test_two_batches_of_a_process_do_not_meet(incoming: Incoming) -> None:
    with incoming.batch() as one, incoming.batch() as other:
        assert one != other


def test_only_what_is_old_is_swept(incoming: Incoming, tmp_path: Path) -> None:
    left = leave_behind(tmp_path)
    changed = (left / "0").stat().st_mtime
    assert incoming.sweep(HOUR, now=changed + 3590) == 0
    assert left.exists()
    assert incoming.sweep(HOUR, now=changed + 3610) == 1
    assert not left.exists()


def test_a_batch_whose_last_byte_is_young_is_not_swept(incoming: Incoming, tmp_path: Path) -> None:
    left = leave_behind(tmp_path)
    begun = left.stat().st_mtime
    os.utime(left / "0", (begun + 3600, begun + 3600))
    assert incoming.sweep(HOUR, now=begun + 3700) == 0
