"""Is the cluster fit to run steps and to serve? Asked only where the settings say that it does."""

from __future__ import annotations

from collections.abc import Callable

from regrow.errors import RegrowError
from regrow.platform.finding import Finding
from regrow.settings import Settings


def checks(settings: Settings) -> tuple[Callable[[Settings], Finding], ...]:
    pods = (step_pods,) if settings.runner == "kubernetes" else ()
    return (*pods, kserve) if settings.serving_backend == "kserve" else pods


def step_pods(settings: Settings) -> Finding:
    from regrow.cluster.kinds import POD
    from regrow.cluster.open import open_cluster
    from regrow.steps.pods.pod import MANAGED

    asked = settings.kubernetes
    fix = f"kubectl apply --server-side -k k8s/base; kubectl -n {asked.namespace} get pods"
    try:
        running = len(open_cluster(asked.context).list(POD, asked.namespace, MANAGED))
    except RegrowError as error:
        return Finding(name="pods", ok=False, told=error.sentence, fix=fix)
    told = f"{running} of steps in namespace {asked.namespace}; their image is {asked.image}"
    return Finding(name="pods", ok=True, told=told, fix=fix)


def kserve(settings: Settings) -> Finding:
    from regrow.serving.open import check_serving

    fix = "kubectl apply --server-side -k k8s/kserve"
    try:
        check_serving(settings)
    except RegrowError as error:
        return Finding(name="kserve", ok=False, told=error.sentence, fix=fix)
    told = f"namespace {settings.kserve.namespace}, behind Gateway {settings.kserve.gateway}"
    return Finding(name="kserve", ok=True, told=told, fix=fix)
