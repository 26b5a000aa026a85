"""Which of KServe's modes, and what a cluster has to have first."""

from __future__ import annotations

import json

import pytest

from regrow.cluster import kinds
from regrow.cluster.kinds import CONFIG_MAP, GATEWAY, KNATIVE_SERVICE, SERVING_RUNTIME, STORAGE_CONTAINER
from regrow.cluster.memory import KINDS, MemoryCluster
from regrow.errors import Refused
from regrow.serving.kserve.open import lacks, mode
from regrow.settings import KServeSettings
from support.kserve_twin import KServeTwin

SETTINGS = KServeSettings()
WITHOUT_KNATIVE = tuple(kind for kind in KINDS if kind != KNATIVE_SERVICE)


def a_cluster(default: str = "", known: tuple[kinds.Kind, ...] = KINDS) -> MemoryCluster:
    found = MemoryCluster(known, namespaces=["kserve"])
    if default:
        data = {"deploy": json.dumps({"defaultDeploymentMode": default})}
        found.create(CONFIG_MAP, {"metadata": {"name": "inferenceservice-config", "namespace": "kserve"}, "data": data})
    return found


@pytest.mark.parametrize(
    ("wanted", "cluster", "chosen"),
    [
        ("auto", a_cluster("Knative"), "knative"),
        ("auto", a_cluster("Serverless"), "knative"),
        ("auto", a_cluster("Standard"), "standard"),
        ("auto", a_cluster(), "standard"),
        ("auto", a_cluster("Knative", WITHOUT_KNATIVE), "standard"),
        ("standard", a_cluster("Knative"), "standard"),
        ("knative", a_cluster("Standard"), "knative"),
    ],
)
def test_the_mode_is_what_the_settings_say_or_else_what_kserve_does_and_can(
    wanted: str, cluster: MemoryCluster, chosen: str
) -> None:
    assert mode(cluster, SETTINGS.model_copy(update={"mode": wanted})) == chosen


def test_knative_that_is_asked_for_and_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="does not know Knative's Services; install Knative Serving"):
        mode(a_cluster(known=WITHOUT_KNATIVE), SETTINGS.model_copy(update={"mode": "knative"}))


def test_a_configuration_that_may_not_be_read_says_nothing() -> None:
    class Closed(MemoryCluster):
        def get(self, kind: kinds.Kind, name: str, namespace: str = "") -> None:
            raise Refused("the cluster refuses configmaps")

    assert mode(Closed(), SETTINGS) == "standard"


def test_all_that_is_missing_is_told_at_once_with_what_makes_it() -> None:
    assert lacks(MemoryCluster(()), SETTINGS, "standard") == (
        "it does not know InferenceServices: install KServe 0.20",
    )
    cluster = MemoryCluster(tuple(kind for kind in KINDS if kind != kinds.HTTP_ROUTE))
    assert lacks(cluster, SETTINGS, "standard") == (
        "there is no ServingRuntime regrow-serving/regrow-predictor: `kubectl apply -k k8s/kserve` makes it",
        "there is no ClusterStorageContainer regrow: `kubectl apply -k k8s/kserve` makes it",
        "it does not know HTTPRoutes: install a Gateway API implementation, such as Envoy Gateway 1.9",
    )
    assert len(lacks(cluster, SETTINGS, "knative")) == 2


def test_a_gateway_has_to_be_there_and_programmed() -> None:
    twin = KServeTwin()
    meta = {"name": "regrow-predictor", "namespace": "regrow-serving"}
    twin.cluster.create(SERVING_RUNTIME, {"metadata": meta})
    twin.cluster.create(STORAGE_CONTAINER, {"metadata": {"name": "regrow"}})
    assert lacks(twin.cluster, SETTINGS, "standard") == ()
    pending = [{"type": "Programmed", "status": "False", "message": "no addresses"}]
    twin.cluster.happen(GATEWAY, "regrow", "regrow-gateway", status={"conditions": pending})
    assert lacks(twin.cluster, SETTINGS, "standard") == (
        "the Gateway regrow-gateway/regrow is not programmed: no addresses",
    )
    twin.cluster.delete(GATEWAY, "regrow", "regrow-gateway")
    assert lacks(twin.cluster, SETTINGS, "standard") == (
        "there is no Gateway regrow-gateway/regrow: `kubectl apply -k k8s/kserve` makes it",
    )
