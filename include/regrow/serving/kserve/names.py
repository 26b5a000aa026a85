"""What things are called in the cluster: the one place that knows KServe's way to name them."""

from __future__ import annotations

import re

from regrow.errors import UsageError
from regrow.rollout.traffic import Slot

MODEL = "regrow.dev/model"
SLOT = "regrow.dev/slot"
VERSION = "regrow.dev/version"
ARTIFACT = "regrow.dev/artifact"
PLAN = "regrow.dev/plan"

DEPLOYMENT_MODE = "serving.kserve.io/deploymentMode"
AUTOSCALER = "serving.kserve.io/autoscalerClass"
VISIBILITY = "networking.kserve.io/visibility"
SERVICE_OF_POD = "serving.kserve.io/inferenceservice"
"""The label that KServe gives pods: the name of their InferenceService."""
SOURCE = "internal.serving.kserve.io/storage-initializer-sourceuri"
"""The annotation of a pod template: what its storage initializer brings."""

MAIN_CONTAINER = "kserve-container"
BRINGS = "storage-initializer"
"""The init container that brings the model's files."""
PORT = 80
"""Of the Service that KServe makes."""
CONTAINER_PORT = 8080
"""Of the predictor itself."""

LONGEST = 46
"""Characters of a model's name: KServe makes the label `isvc.NAME-a-predictor` of it, and labels have 63."""
_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


def inference_service(model: str, slot: Slot) -> str:
    """Raises UsageError for a name that Kubernetes has no room for."""
    if _NAME.fullmatch(model) is None or len(model) > LONGEST:
        raise UsageError(
            f"a model named {model!r} cannot be served on KServe: lower case letters, digits and dashes, a letter "
            f"first, at most {LONGEST} characters; it has {len(model)}"
        )
    return f"{model}-{slot}"


def predictor(model: str, slot: Slot) -> str:
    """The Deployment and the Service that KServe makes."""
    return f"{inference_service(model, slot)}-predictor"


def endpoint(model: str, slot: Slot, namespace: str) -> str:
    return f"{predictor(model, slot)}.{namespace}.svc:{PORT}"


def service_of(endpoint: str) -> tuple[str, int]:
    """Name and port of the Service that an endpoint is."""
    host, _, port = endpoint.rpartition(":")
    return host.partition(".")[0], int(port)
