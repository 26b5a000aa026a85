"""A traffic plan as a Gateway API HTTPRoute, and back. Pure.

One route for each model, ours alone: KServe's own would be put back by its controller whenever we changed it.
"""

from __future__ import annotations

from regrow.cluster.port import Object
from regrow.frozen import canonical
from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.kserve import names
from regrow.settings import KServeSettings

PLAN_HEADER = "x-regrow-plan"
"""Of every answer: the version of the plan that routed it, so that the data plane itself can be asked."""
PROBE_HEADER = "x-regrow-probe"
"""Taken off requests: what callers get is captured and counted."""


def http_route(settings: KServeSettings, plan: TrafficPlan, *, override_header: str | None = None) -> Object:
    """`override_header`: requests whose header of this name is an arm's version go to that arm, whatever its share."""
    namespace, gateway = settings.gateway.split("/", 1)
    weighted = _rule(plan, _matches(plan.model), [_backend(arm) for arm in plan.arms])
    overrides = [
        _rule(plan, _matches(plan.model, override_header, arm.version), [{**_backend(arm), "weight": 1}])
        for arm in plan.arms
        if override_header
    ]
    return {
        "metadata": {
            "name": plan.model,
            "namespace": settings.namespace,
            "labels": {names.MODEL: plan.model},
            "annotations": {names.PLAN: canonical(plan.model_dump(mode="json")).decode()},
        },
        "spec": {
            "parentRefs": [
                {
                    "group": "gateway.networking.k8s.io",
                    "kind": "Gateway",
                    "namespace": namespace,
                    "name": gateway,
                }
            ],
            "rules": [*overrides, weighted],
        },
    }


def plan_of(route: Object) -> TrafficPlan | None:
    """The plan that the route was made of; None where somebody else made it."""
    text = route["metadata"].get("annotations", {}).get(names.PLAN)
    return None if text is None else TrafficPlan.model_validate_json(text)


def accepted(route: Object) -> bool:
    """Every Gateway has taken this very generation of the route, and found its Services."""
    generation = route["metadata"]["generation"]
    parents = route.get("status", {}).get("parents", [])
    return bool(parents) and all(_holds(parent, generation) for parent in parents)


def refusal(route: Object) -> str:
    """What the Gateway says against it; empty where it says nothing."""
    conditions = [one for parent in route.get("status", {}).get("parents", []) for one in parent.get("conditions", [])]
    told = (f"{one['type']}: {one.get('message', '')}" for one in conditions if one["status"] == "False")
    return "; ".join(told)


def _holds(parent: Object, generation: int) -> bool:
    true = {
        one["type"]
        for one in parent.get("conditions", [])
        if one["status"] == "True" and one.get("observedGeneration") == generation
    }
    return {"Accepted", "ResolvedRefs"} <= true


def _matches(model: str, header: str | None = None, value: str = "") -> list[Object]:
    """A prefix matches whole parts of a path, so that V1's `NAME:predict` has to be written out."""
    paths = (("Exact", f"/v1/models/{model}"), ("Exact", f"/v1/models/{model}:predict"), ("PathPrefix", _v2(model)))
    headers = {"headers": [{"type": "Exact", "name": header, "value": value}]} if header else {}
    return [{"path": {"type": kind, "value": path}, **headers} for kind, path in paths]


def _v2(model: str) -> str:
    return f"/v2/models/{model}"


def _rule(plan: TrafficPlan, matches: list[Object], backends: list[Object]) -> Object:
    told = {"set": [{"name": PLAN_HEADER, "value": str(plan.version)}]}
    return {
        "matches": matches,
        "filters": [
            {"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": [PROBE_HEADER]}},
            {"type": "ResponseHeaderModifier", "responseHeaderModifier": told},
        ],
        "backendRefs": backends,
    }


def _backend(arm: Arm) -> Object:
    """A weight left out would be 1."""
    service, port = names.service_of(arm.endpoint)
    return {"group": "", "kind": "Service", "name": service, "port": port, "weight": arm.weight}
