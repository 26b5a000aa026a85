"""The cgroups of the lab's pods: one tree of that name in each of the kernel's hierarchies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lab.node.errors import LabError

NAME = "regrow-lab"
_ALL = Path("/sys/fs/cgroup")


def make() -> None:
    for hierarchy in _hierarchies():
        folder = hierarchy / NAME
        if not folder.exists():
            folder.mkdir()
            _inherit(hierarchy, folder)


def end_processes(seconds: float = 30) -> None:
    """Every process of every pod, at once and by force."""
    deadline = time.monotonic() + seconds
    while pids := set(_pids()):
        if time.monotonic() > deadline:
            raise LabError(f"processes {sorted(pids)} of the lab's pods do not end")
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)


def remove() -> None:
    for tree in _trees():
        for folder, _, _ in os.walk(tree, topdown=False):
            with suppress(FileNotFoundError):
                Path(folder).rmdir()


def left() -> list[Path]:
    return list(_trees())


def _hierarchies() -> Iterator[Path]:
    if (_ALL / "cgroup.procs").exists():
        yield _ALL
        return
    for path in sorted(_ALL.iterdir()):
        # Two names of one hierarchy are a folder and a link to it.
        if path.is_dir() and not path.is_symlink() and (path / "cgroup.procs").exists():
            yield path


def _trees() -> Iterator[Path]:
    for hierarchy in _hierarchies():
        if (hierarchy / NAME).is_dir():
            yield hierarchy / NAME


def _pids() -> Iterator[int]:
    for tree in _trees():
        for file in tree.rglob("cgroup.procs"):
            with suppress(OSError):
                yield from map(int, file.read_text().split())


def _inherit(parent: Path, folder: Path) -> None:
    """A new cpuset is empty, and no process may enter an empty one."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        if (parent / name).exists() and (folder / name).exists():
            (folder / name).write_text((parent / name).read_text())
