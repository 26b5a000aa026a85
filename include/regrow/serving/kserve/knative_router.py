"""The Router in KServe's Knative mode: a plan is one number, the share of the latest revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regrow.cluster.kinds import CONFIG_MAP, INFERENCE_SERVICE
from regrow.cluster.port import Cluster, Object
from regrow.errors import Conflict, NotFound, Unreachable
from regrow.rollout.traffic import TrafficPlan
from regrow.serving.kserve import knative
from regrow.serving.kserve.knative_deployer import slot_revision_counts
from regrow.serving.kserve.router import SLOTS
from regrow.serving.port import Capabilities, Router, Served
from regrow.settings import KServeSettings


class KnativeRouter:
    def __init__(self, cluster: Cluster, settings: KServeSettings) -> None:
        self._cluster, self._settings = cluster, settings

    def apply(self, plan: TrafficPlan) -> None:
        """Raises Conflict for an older plan than the one kept, Refused for one that this mode cannot do."""
        found, latest = self._latest(plan.model)
        share = knative.share_of_latest(plan, latest)
        self._keep(plan)
        self._cluster.apply(INFERENCE_SERVICE, knative.with_share(found, share), force=True)

    def applied(self, plan: TrafficPlan) -> bool:
        if self._kept(plan.model)[0] != plan:
            return False
        found, latest = self._latest(plan.model)
        return knative.in_force(found, knative.share_of_latest(plan, latest))

    def observed_split(self, model: str) -> Mapping[str, int]:
        """Predictions given by the pods that each revision has now: one that was scaled to none has counted none."""
        return {slot: slot_revision_counts(self._cluster, self._settings, model, slot).served for slot in SLOTS}

    def address(self, model: str) -> str:
        """Knative's own: its gateway routes by the host's name."""
        url = self._latest(model)[0].get("status", {}).get("url", "")
        if not url:
            raise Unreachable(service="the InferenceService", address=model, reason="it has no address yet")
        return f"{self._settings.address or url}/v2/models/{model}"

    def capabilities(self) -> Capabilities:
        return Capabilities(weights=True, mirror=False, sticky=False, retry_on_fallback=False)

    def _latest(self, model: str) -> tuple[Object, Served]:
        """Raises NotFound where nothing of ours is served."""
        found = self._cluster.get(INFERENCE_SERVICE, model, self._settings.namespace)
        served = knative.served_by(found, model, self._settings) if found is not None else None
        if found is None or served is None:
            raise NotFound("InferenceService of ours", f"{self._settings.namespace}/{model}")
        return found, served

    def _kept(self, model: str) -> tuple[TrafficPlan | None, str]:
        """The plan in force, and the version of the object that keeps it."""
        found = self._cluster.get(CONFIG_MAP, f"{model}-plan", self._settings.namespace)
        if found is None:
            return None, ""
        return TrafficPlan.model_validate_json(found["data"]["plan"]), found["metadata"]["resourceVersion"]

    def _keep(self, plan: TrafficPlan) -> None:
        known, resource_version = self._kept(plan.model)
        wanted = knative.plan_object(self._settings, plan)
        if known is None:
            self._cluster.create(CONFIG_MAP, wanted)
            return
        if known.version > plan.version or (known.version == plan.version and known != plan):
            raise Conflict(subject=f"the traffic of {plan.model}", expected=plan.version, found=known.version)
        wanted["metadata"]["resourceVersion"] = resource_version
        self._cluster.apply(CONFIG_MAP, wanted, force=True)


_: Callable[[Cluster, KServeSettings], Router] = KnativeRouter
