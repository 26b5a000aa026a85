"""Which file names a manifest may have: relative, with forward slashes, never out of their folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from regrow.errors import Refused
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


def check_manifest(manifest: Manifest) -> Manifest:
    """Raises Refused."""
    check_names(entry.name for entry in manifest.files)
    return manifest
