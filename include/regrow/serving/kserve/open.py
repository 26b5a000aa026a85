"""Serving on KServe as the settings and the cluster have it, and whether the cluster has all that it takes."""

from __future__ import annotations

import json
from typing import Literal

from regrow.cluster.kinds import (
    CONFIG_MAP,
    GATEWAY,
    HTTP_ROUTE,
    INFERENCE_SERVICE,
    KNATIVE_SERVICE,
    SERVING_RUNTIME,
    STORAGE_CONTAINER,
)
from regrow.cluster.open import open_cluster
from regrow.cluster.port import Cluster, Object
from regrow.errors import Refused
from regrow.serving.kserve.deployer import KServeDeployer
from regrow.serving.kserve.knative_deployer import KnativeDeployer, revision_ready
from regrow.serving.kserve.knative_router import KnativeRouter
from regrow.serving.kserve.look import look
from regrow.serving.kserve.readiness import lacking
from regrow.serving.kserve.router import HttpRouteRouter
from regrow.serving.port import Deployer, Readiness, Router, Served
from regrow.settings import KServeSettings
from regrow.store.port import Store

Mode = Literal["standard", "knative"]
STORAGE = "regrow"
"""The ClusterStorageContainer that brings regrow:// addresses."""
CONFIGURATION = ("inferenceservice-config", "kserve")


def kserve_deployer(settings: KServeSettings, store: Store) -> Deployer:
    cluster = open_cluster(settings.context)
    kind = KServeDeployer if mode(cluster, settings) == "standard" else KnativeDeployer
    return kind(cluster, settings, store)


def kserve_router(settings: KServeSettings) -> Router:
    cluster = open_cluster(settings.context)
    return (HttpRouteRouter if mode(cluster, settings) == "standard" else KnativeRouter)(cluster, settings)


def still_lacks(settings: KServeSettings, served: Served) -> Readiness | None:
    """What the slot lacks before a prediction may be asked of it: a question that needs no store. None: nothing."""
    cluster = open_cluster(settings.context)
    if mode(cluster, settings) == "standard":
        return lacking(served, look(cluster, settings.namespace, served))
    found = revision_ready(cluster, settings, served)
    return None if found.ready else found


def check(settings: KServeSettings) -> None:
    """The counterpart of starting a data plane: it runs already, or this says what to do. Raises Refused."""
    cluster = open_cluster(settings.context)
    found = lacks(cluster, settings, mode(cluster, settings))
    if found:
        raise Refused(f"this cluster cannot serve yet: {'; '.join(found)}")


def mode(cluster: Cluster, settings: KServeSettings) -> Mode:
    """Raises Refused where Knative is asked for and not there."""
    knative = settings.mode != "standard" and cluster.serves(KNATIVE_SERVICE)
    if settings.mode == "knative" and not knative:
        raise Refused(
            "REGROW_KSERVE__MODE is knative, and this cluster does not know Knative's Services; install Knative "
            "Serving, or set it to standard"
        )
    if settings.mode == "auto":
        knative = knative and _default_mode(cluster) in ("Knative", "Serverless")
    return "knative" if knative else "standard"


def lacks(cluster: Cluster, settings: KServeSettings, mode: Mode) -> tuple[str, ...]:
    """What the cluster has to have first, one sentence each."""
    if not cluster.serves(INFERENCE_SERVICE):
        return ("it does not know InferenceServices: install KServe 0.20",)
    apply = "`kubectl apply -k k8s/kserve` makes it"
    found: list[str] = []
    if cluster.get(SERVING_RUNTIME, settings.runtime, settings.namespace) is None:
        found.append(f"there is no ServingRuntime {settings.namespace}/{settings.runtime}: {apply}")
    if cluster.get(STORAGE_CONTAINER, STORAGE) is None:
        found.append(f"there is no ClusterStorageContainer {STORAGE}: {apply}")
    if mode == "standard":
        found += _lacking_gateway(cluster, settings)
    return tuple(found)


def _lacking_gateway(cluster: Cluster, settings: KServeSettings) -> list[str]:
    if not cluster.serves(HTTP_ROUTE):
        return ["it does not know HTTPRoutes: install a Gateway API implementation, such as Envoy Gateway 1.9"]
    namespace, name = settings.gateway.split("/", 1)
    gateway = cluster.get(GATEWAY, name, namespace)
    if gateway is None:
        return [f"there is no Gateway {settings.gateway}: `kubectl apply -k k8s/kserve` makes it"]
    programmed = _condition(gateway, "Programmed")
    if programmed is None or programmed["status"] != "True":
        told = (programmed or {}).get("message") or "no controller has taken it"
        return [f"the Gateway {settings.gateway} is not programmed: {told}"]
    return []


def _default_mode(cluster: Cluster) -> str:
    """What KServe itself does where nothing is said; empty where it may not be read."""
    try:
        found = cluster.get(CONFIG_MAP, *CONFIGURATION)
    except Refused:
        return ""
    text = (found or {}).get("data", {}).get("deploy", "{}")
    return str(json.loads(text).get("defaultDeploymentMode", ""))


def _condition(item: Object, kind: str) -> Object | None:
    conditions = item.get("status", {}).get("conditions", [])
    return next((found for found in conditions if found["type"] == kind), None)
