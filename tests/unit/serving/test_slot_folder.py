"""A slot's copy is served only as its manifest names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import Corrupt, NotFound
from regrow.serving.models import load
from regrow.serving.slot_folder import model_entries, verify
from regrow.store.port import FileEntry, Manifest
from support.serving_models import write_slot


@pytest.fixture
def slot(tmp_path: Path) -> Path:
    return write_slot(tmp_path / "a")


def test_a_whole_copy_verifies_and_loads(slot: Path) -> None:
    assert load(verify(slot)).card.file == "model.txt"


def test_a_changed_byte_is_found(slot: Path) -> None:
    path = slot / "model" / "model.txt"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(Corrupt, match=r"model\.txt should hash to"):
        verify(slot)


def test_a_file_too_many_or_too_few_is_found(slot: Path) -> None:
    (slot / "model" / "model.pkl").write_bytes(b"")
    with pytest.raises(Corrupt, match=r"model\.pkl"):
        verify(slot)
    (slot / "model" / "model.pkl").rename(slot / "model" / "model.txt")
    (slot / "model" / "model.json").unlink()
    with pytest.raises(Corrupt, match=r"it holds \['model.txt'\]"):
        verify(slot)


def test_a_missing_or_broken_manifest_is_named(slot: Path) -> None:
    (slot / "manifest.json").write_text('{"files": 1}')
    with pytest.raises(Corrupt, match="a manifest"):
        verify(slot)
    (slot / "manifest.json").unlink()
    with pytest.raises(NotFound, match="manifest"):
        verify(slot)


def entries(*names: str) -> Manifest:
    return Manifest(files=tuple(FileEntry(name=name, size=0, sha256="0") for name in sorted(names)))


def test_a_model_is_found_at_the_root_and_inside_of_a_trial() -> None:
    bare = entries("model.json", "model.txt")
    trial = entries("model/model.json", "model/model.txt", "metrics.json")
    assert model_entries(bare) == ("", bare.files)
    assert model_entries(trial) == ("model/", trial.files[1:])
    with pytest.raises(NotFound, match=r"model\.json"):
        model_entries(entries("metrics.json"))
