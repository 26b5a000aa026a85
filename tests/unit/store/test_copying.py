"""Copying and hashing in one."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from regrow.errors import OutOfSpace
from regrow.store.copying import check_room, copy_hashed, free_bytes, hash_of, room_for


def test_a_copy_tells_size_and_hash_of_what_it_wrote(tmp_path: Path) -> None:
    content = os.urandom(3 * (1 << 20) + 17)
    (tmp_path / "a").write_bytes(content)
    expected = (len(content), hashlib.sha256(content).hexdigest())
    assert copy_hashed(tmp_path / "a", tmp_path / "b") == expected
    assert (tmp_path / "b").read_bytes() == content
    assert hash_of(tmp_path / "b") == expected[1]


def test_a_copy_never_writes_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        copy_hashed(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"b"


def test_room_is_that_of_the_filesystem_a_folder_will_lie_in(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "not" / "yet") > 0
    check_room(tmp_path / "not" / "yet", 1)


def test_too_little_room_names_what_is_needed_and_free(tmp_path: Path) -> None:
    with pytest.raises(OutOfSpace) as caught:
        check_room(tmp_path, 1 << 60)
    assert caught.value.needed >= 1 << 60 > caught.value.free


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_out_of_space(tmp_path: Path, code: int) -> None:
    with pytest.raises(OutOfSpace), room_for(tmp_path, 5):
        raise OSError(code, "full")


def test_other_failures_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), room_for(tmp_path, 5):
        raise PermissionError(errno.EACCES, "no")
