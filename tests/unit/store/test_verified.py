"""Hashing a file once."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from regrow.store import verified
from regrow.store.copying import hash_of
from regrow.store.verified import Verified

SHA = hashlib.sha256(b"rows").hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"rows")
    return path


def test_a_file_is_right_by_size_and_hash(file: Path) -> None:
    seen = Verified()
    assert seen.is_right(file, 4, SHA)
    assert not seen.is_right(file, 5, SHA)
    assert not seen.is_right(file, 4, "0" * 64)
    assert not seen.is_right(file.with_name("gone"), 4, SHA)


def test_a_file_that_stays_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []

    def hash_and_count(path: Path) -> str:
        read.append(path)
        return hash_of(path)

    monkeypatch.setattr(verified, "hash_of", hash_and_count)
    seen = Verified()
    assert all(seen.is_right(file, 4, SHA) for _ in range(3))
    assert read == [file]


def test_a_change_of_the_same_size_and_time_is_seen(file: Path) -> None:
    seen = Verified()
    assert seen.is_right(file, 4, SHA)
    time = file.stat().st_mtime_ns
    file.write_bytes(b"sown")
    os.utime(file, ns=(time, time))
    assert not seen.is_right(file, 4, SHA)


def test_a_wrong_file_that_is_put_right_is_right(file: Path) -> None:
    seen = Verified()
    file.write_bytes(b"sown")
    assert not seen.is_right(file, 4, SHA)
    file.unlink()
    file.write_bytes(b"rows")
    assert seen.is_right(file, 4, SHA)
