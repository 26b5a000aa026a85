"""The lab's own binaries, built from our Go modules and kept by the hash of what they were built from."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab.node import golang, places, shell

_KUBERNETES = "v1.36.3"
_VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Build:
    name: str
    binaries: tuple[str, ...]
    flags: str = ""

    @property
    def source(self) -> Path:
        return places.SOURCES / self.name


ETCD = Build("etcd", ("etcd",))
KUBERNETES = Build(
    "kubernetes",
    ("kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"),
    # Without it every part says that it is v0.0.0, which clients compare.
    f"-X {_VERSION}.gitVersion={_KUBERNETES} -X {_VERSION}.gitMajor=1 -X {_VERSION}.gitMinor=36",
)
COREDNS = Build("coredns", ("coredns",))
KSERVE = Build("kserve", ("manager",))
ENVOY_GATEWAY = Build("envoy-gateway", ("envoy-gateway",))
PAUSE = Build("pause", ("pause",))

ALL = (ETCD, KUBERNETES, COREDNS, PAUSE, ENVOY_GATEWAY, KSERVE)


def binary(name: str) -> Path:
    """The path of one of our binaries; builds its module first where no such build is kept."""
    (build,) = (build for build in ALL if name in build.binaries)
    return built(build) / name


@cache
def built(build: Build) -> Path:
    """The folder with the module's binaries. A build that is cut off leaves no folder of that name."""
    go = golang.go()
    folder = places.cache() / "bin" / f"{build.name}-{_digest(build, golang.version(go))}"
    if not folder.exists():
        _compile(go, build, folder)
    return folder


def is_built(build: Build) -> bool:
    return (places.cache() / "bin" / f"{build.name}-{_digest(build, golang.version(golang.go()))}").exists()


def module_folder(build: Build, module: str) -> Path:
    """Where the Go module cache holds the files of a dependency: its CRDs and default settings among them."""
    go = golang.go()
    settings = golang.environment()
    shell.run(go, "mod", "download", module, folder=build.source, environment=settings)
    listed = shell.run(go, "list", "-m", "-f", "{{.Dir}}", module, folder=build.source, environment=settings)
    return Path(listed.strip())


def _compile(go: Path, build: Build, folder: Path) -> None:
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    places.made(half)
    flags = f"-s -w {build.flags}".strip()
    target = (f"-ldflags={flags}", "-o", f"{half}{os.sep}", *_packages(go, build))
    shell.run(go, "build", "-trimpath", *target, folder=build.source, environment=golang.environment(), seconds=3600)
    if build.source.joinpath("main.go").exists():
        # A module of one main is named by its path's last word already.
        assert [path.name for path in half.iterdir()] == list(build.binaries)
    half.rename(folder)


def _packages(go: Path, build: Build) -> list[str]:
    if build.source.joinpath("main.go").exists():
        return ["."]
    return shell.run(go, "list", "tool", folder=build.source, environment=golang.environment()).split()


def _digest(build: Build, go_version: str) -> str:
    found = hashlib.sha256(f"{go_version}\n{build.flags}\n".encode())
    for path in sorted(build.source.iterdir()):
        if path.name in {"go.mod", "go.sum"} or path.suffix == ".go":
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]
