"""The table of the lab's parts, and the verbs by which a test breaks and mends a single one.

parts.stop("kube-apiserver"); parts.start("kube-apiserver")
parts.kill("etcd"); parts.start("etcd")       # kill -9; the data is kept
"""

from __future__ import annotations

from collections.abc import Sequence

from lab.node import network
from lab.node.errors import LabError
from lab.node.part import Part
from lab.node.parts import (
    apiserver,
    controllers,
    dns,
    etcd,
    gateway,
    kserve,
    mlflow,
    node,
    postgres,
    proxy,
    runtime,
    s3,
)

CONTROL_PLANE = (
    etcd.PART,
    apiserver.PART,
    controllers.CONTROLLER_MANAGER,
    controllers.SCHEDULER,
    runtime.PART,
    node.PART,
    proxy.PART,
    dns.PART,
)
"""What every lab has, in the order of their start."""

COMPONENTS: dict[str, tuple[Part, ...]] = {
    "s3": (s3.PART,),
    "postgres": (postgres.PART,),
    "mlflow": (mlflow.PART,),
    "kserve": (kserve.PART,),
    "gateway": (gateway.PART,),
}
"""What is started when asked for."""

ALL = (*CONTROL_PLANE, *(part for several in COMPONENTS.values() for part in several))


def with_needs(components: Sequence[str]) -> list[Part]:
    """The control plane and these components' parts, with the parts that those need, in the order of their start."""
    unknown = sorted(set(components) - set(COMPONENTS))
    if unknown:
        raise LabError(f"no component {', '.join(unknown)}; there are {', '.join(COMPONENTS)}")
    names = {part.name for part in CONTROL_PLANE}
    for component in components:
        for one in COMPONENTS[component]:
            names.update((one.name, *one.after))
    return [part for part in ALL if part.name in names]


def started() -> list[Part]:
    """Those that were ever started in the lab that runs."""
    return [part for part in ALL if part.process().was_started]


def part(name: str) -> Part:
    found = {part.name: part for part in ALL}
    if name not in found:
        raise LabError(f"the lab has no part {name!r}; it has {', '.join(found)}")
    return found[name]


def start(name: str) -> None:
    """Start it where it does not run, and return once it answers."""
    network.up()
    part(name).start()


def stop(name: str) -> None:
    """As a shutdown does: SIGTERM, and by force only where that takes too long. Data is kept."""
    part(name).stop()


def kill(name: str) -> None:
    """As a crash does: SIGKILL. Data is kept."""
    part(name).kill()


def pid(name: str) -> int | None:
    return part(name).pid
