"""What `kubectl apply -k` would send, and where Kubernetes' own schemas lie on this machine."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.node import builds, golang

Object = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
FOLDERS = ("base", "kserve")


@functools.cache
def rendered(folder: Path) -> tuple[Object, ...]:
    done = subprocess.run([kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def everything() -> tuple[Object, ...]:
    return tuple(item for name in FOLDERS for item in rendered(K8S / name))


@functools.cache
def kubectl() -> str:
    """The lab's where it is built, or the machine's."""
    ours = shutil.which("go") and builds.is_built(builds.KUBERNETES)
    found = str(builds.binary("kubectl")) if ours else shutil.which("kubectl")
    if found is None:
        pytest.skip("needs kubectl, of this machine or of the lab (make lab)")
    return found


def go_module(pattern: str, path: str) -> Path:
    """A file or folder of a Go module that the lab's builds brought."""
    named = os.environ.get("GOMODCACHE") or (
        subprocess.check_output([golang.go(), "env", "GOMODCACHE"], text=True).strip() if shutil.which("go") else ""
    )
    found = sorted(Path(named).glob(f"{pattern}/{path}")) if named else []
    if not found:
        pytest.skip(f"needs the Go module {pattern}, which `make lab` brings")
    return found[-1]


def called(item: Object) -> str:
    metadata = item["metadata"]
    return f"{item['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def of_kind(kind: str) -> list[Object]:
    return [item for item in everything() if item["kind"] == kind]


def containers() -> dict[str, Object]:
    """Every container of ours by the object that names it."""
    found: dict[str, Object] = {}
    for item in everything():
        spec = item.get("spec", {})
        listed = [*spec.get("containers", []), *([spec["container"]] if "container" in spec else [])]
        found |= {f"{called(item)}: {one['name']}": one for one in listed}
    return found
