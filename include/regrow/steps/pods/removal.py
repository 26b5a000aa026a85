"""Pods that are done with, and what the cluster noted about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from regrow.cluster.kinds import EVENT, POD
from regrow.cluster.port import Cluster, Object, named
from regrow.errors import Conflict, Refused, Transient
from regrow.steps.pods.pod import MANAGED, RUN, labels_of_run
from regrow.steps.pods.reading import container_state, moment

FORGOTTEN = timedelta(hours=1)
"""Whoever still wants to read a pod's end has done so by then."""


def remove(cluster: Cluster, pod: Object | None, *, now: bool = False) -> bool:
    """Delete this very pod; False where it is gone, or another has its name. `now`: without its node's word for it."""
    if pod is None:
        return False
    name, namespace = named(pod)
    try:
        return cluster.delete(POD, name, namespace, grace_seconds=0 if now else None, uid=pod["metadata"]["uid"])
    except Conflict:
        return False


def reap(cluster: Cluster, namespace: str, run_id: str, now: datetime) -> int:
    """Delete what is left of the run's pods; how many still ran. And whatever any run left long ago.

    A run whose Airflow went away for good never comes to its own end, and Kubernetes keeps bare pods that are done.
    """
    ours = labels_of_run(run_id)
    pods = [pod for pod in cluster.list(POD, namespace, MANAGED) if "deletionTimestamp" not in pod["metadata"]]
    mine = [pod for pod in pods if pod["metadata"]["labels"].get(RUN) == ours[RUN]]
    forgotten = [pod for pod in pods if pod not in mine and _ended_before(pod, now - FORGOTTEN)]
    return sum(remove(cluster, pod) and _active(pod) for pod in (*mine, *forgotten))


def events_of(cluster: Cluster, pod: Object) -> tuple[Object, ...]:
    """None where they cannot be had: they only add words."""
    name, namespace = named(pod)
    try:
        return cluster.list(
            EVENT, namespace, fields={"involvedObject.name": name, "involvedObject.uid": pod["metadata"]["uid"]}
        )
    except (Transient, Refused):
        return ()


def _ended_before(pod: Object, limit: datetime) -> bool:
    ended = container_state(pod, "terminated").get("finishedAt", "")
    return bool(ended) and not _active(pod) and moment(ended) < limit


def _active(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")
