"""The base image: Debian with the Python that the tests run on, put together from Debian's own packages."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from lab.node import places, shell
from lab.node.errors import LabError

_SUITES = {(3, 11): "bookworm", (3, 13): "trixie"}
"""The Debian whose Python has this minor version: a pod must compute what a process of this machine computes."""

_PACKAGES = ("python3", "python3-venv", "ca-certificates", "libgomp1")
_AS_PYTHON_ORG = "python python3"


def suite() -> str:
    minor = sys.version_info[:2]
    if minor not in _SUITES:
        known = ", ".join(f"{major}.{less}" for major, less in _SUITES)
        raise LabError(f"no Debian has Python {minor[0]}.{minor[1]}; the lab's images need {known}")
    return _SUITES[minor]


def tag() -> str:
    """What a Dockerfile names after FROM."""
    return f"docker.io/library/python:{sys.version_info.major}.{sys.version_info.minor}-slim-{suite()}"


def root_archive() -> Path:
    """A tar of the root folder."""
    identity = hashlib.sha256("\0".join((suite(), *_PACKAGES, _AS_PYTHON_ORG)).encode()).hexdigest()
    path = places.made(places.cache() / "images") / f"base-{suite()}-{identity[:16]}.tar"
    if not path.exists():
        root = path.with_name(f".{path.name}.root.{os.getpid()}")
        half = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            _strap(root)
            shell.run("tar", "--create", "--file", half, "--directory", root, "--exclude=./dev/*", ".")
            half.rename(path)
        finally:
            shutil.rmtree(root, ignore_errors=True)
    return path


def _strap(root: Path) -> None:
    include = f"--include={','.join(_PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", include, suite(), str(root), *_mirror()]
    shell.run(*command, seconds=1800)
    shutil.rmtree(root / "var" / "cache" / "apt", ignore_errors=True)
    for stale in (root / "var" / "lib" / "apt" / "lists").glob("*"):
        if stale.is_file():
            stale.unlink()
    # Where the image of that name has them.
    for name in _AS_PYTHON_ORG.split():
        (root / "usr" / "local" / "bin" / name).symlink_to("/usr/bin/python3")


def _mirror() -> list[str]:
    """The one that this machine's apt uses, where that is Debian's; else debootstrap's own default."""
    wanted = ("indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(SITE)|$(REPO_URI)")
    for line in shell.run("apt-get", *wanted).splitlines():
        origin, label, _, address = line.split("|", 3)
        if (origin, label) == ("Debian", "Debian"):
            return [address.rstrip("/")]
    return []
