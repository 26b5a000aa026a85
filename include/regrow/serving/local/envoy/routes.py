"""The routes: each model's addresses to its slots, by weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regrow.rollout.traffic import TrafficPlan
from regrow.serving.local.envoy.naming import PLAN, ROUTES, cluster, versioned

ROUTE_CONFIGURATION = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
PROBE = "x-regrow-probe"
TIMEOUT = 15
"""Seconds of one request; a drain never has to wait longer."""


def routes_document(plans: Iterable[TrafficPlan]) -> dict[str, Any]:
    routes = [route for plan in sorted(plans, key=lambda plan: plan.model) for route in _routes(plan)]
    host = {"name": ROUTES, "domains": ["*"], "routes": [*routes, _nothing_here()]}
    configuration: dict[str, object] = {
        "@type": ROUTE_CONFIGURATION,
        "name": ROUTES,
        # Else a route to a cluster that is not there would be taken, and answer 503.
        "validate_clusters": True,
        # A caller's request is never a probe: probes are not captured.
        "request_headers_to_remove": [PROBE],
        "virtual_hosts": [host],
    }
    return versioned([configuration])


def _routes(plan: TrafficPlan) -> list[dict[str, Any]]:
    name = plan.model
    # The model's own address, what lies below it, and V1's verb after a colon: never another model with this beginning.
    matches = (
        {"path_separated_prefix": f"/v2/models/{name}"},
        {"path_separated_prefix": f"/v1/models/{name}"},
        {"path": f"/v1/models/{name}:predict"},
    )
    return [_route(plan, match, f"{name} {number}") for number, match in enumerate(matches)]


def _route(plan: TrafficPlan, match: dict[str, str], name: str) -> dict[str, Any]:
    # In the slots' order, whatever the plan's: where shares move, the same requests move.
    arms = sorted((arm for arm in plan.arms if arm.weight > 0), key=lambda arm: arm.slot)
    return {
        "name": name,
        "match": match,
        "metadata": {"filter_metadata": {PLAN: {"model": plan.model, "version": plan.version}}},
        "route": {
            "weighted_clusters": {
                "clusters": [{"name": cluster(plan.model, arm.slot), "weight": arm.weight} for arm in arms]
            },
            "timeout": f"{TIMEOUT}s",
            # Only what never reached the model is sent again: a request is predicted once.
            "retry_policy": {"retry_on": "connect-failure,refused-stream,reset-before-request", "num_retries": 2},
        },
    }


def _nothing_here() -> dict[str, Any]:
    body = '{"error":"no model is served at this address","code":"not_found"}'
    return {
        "name": "nothing",
        "match": {"prefix": "/"},
        "direct_response": {"status": 404, "body": {"inline_string": body}},
        "response_headers_to_add": [
            {
                "header": {"key": "content-type", "value": "application/json"},
                "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
            }
        ],
    }
