"""What may be in a manifest: file names that are relative, with forward slashes, and never leave their folder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from pydantic import ValidationError

from regrow.errors import Corrupt, Refused
from regrow.store.port import Manifest

_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def _is_safe(name: str) -> bool:
    parts = name.split("/")
    return not any(part in ("", ".", "..") or "\\" in part or not part.isprintable() for part in parts)


def check_names(names: Iterable[str]) -> None:
    """Raises Refused for a name that leaves its folder, is not plain, or is another one's folder."""
    known = set(names)
    for name in sorted(known):
        if not _is_safe(name):
            raise Refused(f"{name!r} cannot be a name in a manifest; it must be relative, with / and without '..'")
        inside = {str(parent) for parent in PurePosixPath(name).parents} & known
        if inside:
            raise Refused(f"{name!r} cannot lie in {sorted(inside)[0]!r}, which is a file of the same manifest")


def read_manifest(content: bytes, digest: str) -> Manifest:
    """Raises Corrupt for bytes that do not hash to `digest`, Refused for ones that do but are no safe manifest."""
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise Corrupt(what=f"the manifest {digest[:12]}", expected=digest, found=f"hashes to {found}")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise Refused(f"{digest} is no manifest: {error}") from error
    check_names(entry.name for entry in manifest.files)
    if not all(is_digest(entry.sha256) for entry in manifest.files):
        raise Refused(f"the manifest {digest} names a file by what is no SHA-256")
    return manifest
