"""Addresses of stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import UsageError
from regrow.store.folder import FolderStore
from regrow.store.memory import MemoryStore
from regrow.store.open import open_store
from regrow.store.s3 import S3Store


def root_of(url: str) -> Path:
    store = open_store(url)
    assert isinstance(store, FolderStore)
    return store.root


def test_memory_is_the_twin() -> None:
    assert isinstance(open_store("memory:"), MemoryStore)


def test_a_file_address_and_a_path_are_folders(tmp_path: Path) -> None:
    folder = tmp_path / "my store"
    assert root_of(folder.as_uri()) == folder
    assert root_of(str(folder)) == folder


def test_a_relative_path_does_not_move_with_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert root_of("store") == tmp_path / "store"


def test_an_s3_address_is_a_bucket() -> None:
    assert isinstance(open_store("s3://bucket/prefix"), S3Store)


@pytest.mark.parametrize("url", ["s3://", "file://host/folder", "http://host"])
def test_other_addresses_are_refused_in_words(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a store"):
        open_store(url)
