"""What every store must do. An adapter subclasses `StoreContract` and supplies the fixture `store`.

Where its bytes can be reached from outside it is a `TamperContract` too, and supplies `tamper`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from regrow.errors import Corrupt, NotFound, Refused
from regrow.store.port import Manifest, Store

Files = dict[str, bytes]
FILES: Files = {"model/model.txt": b"tree\n" * 1000, "model.json": b"{}", "empty": b""}


def write(folder: Path, files: Files) -> dict[str, Path]:
    paths = {}
    for place, (name, content) in enumerate(files.items()):
        folder.mkdir(parents=True, exist_ok=True)
        paths[name] = folder / f"source-{place}"
        paths[name].write_bytes(content)
    return paths


def read(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class StoreContract:
    @pytest.fixture
    def manifest(self, store: Store, tmp_path: Path) -> Manifest:
        return store.put(write(tmp_path / "source", FILES))

    def test_sweeping_leaves_what_was_put(self, store: Store, manifest: Manifest, tmp_path: Path) -> None:
        assert store.sweep() == 0
        assert read(store.fetch(manifest.digest, tmp_path / "out")) == FILES

    def test_what_was_put_is_fetched(self, store: Store, manifest: Manifest, tmp_path: Path) -> None:
        assert read(store.fetch(manifest.digest, tmp_path / "out")) == FILES

    def test_a_manifest_names_every_file_sorted_with_size_and_hash(self, manifest: Manifest) -> None:
        expected = [(name, len(FILES[name]), hashlib.sha256(FILES[name]).hexdigest()) for name in sorted(FILES)]
        assert [(entry.name, entry.size, entry.sha256) for entry in manifest.files] == expected

    def test_a_manifest_is_found_by_its_digest(self, store: Store, manifest: Manifest) -> None:
        assert store.manifest(manifest.digest) == manifest

    def test_equal_files_have_an_equal_digest(self, store: Store, manifest: Manifest, tmp_path: Path) -> None:
        backwards = dict(reversed(FILES.items()))
        assert store.put(write(tmp_path / "again", backwards)) == manifest

    @pytest.mark.parametrize(
        "other",
        [
            pytest.param({**FILES, "model.json": b"{ }"}, id="another byte"),
            pytest.param({**FILES, "more": b""}, id="another file"),
            pytest.param({"renamed" if name == "empty" else name: FILES[name] for name in FILES}, id="another name"),
        ],
    )
    def test_other_files_have_another_digest(
        self, store: Store, manifest: Manifest, tmp_path: Path, other: Files
    ) -> None:
        assert store.put(write(tmp_path / "other", other)).digest != manifest.digest

    def test_nothing_at_all_can_be_put_and_fetched(self, store: Store, tmp_path: Path) -> None:
        manifest = store.put({})
        assert read(store.fetch(manifest.digest, tmp_path / "out")) == {}
        assert store.intact(manifest.digest)

    def test_named_files_alone_are_fetched(self, store: Store, manifest: Manifest, tmp_path: Path) -> None:
        assert read(store.fetch(manifest.digest, tmp_path / "out", ("model.json",))) == {"model.json": b"{}"}

    def test_fetching_replaces_what_lies_there(self, store: Store, manifest: Manifest, tmp_path: Path) -> None:
        (tmp_path / "model.json").write_bytes(b"old")
        store.fetch(manifest.digest, tmp_path, ("model.json",))
        assert (tmp_path / "model.json").read_bytes() == b"{}"

    def test_an_unknown_file_is_not_found_and_nothing_is_fetched(
        self, store: Store, manifest: Manifest, tmp_path: Path
    ) -> None:
        with pytest.raises(NotFound, match=r"model\.json"):
            store.fetch(manifest.digest, tmp_path / "out", ("empty", "model.jsn"))
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("digest", ["0" * 64, "", "../manifests", "ABC"])
    def test_an_unknown_digest_is_not_found(self, store: Store, tmp_path: Path, digest: str) -> None:
        with pytest.raises(NotFound):
            store.manifest(digest)
        with pytest.raises(NotFound):
            store.fetch(digest, tmp_path / "out")
        assert not store.intact(digest)

    @pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../b", "a//b", "./a", "", "a\\b", "a\nb", ".."])
    def test_a_name_that_leaves_its_folder_is_refused(self, store: Store, tmp_path: Path, name: str) -> None:
        with pytest.raises(Refused):
            store.put(write(tmp_path / "source", {name: b"x"}))

    def test_a_file_inside_of_a_file_is_refused(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(Refused):
            store.put(write(tmp_path / "source", {"a": b"x", "a/b": b"y"}))

    def test_changing_the_source_afterwards_changes_nothing(self, store: Store, tmp_path: Path) -> None:
        paths = write(tmp_path / "source", FILES)
        manifest = store.put(paths)
        paths["model.json"].write_bytes(b"changed")
        assert read(store.fetch(manifest.digest, tmp_path / "out")) == FILES

    def test_writing_into_a_fetched_file_changes_nothing(
        self, store: Store, manifest: Manifest, tmp_path: Path
    ) -> None:
        with (store.fetch(manifest.digest, tmp_path / "out") / "model.json").open("r+b") as file:
            file.write(b"!!")
        assert store.intact(manifest.digest)

    def test_what_was_put_is_intact(self, store: Store, manifest: Manifest) -> None:
        assert store.intact(manifest.digest)


Tamper = Callable[[str, bytes | None], None]
"""Replaces the kept bytes of the object or manifest with this hash, or removes them for None."""


class TamperContract:
    @pytest.fixture
    def manifest(self, store: Store, tmp_path: Path) -> Manifest:
        return store.put(write(tmp_path / "source", FILES))

    @pytest.fixture
    def sha256(self) -> str:
        return hashlib.sha256(FILES["model.json"]).hexdigest()

    @pytest.mark.parametrize("content", [b"[]", b"", b"{} ", None], ids=["flipped", "cut", "longer", "gone"])
    def test_a_changed_object_is_never_fetched_nor_intact(
        self, store: Store, manifest: Manifest, tamper: Tamper, sha256: str, tmp_path: Path, content: bytes | None
    ) -> None:
        assert store.intact(manifest.digest)
        tamper(sha256, content)
        assert not store.intact(manifest.digest)
        with pytest.raises(Corrupt):
            store.fetch(manifest.digest, tmp_path / "out")
        assert "model.json" not in read(tmp_path / "out")

    def test_a_changed_object_leaves_other_files_readable(
        self, store: Store, manifest: Manifest, tamper: Tamper, sha256: str, tmp_path: Path
    ) -> None:
        tamper(sha256, b"[]")
        assert read(store.fetch(manifest.digest, tmp_path / "out", ("empty",))) == {"empty": b""}

    def test_putting_again_heals_a_changed_object(
        self, store: Store, manifest: Manifest, tamper: Tamper, sha256: str, tmp_path: Path
    ) -> None:
        tamper(sha256, b"[]")
        assert store.put(write(tmp_path / "again", FILES)) == manifest
        assert store.intact(manifest.digest)
        assert read(store.fetch(manifest.digest, tmp_path / "out")) == FILES

    def test_a_changed_manifest_is_corrupt(self, store: Store, manifest: Manifest, tamper: Tamper) -> None:
        tamper(manifest.digest, manifest.canonical().replace(b"model.json", b"model.jsom"))
        with pytest.raises(Corrupt):
            store.manifest(manifest.digest)
        assert not store.intact(manifest.digest)

    def test_putting_again_heals_a_changed_manifest(
        self, store: Store, manifest: Manifest, tamper: Tamper, tmp_path: Path
    ) -> None:
        tamper(manifest.digest, b"{}")
        store.put(write(tmp_path / "again", FILES))
        assert store.manifest(manifest.digest) == manifest

    @pytest.mark.parametrize("change", [{"name": "../outside"}, {"sha256": "../../../../outside"}])
    def test_a_forged_manifest_that_leaves_its_folder_is_refused(
        self, store: Store, manifest: Manifest, tamper: Tamper, tmp_path: Path, change: dict[str, str]
    ) -> None:
        (tmp_path / "outside").write_bytes(b"not of the store")
        forged = Manifest(files=(manifest.files[0].model_copy(update=change),))
        tamper(forged.digest, forged.canonical())
        with pytest.raises(Refused):
            store.fetch(forged.digest, tmp_path / "out")
        assert not store.intact(forged.digest)
        assert (tmp_path / "outside").read_bytes() == b"not of the store"

    def test_json_that_is_no_manifest_is_refused(self, store: Store, tamper: Tamper) -> None:
        digest = hashlib.sha256(b"[1]").hexdigest()
        tamper(digest, b"[1]")
        with pytest.raises(Refused):
            store.manifest(digest)
        assert not store.intact(digest)
