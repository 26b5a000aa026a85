"""Bring the lab up, take it down, and say how it is."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from lab.node import builds, facts, network, packages, parts, places, teardown
from lab.node.errors import LabError
from lab.node.part import Part
from lab.node.progress import step


@dataclass(frozen=True)
class PartState:
    name: str
    pid: int | None
    ready: bool
    log: str


def up(components: Sequence[str]) -> bool:
    """Bring up the control plane and these components; False where all of that runs already."""
    _check_machine()
    wanted = parts.with_needs(components)
    with _alone():
        if (places.home() / "run").exists():
            if all(part.ready for part in wanted):
                return False
            if not all(part.ready for part in parts.CONTROL_PLANE):
                with step("clean up"):
                    teardown.down()
        with step("packages"):
            packages.install()
        _build(wanted)
        with step("network"):
            network.up()
        for part in wanted:
            if not part.ready:
                with step(part.name):
                    part.start()
        facts.write(parts.started())
    return True


def down() -> None:
    with _alone(), step("down"):
        teardown.down()


def status() -> list[PartState]:
    if not (places.home() / "run").exists():
        return []
    return [PartState(part.name, part.pid, part.ready, str(part.process().log)) for part in parts.started()]


def _build(wanted: Iterable[Part]) -> None:
    for build in dict.fromkeys(build for part in wanted for build in part.builds):
        if not builds.is_built(build):
            with step(f"build {build.name}"):
                builds.built(build)


def _check_machine() -> None:
    if os.uname().sysname != "Linux" or os.geteuid() != 0:
        raise LabError("the lab needs Linux and root: it makes network links, mounts and cgroups")


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time: two that start the same lab would each find half of it."""
    lock = places.made(places.cache()) / "lab.lock"
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another start or end of the lab …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
