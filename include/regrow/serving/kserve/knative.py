"""KServe's Knative mode: one InferenceService for a model, whose revisions share its requests. Pure.

Two versions at most: the latest revision, which gets `canaryTrafficPercent`, and the one rolled out before it. KServe
keeps the rest, so a slot is whatever the revision's annotations say. Annotations of a live InferenceService make a new
revision, therefore the plan in force is kept beside it, in a ConfigMap.
"""

from __future__ import annotations

from typing import cast

from regrow.cluster.port import Kind, Object
from regrow.errors import Refused
from regrow.frozen import canonical
from regrow.rollout.traffic import Slot, TrafficPlan
from regrow.serving.kserve import names
from regrow.serving.kserve.objects import POD, held, model
from regrow.serving.port import Served
from regrow.settings import KServeSettings

REVISION = Kind(api_version="serving.knative.dev/v1", kind="Revision", plural="revisions")
REVISION_OF_POD = "serving.knative.dev/revision"
ALL = 100


def inference_service(settings: KServeSettings, served: Served, share: int | None) -> Object:
    """`share`: percent that this version gets once it is ready; None for the first one, which gets all."""
    size = held(settings)
    predictor: Object = {
        "minReplicas": size.least,
        "maxReplicas": max(size.most, settings.max_replicas),
        **POD,
        "model": model(settings, served),
    }
    if share is not None:
        predictor["canaryTrafficPercent"] = share
    return {
        "metadata": {
            "name": served.model,
            "namespace": settings.namespace,
            "labels": {names.MODEL: served.model},
            "annotations": {
                names.SLOT: served.slot,
                names.VERSION: served.version,
                names.ARTIFACT: served.artifact,
                names.DEPLOYMENT_MODE: "Knative",
            },
        },
        "spec": {"predictor": predictor},
    }


def with_share(found: Object, share: int) -> Object:
    """The live object with another share for its latest revision, and nothing else changed."""
    kept = {name: found["metadata"][name] for name in ("name", "namespace", "labels", "annotations")}
    predictor = {**found["spec"]["predictor"], "canaryTrafficPercent": share}
    return {"metadata": kept, "spec": {**found["spec"], "predictor": predictor}}


def served_by(item: Object, model: str, settings: KServeSettings) -> Served | None:
    """What an InferenceService asks for, or a revision is; None where it is not ours, or being deleted."""
    found = item["metadata"].get("annotations", {})
    if not {names.SLOT, names.VERSION, names.ARTIFACT} <= found.keys() or "deletionTimestamp" in item["metadata"]:
        return None
    return Served(
        model=model,
        slot=cast(Slot, found[names.SLOT]),
        version=found[names.VERSION],
        artifact=found[names.ARTIFACT],
        endpoint=endpoint(model, settings),
    )


def endpoint(model: str, settings: KServeSettings) -> str:
    """Of both slots: which revision answers is for Knative to decide."""
    return f"{model}-predictor.{settings.namespace}.svc:{names.PORT}"


def share_of_latest(plan: TrafficPlan, latest: Served) -> int:
    """The plan as the one number that this mode has. Raises Refused where it takes more."""
    for arm in plan.arms:
        if arm.slot == latest.slot and arm.version != latest.version:
            raise Refused(f"slot {arm.slot} of {plan.model} runs {latest.version}, the plan says {arm.version}")
    shares = {arm.slot: arm.weight for arm in plan.arms}
    if sum(shares.values()) != ALL:
        raise Refused(f"Knative's shares have to sum to {ALL}; those of plan {plan.version} are {shares}")
    return shares.get(latest.slot, 0)


def predictor_status(found: Object) -> Object:
    status: Object = found.get("status", {}).get("components", {}).get("predictor", {})
    return status


def in_force(found: Object, share: int) -> bool:
    """Knative's own account of the traffic: the latest revision is ready and has just this share."""
    status = predictor_status(found)
    latest = status.get("latestCreatedRevision")
    targets = status.get("traffic", [])
    seen = sum(target.get("percent", 0) for target in targets if target.get("revisionName") == latest)
    return bool(targets) and latest == status.get("latestReadyRevision") and seen == share


def rolled_out(found: Object) -> tuple[str, ...]:
    """The names of the revisions that may have requests, the latest first."""
    status = predictor_status(found)
    known = (status.get("latestCreatedRevision"), status.get("latestRolledoutRevision"))
    return tuple(dict.fromkeys(name for name in known if name))


def plan_object(settings: KServeSettings, plan: TrafficPlan) -> Object:
    return {
        "metadata": {
            "name": f"{plan.model}-plan",
            "namespace": settings.namespace,
            "labels": {names.MODEL: plan.model},
        },
        "data": {"plan": canonical(plan.model_dump(mode="json")).decode()},
    }
