"""Pods that are done with, and what the cluster noted about them."""

from __future__ import annotations

from regrow.cluster.kinds import EVENT, POD
from regrow.cluster.port import Cluster, Object, named
from regrow.errors import Conflict, Refused, Transient
from regrow.steps.pods.pod import labels_of_run


def remove(cluster: Cluster, pod: Object | None, *, now: bool = False) -> bool:
    """Delete this very pod; False where it is gone, or another has its name. `now`: without its node's word for it."""
    if pod is None:
        return False
    name, namespace = named(pod)
    try:
        return cluster.delete(POD, name, namespace, grace_seconds=0 if now else None, uid=pod["metadata"]["uid"])
    except Conflict:
        return False


def reap(cluster: Cluster, namespace: str, run_id: str) -> int:
    """Delete what is left of the run's pods; how many still ran."""
    pods = [
        pod for pod in cluster.list(POD, namespace, labels_of_run(run_id)) if "deletionTimestamp" not in pod["metadata"]
    ]
    return sum(remove(cluster, pod) and _active(pod) for pod in pods)


def events_of(cluster: Cluster, pod: Object) -> tuple[Object, ...]:
    """None where they cannot be had: they only add words."""
    name, namespace = named(pod)
    try:
        return cluster.list(
            EVENT, namespace, fields={"involvedObject.name": name, "involvedObject.uid": pod["metadata"]["uid"]}
        )
    except (Transient, Refused):
        return ()


def _active(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")
