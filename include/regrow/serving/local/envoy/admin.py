"""What Envoy says about itself: the only source for "this is in force"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import orjson

from regrow.rollout.traffic import Arm, Slot, TrafficPlan
from regrow.serving.local.envoy.naming import LISTENER, PLAN, SLOTS, cluster
from regrow.serving.local.loopback import ask


class EnvoyAdmin:
    """Every method raises Unreachable where Envoy does not answer."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def live(self) -> bool:
        return ask(self._endpoint, "/ready").status == 200

    def stats(self, pattern: str) -> Mapping[str, str]:
        """Statistics whose names match the regular expression."""
        text = ask(self._endpoint, f"/stats?filter={quote(pattern)}").body.decode()
        return {name: value.strip('" ') for name, _, value in (line.partition(": ") for line in text.splitlines())}

    def clusters_version(self) -> str:
        return self.stats(r"^cluster_manager\.cds\.version_text$").get("cluster_manager.cds.version_text", "")

    def rejected(self) -> int:
        """Updates of clusters or routes that Envoy refused since it started."""
        return sum(int(value) for value in self.stats(r"(\.cds|\.rds\..*)\.update_rejected$").values())

    def answers(self, model: str, arm: Arm) -> bool:
        """The arm's cluster has the arm's endpoint, and its health checks pass."""
        found = self._hosts().get(cluster(model, arm.slot), {})
        return found.get(arm.endpoint, False)

    def has(self, model: str, arm: Arm) -> bool:
        return arm.endpoint in self._hosts().get(cluster(model, arm.slot), {})

    def in_force(self, plan: TrafficPlan) -> bool:
        """Every route of the model is of this plan, with its shares, and leads to its endpoints."""
        return self.routed(plan) and all(self.has(plan.model, arm) for arm in plan.arms)

    def routed(self, plan: TrafficPlan) -> bool:
        shares = {cluster(plan.model, arm.slot): arm.weight for arm in plan.arms if arm.weight > 0}
        routes = [route for route in self._routes() if _plan_of(route).get("model") == plan.model]
        versions = all(_plan_of(route).get("version") == plan.version for route in routes)
        return bool(routes) and versions and all(_shares(route) == shares for route in routes)

    def completed(self, model: str) -> Mapping[str, int]:
        """Requests that each slot was sent and that are over, since Envoy started.

        Not Envoy's own upstream_rq_completed: that one starts anew whenever a slot's endpoint changes.
        """
        found = self.stats(rf"^cluster\.{re.escape(model)}-[ab]\.upstream_rq_(total|active)$")
        count = {name: int(value) for name, value in found.items()}
        names = {slot: f"cluster.{cluster(model, slot)}.upstream_rq" for slot in SLOTS}
        return {slot: count.get(f"{name}_total", 0) - count.get(f"{name}_active", 0) for slot, name in names.items()}

    def succeeded(self) -> int:
        """Requests of all models that callers got a 2xx for, since Envoy started."""
        return int(self.stats(rf"^http\.{LISTENER}\.downstream_rq_2xx$").get(f"http.{LISTENER}.downstream_rq_2xx", 0))

    def in_flight(self, model: str, slot: Slot) -> int:
        """Requests that the slot has been sent, or is about to be, and has not answered."""
        name = re.escape(cluster(model, slot))
        found = self.stats(rf"^cluster\.{name}\.upstream_rq_(pending_)?active$")
        return sum(int(value) for value in found.values())

    def _hosts(self) -> Mapping[str, Mapping[str, bool]]:
        """Cluster to endpoint to "healthy"."""
        document = orjson.loads(ask(self._endpoint, "/clusters?format=json").body)
        return {
            found["name"]: dict(_host(host) for host in found.get("host_statuses", []))
            for found in document.get("cluster_statuses", [])
        }

    def _routes(self) -> Iterator[dict[str, Any]]:
        document = orjson.loads(ask(self._endpoint, "/config_dump?resource=dynamic_route_configs").body)
        for configuration in document.get("configs", []):
            for host in configuration["route_config"].get("virtual_hosts", []):
                yield from host.get("routes", [])


def _host(status: Mapping[str, Any]) -> tuple[str, bool]:
    address = status["address"]["socket_address"]
    health = status.get("health_status", {})
    healthy = health.get("eds_health_status") == "HEALTHY" and not any(name.startswith("failed") for name in health)
    return f"{address['address']}:{address['port_value']}", healthy


def _plan_of(route: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = route.get("metadata", {}).get("filter_metadata", {}).get(PLAN, {})
    return found


def _shares(route: Mapping[str, Any]) -> dict[str, int]:
    clusters = route.get("route", {}).get("weighted_clusters", {}).get("clusters", [])
    return {found["name"]: found["weight"] for found in clusters}
