"""An image archive of one static binary: a layer, its settings and a list, in Docker's format. No engine is needed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

from lab.node import places

_FOLDER = "usr/local/bin"


def of_binary(binary: Path, tag: str, user: str = "65532") -> Path:
    """The archive's path; kept by the hash of the binary's folder, which names what it was built from."""
    identity = hashlib.sha256("\0".join((binary.parent.name, binary.name, tag, user)).encode()).hexdigest()
    path = places.made(places.cache() / "images") / f"{binary.name}-{identity[:16]}.tar"
    if not path.exists():
        half = path.with_name(f".{path.name}.{os.getpid()}")
        _write(half, _layer(binary), tag, f"/{_FOLDER}/{binary.name}", user)
        half.rename(path)
    return path


def _layer(binary: Path) -> bytes:
    with io.BytesIO() as buffer:
        with tarfile.open(fileobj=buffer, mode="w") as layer:
            temporary = tarfile.TarInfo("tmp")
            temporary.type, temporary.mode = tarfile.DIRTYPE, 0o1777
            layer.addfile(temporary)
            _add(layer, f"{_FOLDER}/{binary.name}", binary.read_bytes(), 0o755)
        return buffer.getvalue()


def _write(path: Path, layer: bytes, tag: str, program: str, user: str) -> None:
    settings = {
        "architecture": _architecture(),
        "os": "linux",
        "config": {"Entrypoint": [program], "User": user, "Env": [f"PATH=/{_FOLDER}"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    listed = [{"Config": "settings.json", "RepoTags": [tag], "Layers": ["layer.tar"]}]
    with tarfile.open(path, mode="w") as archive:
        _add(archive, "layer.tar", layer)
        _add(archive, "settings.json", json.dumps(settings).encode())
        _add(archive, "manifest.json", json.dumps(listed).encode())


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _architecture() -> str:
    """In Go's words."""
    return {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
