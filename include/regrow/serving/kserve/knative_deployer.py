"""The Deployer in KServe's Knative mode: a version is a revision, and Knative ends those without requests."""

from __future__ import annotations

import time
from collections.abc import Callable

from regrow.cluster.kinds import INFERENCE_SERVICE, POD
from regrow.cluster.port import Cluster, Object
from regrow.errors import Unreachable
from regrow.rollout.traffic import Slot
from regrow.serving.kserve import knative
from regrow.serving.kserve.counters import Counts, pods_counts
from regrow.serving.port import Deployer, Readiness, Served
from regrow.serving.slot_folder import model_entries
from regrow.settings import KServeSettings
from regrow.store.port import Store

LOOK_SECONDS = 0.5


class KnativeDeployer:
    def __init__(
        self,
        cluster: Cluster,
        settings: KServeSettings,
        store: Store,
        *,
        patience: float = 30.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster, self._settings, self._store = cluster, settings, store
        self._patience, self._pause = patience, pause

    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        """A new revision without a share; the very first gets all. Raises NotFound or Corrupt from the store."""
        where = knative.endpoint(model, self._settings)
        served = Served(model=model, slot=slot, version=version, artifact=artifact, endpoint=where)
        if served in self.running(model):
            return served
        model_entries(self._store.manifest(artifact))
        first = self._find(model) is None
        wanted = knative.inference_service(self._settings, served, None if first else 0)
        self._cluster.apply(INFERENCE_SERVICE, wanted, force=True)
        return served

    def ready(self, served: Served) -> Readiness:
        """As Knative says: it probes each revision before it counts it as ready."""
        return revision_ready(self._cluster, self._settings, served)

    def drain(self, served: Served) -> None:
        """Nothing in flight at two looks in a row, or the time is up."""
        deadline, quiet = time.monotonic() + self._patience, 0
        while quiet < 2 and time.monotonic() < deadline:
            quiet = quiet + 1 if self._in_flight(served) == 0 else 0
            self._pause(LOOK_SECONDS)

    def remove(self, model: str, slot: Slot) -> None:
        """Where nothing else is left the InferenceService goes; a revision alone ends by itself, without requests."""
        if all(served.slot == slot for served in self.running(model)):
            self._cluster.delete(INFERENCE_SERVICE, model, self._settings.namespace)

    def running(self, model: str) -> tuple[Served, ...]:
        """What the InferenceService asks for, and the revision rolled out before it."""
        return revisions(self._cluster, self._settings, model)

    def autoscale(self, served: Served, allowed: bool = True) -> None:
        """Knative scales every revision by itself, from the least size up."""

    def _find(self, model: str) -> Object | None:
        return self._cluster.get(INFERENCE_SERVICE, model, self._settings.namespace)

    def _in_flight(self, served: Served) -> int:
        try:
            return self._counts(served).in_flight
        except Unreachable:
            return 1

    def _counts(self, served: Served) -> Counts:
        return slot_revision_counts(self._cluster, self._settings, served.model, served.slot)


def revision_ready(cluster: Cluster, settings: KServeSettings, served: Served) -> Readiness:
    found = cluster.get(INFERENCE_SERVICE, served.model, settings.namespace)
    if found is None or served not in revisions(cluster, settings, served.model):
        return Readiness(ready=False, failed=True, reason=f"slot {served.slot} does not run {served.version}")
    if knative.served_by(found, served.model, settings) != served:
        return Readiness(ready=True, reason=f"{served.version} was rolled out before")
    status = knative.predictor_status(found)
    latest = status.get("latestCreatedRevision")
    if latest and latest == status.get("latestReadyRevision"):
        return Readiness(ready=True, reason=f"Knative's revision {latest} is ready")
    failure = found.get("status", {}).get("modelStatus", {}).get("lastFailureInfo", {}).get("message", "")
    return Readiness(ready=False, failed=bool(failure), reason=failure or "Knative is starting its revision")


def revisions(cluster: Cluster, settings: KServeSettings, model: str) -> tuple[Served, ...]:
    """In slots' order."""
    found = cluster.get(INFERENCE_SERVICE, model, settings.namespace)
    if found is None:
        return ()
    older = (cluster.get(knative.REVISION, name, settings.namespace) for name in knative.rolled_out(found))
    known = [knative.served_by(item, model, settings) for item in (found, *older) if item is not None]
    slots = {served.slot: served for served in reversed(known) if served is not None}
    return tuple(slots[slot] for slot in sorted(slots))


def slot_revision_counts(cluster: Cluster, settings: KServeSettings, model: str, slot: Slot) -> Counts:
    """Of the pods of the revision that runs in the slot."""
    found = cluster.get(INFERENCE_SERVICE, model, settings.namespace)
    for name in knative.rolled_out(found) if found is not None else ():
        revision = cluster.get(knative.REVISION, name, settings.namespace)
        served = knative.served_by(revision, model, settings) if revision is not None else None
        if served is not None and served.slot == slot:
            pods = cluster.list(POD, settings.namespace, {knative.REVISION_OF_POD: name})
            return pods_counts(cluster, settings.namespace, pods)
    return Counts()


_: Callable[[Cluster, KServeSettings, Store], Deployer] = KnativeDeployer
