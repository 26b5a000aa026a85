"""Run a command to its end."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from lab.node.errors import CommandFailed, LabError

_SYSTEM = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/cni")
"""Where Debian keeps what only root runs; a PATH of a person may lack them."""


def search_path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM))


def run(
    *command: str | Path,
    given: str | bytes | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 900,
) -> str:
    """What it wrote to standard output; CommandFailed with all that it wrote where it ends with another code than 0."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        input=given.encode() if isinstance(given, str) else given,
        stdin=subprocess.DEVNULL if given is None else None,
        cwd=folder,
        env={**os.environ, "PATH": search_path(), **(environment or {})},
        capture_output=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise CommandFailed(words, done.returncode, (done.stderr + done.stdout).decode(errors="replace"))
    return done.stdout.decode(errors="replace")


def succeeds(*command: str | Path) -> bool:
    try:
        run(*command)
    except (CommandFailed, FileNotFoundError):
        return False
    return True


def found(name: str) -> str | None:
    return shutil.which(name, path=search_path())


def program(name: str) -> str:
    path = found(name)
    if path is None:
        raise LabError(f"this machine has no {name}")
    return path
