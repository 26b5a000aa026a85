"""Where the lab keeps its things: the state dies with the lab, the cache outlives it."""

from __future__ import annotations

import os
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "go"
"""Our Go modules."""


def home() -> Path:
    """Data, logs, keys and sockets of the lab that runs."""
    return Path(os.environ.get("REGROW_LAB_HOME", "/var/tmp/regrow-lab"))


def cache() -> Path:
    """Binaries and images; each is named by the hash of what it was made from."""
    return Path(os.environ.get("REGROW_LAB_CACHE") or Path.home() / ".cache" / "regrow-lab")


def logs() -> Path:
    return made(home() / "logs")


def run() -> Path:
    """Process ids and sockets."""
    return made(home() / "run")


def data(part: str) -> Path:
    return made(home() / "data" / part)


def configuration() -> Path:
    return made(home() / "conf")


def configuration_file(name: str) -> Path:
    """Its path, whether there is one or not."""
    return home() / "conf" / name


def kubeconfig() -> Path:
    return home() / "kubeconfig"


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
