"""What a slot's predictors have counted, asked of every pod through the API server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regrow.cluster.kinds import POD
from regrow.cluster.port import Cluster, Object
from regrow.errors import Unreachable
from regrow.rollout.traffic import Slot
from regrow.serving.kserve.names import CONTAINER_PORT, SERVICE_OF_POD, inference_service


@dataclass(frozen=True)
class Counts:
    served: int = 0
    """Predictions given, probes left out."""
    answered: int = 0
    """Inference requests answered, whatever the answer."""
    in_flight: int = 0


NAMES = {"served": "regrow_served_total", "answered": "regrow_requests_total", "in_flight": "regrow_in_flight"}


def parse(text: str) -> Counts:
    """From Prometheus' text, over all labels."""
    return Counts(**{name: _total(metric, text) for name, metric in NAMES.items()})


def total(counts: Iterable[Counts]) -> Counts:
    every = tuple(counts)
    return Counts(**{name: sum(getattr(one, name) for one in every) for name in NAMES})


def slot_pods(cluster: Cluster, namespace: str, model: str, slot: Slot) -> tuple[Object, ...]:
    return cluster.list(POD, namespace, {SERVICE_OF_POD: inference_service(model, slot)})


def slot_counts(cluster: Cluster, namespace: str, model: str, slot: Slot) -> Counts:
    return pods_counts(cluster, namespace, slot_pods(cluster, namespace, model, slot))


def pods_counts(cluster: Cluster, namespace: str, pods: Iterable[Object]) -> Counts:
    """Of those that are ready. Raises Unreachable where one of them does not answer, or the API server."""
    return total(_ask(cluster, namespace, pod["metadata"]["name"]) for pod in pods if _ready(pod))


def _ask(cluster: Cluster, namespace: str, pod: str) -> Counts:
    answer = cluster.proxy(namespace, f"pods/{pod}:{CONTAINER_PORT}", "/metrics")
    if answer.status == 404:
        # Gone since it was listed.
        return Counts()
    if answer.status != 200:
        words = answer.body[:200].decode(errors="replace")
        raise Unreachable(service="the predictor", address=pod, reason=f"{answer.status}, {words}")
    return parse(answer.body.decode())


def _ready(pod: Object) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(found["type"] == "Ready" and found["status"] == "True" for found in conditions)


def _total(metric: str, text: str) -> int:
    lines = (line.rpartition(" ") for line in text.splitlines() if line.partition("{")[0].partition(" ")[0] == metric)
    return int(sum(float(value) for _, _, value in lines))
