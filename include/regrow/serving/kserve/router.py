"""The Router on Kubernetes: plans become an HTTPRoute, and answers that came through the gateway confirm them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regrow.cluster.kinds import GATEWAY, HTTP_ROUTE
from regrow.cluster.port import Cluster, Object
from regrow.errors import Conflict, Unreachable
from regrow.rollout.traffic import Slot, TrafficPlan
from regrow.serving.kserve.counters import slot_counts
from regrow.serving.kserve.route import PLAN_HEADER, accepted, http_route, plan_of, refusal
from regrow.serving.port import Capabilities, Router
from regrow.settings import KServeSettings

SLOTS: tuple[Slot, ...] = ("a", "b")
PROBES = 5
"""Answers that have to name the plan, each on a connection of its own: a gateway may be several processes."""
SECONDS = 5.0


def ask_plan(address: str) -> str:
    """The plan's version as one answer of the gateway names it; empty where it names none. Raises Unreachable."""
    import httpx

    try:
        # Proxies of the environment are for the world outside; certificates take a while to load where none is needed.
        with httpx.Client(timeout=SECONDS, trust_env=False, verify=address.startswith("https:")) as client:
            return str(client.get(address).headers.get(PLAN_HEADER, ""))
    except httpx.HTTPError as error:
        raise Unreachable(service="the gateway", address=address, reason=str(error) or type(error).__name__) from error


class HttpRouteRouter:
    def __init__(self, cluster: Cluster, settings: KServeSettings, *, ask: Callable[[str], str] = ask_plan) -> None:
        self._cluster, self._settings, self._ask = cluster, settings, ask

    def apply(self, plan: TrafficPlan) -> None:
        """Raises Conflict for an older plan than the one in force, and to the loser of two."""
        found = self._cluster.get(HTTP_ROUTE, plan.model, self._settings.namespace)
        wanted = http_route(self._settings, plan)
        if found is None:
            # Of two that make it at once, one hears of the other.
            self._cluster.create(HTTP_ROUTE, wanted)
            return
        known = plan_of(found)
        if known is not None and _newer(known, plan):
            raise Conflict(subject=f"the traffic of {plan.model}", expected=plan.version, found=known.version)
        # Only while nobody has changed it since it was read.
        wanted["metadata"]["resourceVersion"] = found["metadata"]["resourceVersion"]
        self._cluster.apply(HTTP_ROUTE, wanted, force=True)

    def applied(self, plan: TrafficPlan) -> bool:
        found = self._cluster.get(HTTP_ROUTE, plan.model, self._settings.namespace)
        if found is None or plan_of(found) != plan:
            return False
        return accepted(found) and self._named(plan)

    def refusal(self, model: str) -> str:
        """What the Gateway says against the model's route; empty where it says nothing."""
        found = self._cluster.get(HTTP_ROUTE, model, self._settings.namespace)
        return refusal(found) if found is not None else ""

    def observed_split(self, model: str) -> Mapping[str, int]:
        """Predictions given by the predictors that each slot has now; counts end with their pods."""
        namespace = self._settings.namespace
        return {slot: slot_counts(self._cluster, namespace, model, slot).served for slot in SLOTS}

    def address(self, model: str) -> str:
        return f"{self._settings.address or self._gateway_address()}/v2/models/{model}"

    def capabilities(self) -> Capabilities:
        """A failed request is tried again by the Gateway's policy, on the same arms: that is no fallback."""
        return Capabilities(weights=True, mirror=False, sticky=False, retry_on_fallback=False)

    def _named(self, plan: TrafficPlan) -> bool:
        try:
            address = self.address(plan.model)
            return all(self._ask(address) == str(plan.version) for _ in range(PROBES))
        except Unreachable:
            return False

    def _gateway_address(self) -> str:
        namespace, name = self._settings.gateway.split("/", 1)
        return gateway_address(self._cluster.get(GATEWAY, name, namespace), self._settings.gateway)


def gateway_address(found: Object | None, name: str) -> str:
    """The URL of the Gateway's first address. Raises Unreachable where it has none (yet)."""
    addresses = (found or {}).get("status", {}).get("addresses", [])
    if found is None or not addresses:
        lacks = "it is not there" if found is None else "it has no address yet"
        hint = "`kubectl apply -k k8s/kserve` makes it, REGROW_KSERVE__ADDRESS names another way to it"
        raise Unreachable(service="the Gateway", address=name, reason=f"{lacks}; {hint}")
    listener = found["spec"]["listeners"][0]
    scheme, usual = ("https", 443) if listener["protocol"] == "HTTPS" else ("http", 80)
    host, port = addresses[0]["value"], listener["port"]
    return f"{scheme}://{host}" if port == usual else f"{scheme}://{host}:{port}"


def _newer(known: TrafficPlan, plan: TrafficPlan) -> bool:
    return known.version > plan.version or (known.version == plan.version and known != plan)


_: Callable[[Cluster, KServeSettings], Router] = HttpRouteRouter
