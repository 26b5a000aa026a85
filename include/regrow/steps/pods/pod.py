"""The pod that runs a batch of requests: a manifest that the restricted Pod Security Standard admits. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from regrow.cluster.port import Object
from regrow.frozen import canonical, digest
from regrow.settings import KubernetesSettings
from regrow.spec.model import Pods
from regrow.steps.contract import StepRequest
from regrow.steps.pods.reading import CONTAINER
from regrow.steps.process_runner import SINGLE_THREADED

MANAGED = {"app.kubernetes.io/name": "regrow-step", "app.kubernetes.io/managed-by": "regrow"}
RUN, ATTEMPT = "regrow.dev/run", "regrow.dev/attempt"
USER = 65532
GRACE_SECONDS = 60.0
"""From a pod's start to its first step: image, interpreter, imports."""
ENDING_SECONDS = 15
"""A step that is told to end does so within a few seconds."""
AWAY_SECONDS = 60
"""So long may a node be silent before its pods are given up. Kubernetes' own five minutes are for services."""
RESULT_FILE = "/dev/termination-log"
LABEL = 63


def manifest(requests: Sequence[StepRequest], batch: str, settings: KubernetesSettings, attempt: int = 1) -> Object:
    """The pod of these requests, of one pipeline and run; `batch` is the digest of their artifact."""
    first, pods = requests[0], wishes(requests[0])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod_name(requests),
            "namespace": settings.namespace,
            "labels": labels_of_run(first.run_id) | _labels(requests),
            "annotations": _annotations(requests, batch, attempt),
        },
        "spec": {
            "restartPolicy": "Never",
            "activeDeadlineSeconds": math.ceil(deadline_seconds(requests, settings)),
            "terminationGracePeriodSeconds": ENDING_SECONDS,
            "serviceAccountName": pods.service_account or settings.service_account,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": USER,
                "runAsGroup": USER,
                "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [_container(requests, batch, pods, settings)],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
            "nodeSelector": dict(pods.node_selector),
            "tolerations": [one.model_dump(exclude_none=True) for one in pods.tolerations] + _silence(),
            **({"priorityClassName": pods.priority_class} if pods.priority_class else {}),
        },
    }


def wishes(request: StepRequest) -> Pods:
    """The spec's `pods`, as the request carries them: JSON, whose lists a strict model takes only as JSON."""
    return Pods.model_validate_json(canonical(request.pods))


def pod_name(requests: Sequence[StepRequest]) -> str:
    """The same for the same steps of the same run, so that a second start finds the first."""
    first = requests[0]
    who = digest(
        {"run": first.run_id, "steps": [one.fingerprint or digest(one.canonical().decode()) for one in requests]}
    )
    return f"{first.pipeline[:34].rstrip('-')}-{first.kind}-{who[:16]}"


def labels_of_run(run_id: str) -> dict[str, str]:
    """What all pods of a run share: how they are found again."""
    return {**MANAGED, RUN: digest(run_id)[:16]}


def deadline_seconds(requests: Sequence[StepRequest], settings: KubernetesSettings) -> float:
    """The sum of the steps' limits and the time to start; where a step has none, at least the setting."""
    limits = sum(request.timeout_seconds for request in requests) + GRACE_SECONDS
    return limits if all(request.timeout_seconds for request in requests) else max(limits, settings.deadline_seconds)


def _labels(requests: Sequence[StepRequest]) -> dict[str, str]:
    first = requests[0]
    step = first.step if len(requests) == 1 else f"{first.kind} x{len(requests)}"
    found = {"pipeline": first.pipeline, "kind": first.kind, "step": step, "fingerprint": first.fingerprint[:16]}
    return {f"regrow.dev/{name}": _safe(value) for name, value in found.items()}


def _annotations(requests: Sequence[StepRequest], batch: str, attempt: int) -> dict[str, str]:
    first = requests[0]
    return {
        RUN: first.run_id,
        ATTEMPT: str(attempt),
        "regrow.dev/batch": batch,
        "regrow.dev/step": ", ".join(request.step for request in requests),
        "regrow.dev/fingerprint": ", ".join(request.fingerprint for request in requests),
    }


def _container(requests: Sequence[StepRequest], batch: str, pods: Pods, settings: KubernetesSettings) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": settings.image,
        "imagePullPolicy": settings.image_pull_policy,
        "command": ["python", "-m", "regrow", "step", f"store:{batch}"],
        "env": [{"name": name, "value": value} for name, value in sorted(_variables(settings).items())],
        "envFrom": [{"secretRef": {"name": settings.secret}}],
        "resources": _resources(requests[0].kind, pods),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "terminationMessagePath": RESULT_FILE,
        "terminationMessagePolicy": "File",
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    }


def _variables(settings: KubernetesSettings) -> dict[str, str]:
    digest_of_image = settings.image.partition("@")[2]
    return {
        **SINGLE_THREADED,
        "PYTHONHASHSEED": "0",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "REGROW_HOME": "/tmp/regrow",
        "REGROW_RESULT_FILE": RESULT_FILE,
        **({"REGROW_IMAGE_DIGEST": digest_of_image} if digest_of_image else {}),
    }


def _resources(kind: str, pods: Pods) -> dict[str, dict[str, str]]:
    """Only a trial can use a GPU. The processor has no limit: a step that is alone on its node may have all of it."""
    gpu = {pods.gpu_resource: str(pods.gpu)} if pods.gpu and kind == "trial" else {}
    return {"requests": {"cpu": pods.cpu, "memory": pods.memory}, "limits": {"memory": pods.memory, **gpu}}


def _silence() -> list[dict[str, Any]]:
    return [
        {
            "key": f"node.kubernetes.io/{what}",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": AWAY_SECONDS,
        }
        for what in ("not-ready", "unreachable")
    ]


def _safe(text: str) -> str:
    """As much of the text as a label's value may hold."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:LABEL].strip("-_.")
