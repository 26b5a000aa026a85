"""The cluster's objects, through kubectl: apply, wait, read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lab.node import builds, places, shell
from lab.node.errors import CommandFailed, LabError

Manifest = Mapping[str, Any]


def kubectl(*words: str | Path, given: str | None = None, seconds: float = 300) -> str:
    """What it wrote; as the lab's administrator."""
    return shell.run(
        builds.binary("kubectl"), "--kubeconfig", places.kubeconfig(), *words, given=given, seconds=seconds
    )


def apply(manifests: Iterable[Manifest]) -> None:
    """All of them, by server-side apply: a second time changes nothing."""
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
    _while_unsettled(lambda: kubectl(*_APPLY, "-", given=items))


def apply_definitions(paths: Iterable[Path], served: Mapping[str, str]) -> None:
    """CRDs, and wait until the API serves these: one kind in the plural for each group and version."""
    files = [word for path in paths for word in ("--filename", str(path))]
    # Their schemas are megabytes, and a release of somebody else's: reading them back to check them takes long.
    _while_unsettled(lambda: kubectl(*_APPLY[:-1], "--validate=false", *files))
    for group, plural in served.items():
        until(partial(_serves, group, plural), f"the kind {plural} of {group}")


def read(kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
    """The object; None where there is none."""
    where = () if namespace is None else ("--namespace", namespace)
    answer = kubectl("get", kind, name, *where, "--ignore-not-found", "--output", "json")
    return json.loads(answer) if answer.strip() else None


def await_condition(kind: str, name: str, condition: str, namespace: str | None = None, seconds: float = 180) -> None:
    where = () if namespace is None else ("--namespace", namespace)
    limit = f"--timeout={seconds:.0f}s"
    kubectl("wait", f"{kind}/{name}", f"--for=condition={condition}", *where, limit, seconds=seconds + 30)


def until(holds: Callable[[], bool], what: str, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise LabError(f"{what} did not come about within {seconds:.0f} s")
        time.sleep(0.3)


def namespace(name: str, **labels: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def points_at_node(
    name: str, namespace: str, address: str, ports: Mapping[str, int], protocol: str = "TCP"
) -> Manifest:
    """The EndpointSlice of a Service without selector, whose server runs on the node itself."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": f"{name}-{protocol.lower()}",
            "namespace": namespace,
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [address], "conditions": {"ready": True}}],
        "ports": [{"name": port, "port": number, "protocol": protocol} for port, number in ports.items()],
    }


def _serves(group: str, plural: str) -> bool:
    try:
        listed = json.loads(kubectl("get", "--raw", f"/apis/{group}"))
    except CommandFailed:
        return False
    return any(resource["name"] == plural for resource in listed["resources"])


_APPLY = ("apply", "--server-side", "--force-conflicts", "--filename")


def _while_unsettled(action: Callable[[], Any], seconds: float = 120) -> None:
    """An API server that has just started, or a CRD that has just been made, refuses for a moment."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            action()
        except CommandFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return
