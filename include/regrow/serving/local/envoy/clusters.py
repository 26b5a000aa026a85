"""The clusters: two per model, for slot a and slot b, always both.

A slot that nothing runs in is a cluster without endpoints. So routes never name a cluster that is not there, and a
slot's counters live as long as Envoy does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regrow.rollout.traffic import Arm, TrafficPlan
from regrow.serving.local.envoy.naming import SLOTS, cluster, versioned

CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
HTTP_OPTIONS = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def clusters_document(plans: Iterable[TrafficPlan]) -> dict[str, Any]:
    resources: list[dict[str, Any]] = []
    for plan in sorted(plans, key=lambda plan: plan.model):
        arms = {arm.slot: arm for arm in plan.arms}
        resources.extend(_cluster(cluster(plan.model, slot), arms.get(slot)) for slot in SLOTS)
    return versioned(resources)


def _cluster(name: str, arm: Arm | None) -> dict[str, Any]:
    return {
        "@type": CLUSTER,
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        # One endpoint: what Envoy takes out has to be out, not brought back by the panic threshold.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "load_assignment": {"cluster_name": name, "endpoints": [] if arm is None else [_endpoint(arm.endpoint)]},
        "health_checks": [] if arm is None else [_health_check()],
        "outlier_detection": {
            "consecutive_5xx": 10,
            "consecutive_gateway_failure": 3,
            "interval": "1s",
            "base_ejection_time": "2s",
            "max_ejection_percent": 100,
        },
        "circuit_breakers": {
            "thresholds": [{"max_connections": 256, "max_pending_requests": 1024, "max_requests": 1024}]
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": HTTP_OPTIONS,
                "explicit_http_config": {"http_protocol_options": {}},
                # Shorter than the predictor's own 75 s: a connection is never closed under a request.
                "common_http_protocol_options": {"idle_timeout": "30s"},
            }
        },
    }


def _endpoint(endpoint: str) -> dict[str, Any]:
    host, _, port = endpoint.rpartition(":")
    address = {"socket_address": {"address": host, "port_value": int(port)}}
    return {"lb_endpoints": [{"endpoint": {"address": address}}]}


def _health_check() -> dict[str, Any]:
    return {
        "timeout": "1s",
        "interval": "0.5s",
        # Without it a slot that has no requests yet would be looked at once a minute.
        "no_traffic_interval": "0.5s",
        "unhealthy_threshold": 2,
        "healthy_threshold": 1,
        "http_health_check": {"path": "/v2/health/ready"},
    }
