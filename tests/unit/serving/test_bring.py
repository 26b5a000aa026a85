"""The files of a model, brought and verified before a predictor sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import Corrupt, Unreachable
from regrow.serving import bring as module
from regrow.serving.bring import bring, main, storage_uri
from regrow.serving.models import load
from regrow.serving.slot_folder import MANIFEST, verify
from regrow.store.folder import FolderStore
from regrow.store.memory import MemoryStore
from regrow.store.port import Manifest
from support.serving_models import put_model


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStore:
    monkeypatch.setenv("REGROW_STORE_URL", str(tmp_path / "store"))
    return FolderStore(tmp_path / "store")


@pytest.mark.parametrize("prefix", ["", "model/"], ids=["a model", "a whole trial"])
def test_what_was_brought_is_what_a_predictor_verifies_and_loads(
    store: FolderStore, tmp_path: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    artifact = put_model(store, tmp_path / "files", prefix=prefix)
    folder = tmp_path / "mnt"
    folder.mkdir()
    for _ in range(2):
        assert main([storage_uri(artifact), str(folder)]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"brought {artifact[:12]} to {folder}, verified by hash"
    assert load(verify(folder)).card.algorithm == "lightgbm"
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "model"]


def test_tampered_files_are_refused_in_one_line_and_no_manifest_is_left(
    store: FolderStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    artifact = put_model(store, tmp_path / "files")
    folder = tmp_path / "mnt"
    bring(store, artifact, folder)
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file() and b"num_leaves" in path.read_bytes():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes() + b"?")
    assert main([storage_uri(artifact), str(folder)]) == Corrupt.exit_code
    (line,) = capsys.readouterr().err.splitlines()
    assert "should hash to" in line
    assert not (folder / MANIFEST).exists()


def test_an_artifact_that_is_not_there_and_an_address_of_another_kind_are_told_apart(
    store: FolderStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([storage_uri("0" * 64), str(tmp_path / "mnt")]) == 4
    assert main(["s3://models/flights", str(tmp_path / "mnt")]) == 2
    assert main([]) == 2
    first, second, third = capsys.readouterr().err.splitlines()
    assert "there is no" in first
    assert second.startswith("'s3://models/flights' is no address of a model")
    assert "two words are needed" in third


def test_a_container_that_was_ended_on_the_way_starts_again(store: FolderStore, tmp_path: Path) -> None:
    artifact = put_model(store, tmp_path / "files")
    folder = tmp_path / "mnt"
    (folder / ".new" / "model").mkdir(parents=True)
    (folder / ".new" / "model" / "model.txt").write_text("half")
    (folder / "model").mkdir()
    bring(store, artifact, folder)
    assert verify(folder)


class Away(MemoryStore):
    """Its service does not answer."""

    def manifest(self, digest: str) -> Manifest:
        raise Unreachable(service="S3", address="http://minio:9000", reason="refused")


def test_a_store_that_is_away_is_worth_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "open_store", lambda url, s3: Away())
    assert main([storage_uri("0" * 64), str(tmp_path)]) == 20
    assert capsys.readouterr().err == "S3 at http://minio:9000 does not answer: refused\n"
