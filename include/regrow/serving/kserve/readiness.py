"""Whether a slot serves what it was asked to, from everything that the cluster says. Pure.

An InferenceService's own Ready is not enough: after a change it still speaks of the pods of before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from regrow.cluster.port import Object, Response
from regrow.serving.bring import storage_uri
from regrow.serving.kserve import names
from regrow.serving.kserve.failures import failure, waiting
from regrow.serving.kserve.objects import served_by
from regrow.serving.port import Readiness, Served
from regrow.serving.probing import judge


@dataclass(frozen=True)
class Seen:
    """What one look at the cluster found."""

    inference_service: Object | None
    deployment: Object | None
    pods: tuple[Object, ...]
    now: datetime
    answer: Response | None = None
    """Of the real inference; None before it was asked for."""


def readiness(served: Served, seen: Seen) -> Readiness:
    lacks = lacking(served, seen)
    if lacks is not None:
        return lacks
    if seen.answer is None:
        return _not_yet("no prediction was asked of it yet")
    return judge(served, seen.answer)


def lacking(served: Served, seen: Seen) -> Readiness | None:
    """What is to come, or never will, before it can be asked for a prediction; None: nothing."""
    for look in (_another, _refused, _crashed, _not_taken, _too_few, _not_loaded):
        found = look(served, seen)
        if found is not None:
            return found
    return None


def of_version(served: Served, pods: tuple[Object, ...]) -> tuple[Object, ...]:
    """The pods that serve this version: KServe hands annotations down to them."""
    wanted = {names.VERSION: served.version, names.ARTIFACT: served.artifact}
    return tuple(pod for pod in pods if wanted.items() <= pod["metadata"].get("annotations", {}).items())


def _another(served: Served, seen: Seen) -> Readiness | None:
    found = served_by(seen.inference_service) if seen.inference_service is not None else None
    if found is None:
        return _never(f"slot {served.slot} of {served.model} runs nothing")
    if (found.version, found.artifact) != (served.version, served.artifact):
        return _never(f"slot {served.slot} of {served.model} runs {found.version}, not {served.version}")
    return None


def _refused(served: Served, seen: Seen) -> Readiness | None:
    """KServe itself cannot do it, or nobody lets it make pods."""
    assert seen.inference_service is not None
    status = seen.inference_service.get("status", {}).get("modelStatus", {})
    if status.get("transitionStatus") == "InvalidSpec":
        told = status.get("lastFailureInfo", {}).get("message", "no reason is given")
        return _never(f"KServe does not accept it: {told}; `kubectl apply -k k8s/kserve` brings what it needs")
    broken = _condition(seen.deployment, "ReplicaFailure")
    if broken is None or broken["status"] != "True":
        return None
    told = broken.get("message", "")
    # Others may give their share of a quota back.
    return _not_yet(f"it waits for the quota: {told}") if "quota" in told else _never(f"no pod may start: {told}")


def _crashed(served: Served, seen: Seen) -> Readiness | None:
    found = failure(of_version(served, seen.pods), seen.now)
    return None if found is None else _never(found)


def _not_taken(served: Served, seen: Seen) -> Readiness | None:
    """Nobody has acted on the newest wish yet."""
    deployment = seen.deployment
    if deployment is None:
        return _not_yet("KServe has not made its Deployment yet")
    annotations = deployment["spec"]["template"]["metadata"].get("annotations", {})
    if annotations.get(names.SOURCE) != storage_uri(served.artifact):
        return _not_yet("KServe has not taken over the new files yet")
    if annotations.get(names.VERSION) != served.version:
        return _not_yet("KServe has not taken over the new version yet")
    if deployment.get("status", {}).get("observedGeneration", 0) != deployment["metadata"]["generation"]:
        return _not_yet("Kubernetes has not looked at its Deployment yet")
    return None


def _too_few(served: Served, seen: Seen) -> Readiness | None:
    assert seen.deployment is not None
    assert seen.inference_service is not None
    status = seen.deployment.get("status", {})
    least = seen.inference_service["spec"]["predictor"].get("minReplicas", 1)
    wanted = max(least, seen.deployment["spec"].get("replicas", 1))
    counts = {name: status.get(name, 0) for name in ("updatedReplicas", "availableReplicas", "replicas")}
    if set(counts.values()) == {wanted}:
        return None
    why = waiting(of_version(served, seen.pods)) or _unasked(seen.deployment, wanted)
    told = f"{counts['availableReplicas']} of {wanted} replicas answer their health checks"
    return _not_yet(f"{told}; {why}" if why else told)


def _unasked(deployment: Object, wanted: int) -> str:
    found = deployment["spec"].get("replicas", 1)
    return f"KServe's autoscaler has asked for {found} only" if found < wanted else ""


def _not_loaded(served: Served, seen: Seen) -> Readiness | None:
    assert seen.inference_service is not None
    state = seen.inference_service.get("status", {}).get("modelStatus", {}).get("transitionStatus", "")
    return None if state == "UpToDate" else _not_yet(f"KServe says that the model is {state or 'unknown'}")


def _condition(item: Object | None, kind: str) -> Object | None:
    conditions = (item or {}).get("status", {}).get("conditions", [])
    return next((condition for condition in conditions if condition["type"] == kind), None)


def _not_yet(reason: str) -> Readiness:
    return Readiness(ready=False, reason=reason)


def _never(reason: str) -> Readiness:
    return Readiness(ready=False, failed=True, reason=reason)
