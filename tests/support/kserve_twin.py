"""What KServe, Kubernetes, a gateway and the predictors do, over a cluster in memory: one step at a time."""

from __future__ import annotations

from typing import Any

from regrow.cluster.kinds import DEPLOYMENT, GATEWAY, HTTP_ROUTE, INFERENCE_SERVICE, POD
from regrow.cluster.memory import MemoryCluster
from regrow.cluster.port import Object, Response
from regrow.serving.kserve import names
from regrow.serving.kserve.route import PLAN_HEADER
from regrow.settings import KServeSettings

SETTINGS = KServeSettings()


class KServeTwin:
    def __init__(self, settings: KServeSettings = SETTINGS) -> None:
        self.settings = settings
        self.gateway_namespace, self.gateway = settings.gateway.split("/")
        self.cluster = MemoryCluster(namespaces=[settings.namespace, self.gateway_namespace, "kserve"])
        self.cluster.answers = self.answer
        self.served: dict[str, int] = {}
        """Requests by pod."""
        self.asked: list[tuple[str, str]] = []
        self._listen()

    def step(self) -> None:
        """Everything that controllers would do by now."""
        wanted = {item["metadata"]["name"]: item for item in self.cluster.list(INFERENCE_SERVICE)}
        for name, item in wanted.items():
            self._deployment(name, item)
        for kind in (DEPLOYMENT, POD):
            for item in self.cluster.list(kind, self.settings.namespace):
                if item["metadata"]["labels"][names.SERVICE_OF_POD] not in wanted:
                    self.cluster.delete(kind, item["metadata"]["name"], self.settings.namespace)
        for route in self.cluster.list(HTTP_ROUTE):
            self._accept(route)

    def answer(self, namespace: str, target: str, path: str, body: bytes | None) -> Response:
        self.asked.append((target, path))
        kind, _, rest = target.partition("/")
        name = rest.partition(":")[0]
        if kind == "pods":
            text = f"regrow_served_total {self.served.get(name, 0)}.0\nregrow_in_flight 0.0\n"
            return Response(status=200, headers={}, body=text.encode())
        found = self.cluster.get(DEPLOYMENT, name, namespace)
        if found is None:
            return Response(status=503, headers={}, body=b"no endpoints available")
        version = found["spec"]["template"]["metadata"]["annotations"][names.VERSION]
        return Response(status=200, headers={"x-served-version": version}, body=b"{}")

    def ask(self, address: str) -> str:
        """The plan as an answer through the gateway names it."""
        model = address.rpartition("/")[2]
        route = self.cluster.get(HTTP_ROUTE, model, self.settings.namespace)
        if route is None:
            return ""
        filters = route["spec"]["rules"][-1]["filters"]
        told = filters[1]["responseHeaderModifier"]["set"][0]
        assert told["name"] == PLAN_HEADER
        return str(told["value"])

    def send(self, model: str) -> None:
        """One request of a caller, to the first arm that has a share."""
        route = self.cluster.get(HTTP_ROUTE, model, self.settings.namespace)
        assert route is not None
        backend = next(one for one in route["spec"]["rules"][-1]["backendRefs"] if one["weight"] > 0)
        pod = f"{backend['name']}-0"
        self.served[pod] = self.served.get(pod, 0) + 1

    def _listen(self) -> None:
        meta = {"name": self.gateway, "namespace": self.gateway_namespace}
        self.cluster.create(
            GATEWAY, {"metadata": meta, "spec": {"listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}}
        )
        status: dict[str, Any] = {
            "addresses": [{"type": "IPAddress", "value": "10.1.2.3"}],
            "conditions": [{"type": "Programmed", "status": "True"}],
        }
        self.cluster.happen(GATEWAY, self.gateway, self.gateway_namespace, status=status)

    def _deployment(self, name: str, item: Object) -> None:
        called, namespace = f"{name}-predictor", self.settings.namespace
        predictor = item["spec"]["predictor"]
        labels = {**item["metadata"]["labels"], names.SERVICE_OF_POD: name}
        annotations = {**item["metadata"]["annotations"], names.SOURCE: predictor["model"]["storageUri"]}
        template = {"metadata": {"labels": labels, "annotations": annotations}}
        if self.cluster.get(DEPLOYMENT, called, namespace) is None:
            meta = {"name": called, "namespace": namespace, "labels": labels}
            self.cluster.create(DEPLOYMENT, {"metadata": meta, "spec": {"replicas": 1, "template": template}})
        replicas = predictor["minReplicas"]
        found = self.cluster.happen(DEPLOYMENT, called, namespace, spec={"replicas": replicas, "template": template})
        counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), replicas)
        status = {"observedGeneration": found["metadata"]["generation"], **counts}
        self.cluster.happen(DEPLOYMENT, called, namespace, status=status)
        for number in range(replicas):
            self._pod(f"{called}-{number}", labels, annotations)
        self.cluster.happen(
            INFERENCE_SERVICE, name, namespace, status={"modelStatus": {"transitionStatus": "UpToDate"}}
        )

    def _pod(self, name: str, labels: dict[str, str], annotations: dict[str, str]) -> None:
        namespace = self.settings.namespace
        if self.cluster.get(POD, name, namespace) is None:
            self.cluster.create(POD, {"metadata": {"name": name, "namespace": namespace, "labels": labels}})
        status = {"conditions": [{"type": "Ready", "status": "True"}]}
        self.cluster.happen(POD, name, namespace, metadata={"annotations": annotations}, status=status)

    def _accept(self, route: Object) -> None:
        generation = route["metadata"]["generation"]
        conditions = [
            {"type": kind, "status": "True", "observedGeneration": generation} for kind in ("Accepted", "ResolvedRefs")
        ]
        name, namespace = route["metadata"]["name"], route["metadata"]["namespace"]
        self.cluster.happen(HTTP_ROUTE, name, namespace, status={"parents": [{"conditions": conditions}]})
