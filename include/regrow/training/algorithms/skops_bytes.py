"""scikit-learn models as skops archives that depend on the model alone.

skops names nodes and files by memory addresses and stamps them with the clock. Here they are numbered in the order in
which they stand in the tree, and stamped with the beginning of the zip format's time.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import skops.io

BEGINNING = (1980, 1, 1, 0, 0, 0)
SCHEMA = "schema.json"


def skops_bytes(model: Any) -> bytes:
    """Equal models, equal bytes."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as written:
        files: dict[str, str] = {}
        tree = _Renumbering(files).of(json.loads(written.read(SCHEMA)))
        contents = {new: written.read(old) for old, new in files.items()}
    contents[SCHEMA] = json.dumps(tree, separators=(",", ":")).encode()
    return _archive(contents)


class _Renumbering:
    """Walks a tree once; `files` collects old and new names of the arrays."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files
        self._nodes = 0

    def of(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.of(child) for child in node]
        if not isinstance(node, dict):
            return node
        if "__loader__" in node:
            return self._of_node(node)
        return {key: self.of(child) for key, child in node.items()}

    def _of_node(self, node: dict[str, Any]) -> dict[str, Any]:
        # Equal constants may or may not be one object in memory, so every node gets a number of its own.
        self._nodes += 1
        number = self._nodes
        renamed = {key: self.of(child) for key, child in node.items() if key not in ("__id__", "file")}
        if "file" in node:
            suffix = node["file"].rpartition(".")[2]
            renamed["file"] = self._files.setdefault(node["file"], f"{number}.{suffix}")
        return renamed | ({"__id__": number} if "__id__" in node else {})


def _archive(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression=zipfile.ZIP_STORED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, date_time=BEGINNING)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
