"""What a folder store leaves on the disk."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from pathlib import Path

import pytest

from regrow.errors import OutOfSpace
from regrow.store.folder import FolderStore
from regrow.store.port import Manifest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"rows")
    return path


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_objects_and_manifests_are_named_by_their_hash(store: FolderStore, root: Path, source: Path) -> None:
    manifest = store.put({"a": source})
    sha = hashlib.sha256(b"rows").hexdigest()
    named = [f"manifests/{manifest.digest[:2]}/{manifest.digest}.json", f"objects/{sha[:2]}/{sha}"]
    assert files(root) == named
    assert hashlib.sha256((root / named[0]).read_bytes()).hexdigest() == manifest.digest


def test_everything_kept_is_read_only(store: FolderStore, root: Path, source: Path) -> None:
    store.put({"a": source})
    assert {stat.S_IMODE((root / name).stat().st_mode) for name in files(root)} == {0o444}


def test_equal_bytes_are_kept_once(store: FolderStore, root: Path, source: Path) -> None:
    store.put({"a": source, "b": source})
    store.put({"c": source})
    assert len(list((root / "objects").glob("*/*"))) == 1


def test_what_is_there_already_is_not_written_again(store: FolderStore, root: Path, source: Path) -> None:
    store.put({"a": source})
    before = {name: (root / name).stat().st_ino for name in files(root)}
    FolderStore(root).put({"a": source})
    assert {name: (root / name).stat().st_ino for name in files(root)} == before


def test_a_source_that_is_missing_leaves_nothing(store: FolderStore, root: Path, source: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.put({"a": source, "b": source.with_name("gone")})
    assert not root.exists()


def test_a_source_that_cannot_be_read_leaves_nothing(store: FolderStore, root: Path, source: Path) -> None:
    source.with_name("folder").mkdir()
    with pytest.raises(IsADirectoryError):
        store.put({"a": source, "b": source.with_name("folder")})
    assert files(root) == []


def test_what_does_not_fit_is_out_of_space_before_a_byte_is_written(
    store: FolderStore, root: Path, source: Path
) -> None:
    os.truncate(source, shutil.disk_usage(source.parent).free + 1)
    with pytest.raises(OutOfSpace):
        store.put({"a": source})
    assert not root.exists()


def test_a_fetch_that_does_not_fit_is_out_of_space_before_a_byte_is_written(
    store: FolderStore, source: Path, tmp_path: Path
) -> None:
    entry = store.put({"a": source}).files[0]
    huge = Manifest(files=(entry.model_copy(update={"size": shutil.disk_usage(tmp_path).free + 1}),))
    path = store.root / "manifests" / huge.digest[:2] / f"{huge.digest}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(huge.canonical())
    with pytest.raises(OutOfSpace):
        store.fetch(huge.digest, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_store_that_is_not_there_yet_has_nothing_and_sweeps_nothing(store: FolderStore, root: Path) -> None:
    assert not store.intact("0" * 64)
    assert store.sweep() == 0
    assert not root.exists()


def test_an_intact_manifest_is_hashed_once_for_as_long_as_nothing_changes(
    store: FolderStore, root: Path, source: Path
) -> None:
    manifest = store.put({"a": source})
    assert store.intact(manifest.digest)
    (found,) = (root / "objects").glob("*/*")
    access = found.stat().st_mtime_ns
    found.chmod(0o644)
    found.write_bytes(b"sown")
    os.utime(found, ns=(access, access))
    assert not store.intact(manifest.digest)
