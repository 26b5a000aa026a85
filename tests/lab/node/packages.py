"""The programs that come from the machine's own package manager; what is missing is installed."""

from __future__ import annotations

import os
from pathlib import Path

from lab.node import shell
from lab.node.errors import LabError

_PACKAGES = {
    "containerd": "containerd",
    "runc": "runc",
    "host-local": "containernetworking-plugins",
    "podman": "podman",
    "debootstrap": "debootstrap",
    "iptables": "iptables",
    "nft": "nftables",
    "conntrack": "conntrack",
    "ip": "iproute2",
}
"""By one program of each."""

_FILES = {"/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring"}
"""Without the keys debootstrap trusts no mirror; only Debian itself has them from the start."""


def missing() -> list[str]:
    found = [package for name, package in _PACKAGES.items() if shell.found(name) is None]
    found += [package for path, package in _FILES.items() if not Path(path).exists()]
    return found if _postgres_folder() else [*found, "postgresql"]


def install() -> None:
    needed = missing()
    if not needed:
        return
    if os.geteuid() != 0:
        raise LabError(f"only root may install {', '.join(needed)}")
    _no_database_of_its_own()
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    shell.run("apt-get", "update", environment=quiet)
    shell.run("apt-get", "install", "--yes", "--no-install-recommends", *needed, environment=quiet)


def postgres(program: str) -> Path:
    folder = _postgres_folder()
    if folder is None:
        raise LabError("PostgreSQL is not installed")
    return folder / program


def _postgres_folder() -> Path | None:
    """Debian keeps each version's programs in a folder of its own; the newest counts."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def _no_database_of_its_own() -> None:
    """Debian's package would make a database and start it."""
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
