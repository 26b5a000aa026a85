"""A slot's verified copy of a model: `manifest.json` with sizes and hashes, and the model's files in `model/`.

Whoever brings the files writes it, the predictor verifies it before anything is parsed. The manifest lies beside the
files' folder because a model's folder holds the model and nothing else.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import ValidationError

from regrow.errors import Corrupt, NotFound
from regrow.store.port import FileEntry, Manifest, Store

MANIFEST, MODEL = "manifest.json", "model"


def model_folder(slot: Path) -> Path:
    return slot / MODEL


def model_entries(manifest: Manifest) -> tuple[str, tuple[FileEntry, ...]]:
    """The model's files in an artifact: at its root, or below `model/` of a whole trial. With the prefix to take off.

    Raises NotFound where there is no model.
    """
    for prefix in ("", f"{MODEL}/"):
        if manifest.entry(f"{prefix}model.json") is not None:
            found = (entry for entry in manifest.files if entry.name.startswith(prefix))
            return prefix, tuple(entry for entry in found if "/" not in entry.name[len(prefix) :])
    raise NotFound("file of a model", "model.json", (entry.name for entry in manifest.files))


def fetch_slot(store: Store, artifact: str, slot: Path) -> None:
    """The model's files of an artifact into the new folder `slot`, hashes checked, the manifest last.

    Raises NotFound or Corrupt from the store; `slot` is then no slot's folder yet.
    """
    prefix, entries = model_entries(store.manifest(artifact))
    files = slot if prefix else slot / MODEL
    files.mkdir(parents=True)
    store.fetch(artifact, files, tuple(entry.name for entry in entries))
    write_manifest(slot, entries, prefix)


def write_manifest(slot: Path, entries: tuple[FileEntry, ...], prefix: str) -> None:
    files = tuple(entry.model_copy(update={"name": entry.name.removeprefix(prefix)}) for entry in entries)
    (slot / MANIFEST).write_bytes(Manifest(files=files).canonical())


def verify(slot: Path) -> Path:
    """The model's folder, once every file of it is the one that the manifest names. Raises NotFound or Corrupt."""
    if not (slot / MANIFEST).is_file():
        raise NotFound("manifest", str(slot / MANIFEST))
    try:
        manifest = Manifest.model_validate_json((slot / MANIFEST).read_bytes())
    except ValidationError as error:
        raise Corrupt(
            what=str(slot / MANIFEST), expected="a manifest", found=f"it has {error.error_count()} errors"
        ) from None
    folder = model_folder(slot)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    named = {entry.name for entry in manifest.files}
    if present != named:
        raise Corrupt(what=str(folder), expected=f"the files {sorted(named)}", found=f"it holds {sorted(present)}")
    for entry in manifest.files:
        _check(folder / entry.name, entry)
    return folder


def _check(path: Path, entry: FileEntry) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != entry.sha256:
        raise Corrupt(what=str(path), expected=entry.sha256, found=f"it hashes to {found}")
