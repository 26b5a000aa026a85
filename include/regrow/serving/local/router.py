"""The Router on one machine: plans become Envoy's files, and Envoy's own words confirm them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from regrow.errors import Conflict, TimedOut, Unreachable
from regrow.rollout.traffic import TrafficPlan
from regrow.serving.local.data_plane import DataPlane, replace
from regrow.serving.local.envoy.admin import EnvoyAdmin
from regrow.serving.local.envoy.clusters import clusters_document
from regrow.serving.local.envoy.routes import routes_document
from regrow.serving.port import Capabilities, Router

Pause = Callable[[float], None]
PATIENCE = 10.0
"""Seconds for Envoy to take clusters and find their endpoints healthy."""


class EnvoyRouter:
    def __init__(self, plane: DataPlane, *, patience: float = PATIENCE, pause: Pause = time.sleep) -> None:
        self.plane = plane
        self.admin = EnvoyAdmin(f"127.0.0.1:{plane.place.admin_port}")
        self._patience, self._pause = patience, pause

    def apply(self, plan: TrafficPlan) -> None:
        """Clusters first; routes once Envoy has them and every arm with a share answers its health checks.

        While Envoy is down the files are written all the same: it starts with them. Raises Conflict for an older plan
        than the one in force, TimedOut where an arm does not answer; the routes are then as before.
        """
        with self.plane.locked():
            plans = dict(self.plane.plans())
            known = plans.get(plan.model)
            if known is not None and _newer(known, plan):
                raise Conflict(subject=f"the traffic of {plan.model}", expected=plan.version, found=known.version)
            # What the routes in force lead to stays until the new ones are.
            self._write_clusters({**plans, plan.model: _with_leaving(plan, known)}, plan)
            self.plane.keep(plan)
            plans[plan.model] = plan
            replace(self.plane.place.routes, routes_document(plans.values()))
            if self._until(lambda: self.admin.routed(plan)):
                replace(self.plane.place.clusters, clusters_document(plans.values()))

    def applied(self, plan: TrafficPlan) -> bool:
        try:
            return self.admin.in_force(plan)
        except Unreachable:
            return False

    def observed_split(self, model: str) -> Mapping[str, int]:
        return self.admin.completed(model)

    def address(self, model: str) -> str:
        place = self.plane.place
        return f"http://{place.host}:{place.port}/v2/models/{model}"

    def capabilities(self) -> Capabilities:
        return Capabilities(weights=True, mirror=False, sticky=False, retry_on_fallback=False)

    def _write_clusters(self, plans: Mapping[str, TrafficPlan], plan: TrafficPlan) -> None:
        document = clusters_document(plans.values())
        replace(self.plane.place.clusters, document)
        weighted = [arm for arm in plan.arms if arm.weight > 0]
        if not self._until(lambda: self.admin.clusters_version() == document["version_info"]):
            raise self._timed_out(f"Envoy's taking of clusters {document['version_info']}")
        if not self._until(lambda: all(self.admin.answers(plan.model, arm) for arm in weighted)):
            arms = ", ".join(f"{plan.model}@{arm.version} at {arm.endpoint}" for arm in weighted)
            raise self._timed_out(f"an answer of {arms} to Envoy's health checks")

    def _until(self, holds: Callable[[], bool]) -> bool:
        """False when patience is at its end. Envoy down: True, for it starts with whatever the files say."""
        deadline = time.monotonic() + self._patience
        try:
            while not holds():
                if time.monotonic() >= deadline:
                    return False
                self._pause(0.02)
        except Unreachable:
            pass
        return True

    def _timed_out(self, what: str) -> TimedOut:
        refused = f"Envoy refused {self.admin.rejected()} updates since its start"
        return TimedOut(what=what, seconds=self._patience, next_step=f"the routes stay as they were; {refused}")


def _with_leaving(plan: TrafficPlan, known: TrafficPlan | None) -> TrafficPlan:
    """The plan with the arms of the one before in the slots that it leaves."""
    kept = {arm.slot for arm in plan.arms}
    leaving = tuple(arm for arm in (known.arms if known else ()) if arm.slot not in kept)
    return plan.model_copy(update={"arms": plan.arms + leaving})


def _newer(known: TrafficPlan, plan: TrafficPlan) -> bool:
    return known.version > plan.version or (known.version == plan.version and known != plan)


_: Callable[[DataPlane], Router] = EnvoyRouter
