"""The lab as the place where the whole example is played: pods, S3, PostgreSQL, MLflow, KServe, one of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from lab.node.facts import Facts
from lab.product_images import ensure
from lab.serving_place import ServingPlace, serving_place
from lab.steps_place import fresh_ledger, prepare
from regrow.settings import KubernetesSettings

MODEL = "flights-delay"


@dataclass(frozen=True)
class ExamplePlace:
    facts: Facts
    serving: ServingPlace
    environment: Mapping[str, str]


@contextmanager
def example_place(facts: Facts) -> Iterator[ExamplePlace]:
    """KUBECONFIG has to be the lab's. The ledger is a new one; the store is the one that predictors fetch from."""
    ensure(["trainer"])
    serving = serving_place(facts)
    with fresh_ledger(facts) as ledger:
        environment = {
            **serving.environment(),
            "KUBECONFIG": facts.kubeconfig,
            "REGROW_RUNNER": "kubernetes",
            "REGROW_LEDGER_URL": ledger,
            "REGROW_MLFLOW_URL": str(facts.mlflow),
            "AIRFLOW_CONN_KUBERNETES_DEFAULT": _connection(facts),
        }
        shared = {
            name: value
            for name, value in environment.items()
            if name.startswith(("REGROW_LEDGER", "REGROW_STORE", "REGROW_S3"))
        }
        prepare(serving.cluster, KubernetesSettings(), shared)
        serving.clear(MODEL)
        yield ExamplePlace(facts, serving, environment)
        serving.clear(MODEL)


def _connection(facts: Facts) -> str:
    extra = {"kube_config_path": facts.kubeconfig, "namespace": KubernetesSettings().namespace}
    return json.dumps({"conn_type": "kubernetes", "extra": extra})
