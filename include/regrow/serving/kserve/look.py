"""One look at a slot: everything that the cluster says about it, read at one time."""

from __future__ import annotations

from datetime import UTC, datetime

from regrow.cluster.kinds import DEPLOYMENT, INFERENCE_SERVICE
from regrow.cluster.port import Cluster
from regrow.serving.kserve import names
from regrow.serving.kserve.counters import slot_pods
from regrow.serving.kserve.readiness import Seen
from regrow.serving.port import Served


def look(cluster: Cluster, namespace: str, served: Served) -> Seen:
    model, slot = served.model, served.slot
    return Seen(
        inference_service=cluster.get(INFERENCE_SERVICE, names.inference_service(model, slot), namespace),
        deployment=cluster.get(DEPLOYMENT, names.predictor(model, slot), namespace),
        pods=slot_pods(cluster, namespace, model, slot),
        now=datetime.now(UTC),
    )
