"""One slot's InferenceService, and back. Pure.

KServe copies every label and annotation of it into the pods' template: after it is made only its size may change, or
the copies that were tested would be replaced. Its own autoscaler holds the size while least and most are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from regrow.cluster.port import Object
from regrow.rollout.traffic import Slot
from regrow.serving.bring import storage_uri
from regrow.serving.kserve import names
from regrow.serving.port import Served
from regrow.settings import KServeSettings

CPU_PERCENT, MEMORY_PERCENT = 70, 80
"""Of what a replica asks for; above this another one is started."""
LINGER_SECONDS = "3"
"""A gateway learns this late that a pod ends; until then its requests are still answered."""


POD = {
    "serviceAccountName": "regrow-server",
    "automountServiceAccountToken": False,
    "priorityClassName": "regrow-serving",
}
"""An account without any rights, and what goes before steps where room is scarce; k8s/base makes both."""


@dataclass(frozen=True)
class Size:
    least: int
    most: int


def held(settings: KServeSettings) -> Size:
    """Of an arm while a rollout goes on."""
    return Size(settings.replicas, settings.replicas)


def free(settings: KServeSettings) -> Size:
    """Of the champion afterwards."""
    return Size(settings.replicas, max(settings.replicas, settings.max_replicas))


def inference_service(settings: KServeSettings, served: Served) -> Object:
    """What is applied to have the version served in its slot, with the size held."""
    size = held(settings)
    return {
        "metadata": {
            "name": names.inference_service(served.model, served.slot),
            "namespace": settings.namespace,
            "labels": {
                names.MODEL: served.model,
                names.SLOT: served.slot,
                # No route of KServe's own: callers come by ours.
                names.VISIBILITY: "cluster-local",
            },
            "annotations": {
                names.VERSION: served.version,
                names.ARTIFACT: served.artifact,
                names.DEPLOYMENT_MODE: "Standard",
                names.AUTOSCALER: "hpa",
            },
        },
        "spec": {
            "predictor": {
                "minReplicas": size.least,
                "maxReplicas": size.most,
                "autoScaling": {"metrics": [_utilization("cpu", CPU_PERCENT), _utilization("memory", MEMORY_PERCENT)]},
                **POD,
                "model": model(settings, served),
            }
        },
    }


def model(settings: KServeSettings, served: Served) -> Object:
    """The container that serves, as both of KServe's modes take it."""
    told = {"MODEL": served.model, "VERSION": served.version, "SLOT": served.slot, "LINGER": LINGER_SECONDS}
    return {
        "modelFormat": {"name": "regrow"},
        "runtime": settings.runtime,
        "storageUri": storage_uri(served.artifact),
        "protocolVersion": "v2",
        "env": [{"name": f"REGROW_PREDICTOR_{name}", "value": value} for name, value in told.items()],
        "resources": {
            "requests": {"cpu": settings.cpu, "memory": settings.memory},
            "limits": {"memory": settings.memory},
        },
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def resized(found: Object, size: Size) -> Object | None:
    """The live object with another size and nothing else changed; None where it has that size."""
    predictor = found["spec"]["predictor"]
    if Size(predictor.get("minReplicas", 1), predictor.get("maxReplicas", 0)) == size:
        return None
    kept = {name: found["metadata"][name] for name in ("name", "namespace", "labels", "annotations")}
    changed = {**predictor, "minReplicas": size.least, "maxReplicas": size.most}
    return {"metadata": kept, "spec": {**found["spec"], "predictor": changed}}


def served_by(found: Object) -> Served | None:
    """What the InferenceService serves; None where it is not ours, or being deleted."""
    metadata = found["metadata"]
    labels, annotations = metadata.get("labels", {}), metadata.get("annotations", {})
    if not {names.MODEL, names.SLOT} <= labels.keys() or not {names.VERSION, names.ARTIFACT} <= annotations.keys():
        return None
    if "deletionTimestamp" in metadata:
        return None
    name, slot = labels[names.MODEL], cast(Slot, labels[names.SLOT])
    return Served(
        model=name,
        slot=slot,
        version=annotations[names.VERSION],
        artifact=annotations[names.ARTIFACT],
        endpoint=names.endpoint(name, slot, metadata["namespace"]),
    )


def _utilization(resource: str, percent: int) -> Object:
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": resource, "target": target}}
