"""The Deployer on KServe, in Standard mode: a slot is an InferenceService that is never changed, only sized."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from regrow.cluster.kinds import DEPLOYMENT, INFERENCE_SERVICE
from regrow.cluster.port import Cluster, Object
from regrow.errors import TimedOut, Unreachable
from regrow.rollout.traffic import Slot
from regrow.serving.kserve import names
from regrow.serving.kserve.counters import Counts, slot_counts, slot_pods
from regrow.serving.kserve.example import ask, example
from regrow.serving.kserve.look import look
from regrow.serving.kserve.objects import Size, free, inference_service, resized, served_by
from regrow.serving.kserve.readiness import lacking, readiness
from regrow.serving.port import Deployer, Readiness, Served
from regrow.settings import KServeSettings
from regrow.store.port import Store

GONE_SECONDS = 90.0
"""A predictor ends within its pod's grace of 30 s; the rest is Kubernetes' own."""
LOOK_SECONDS = 0.5
"""Between two looks at a slot that is to be quiet."""


class KServeDeployer:
    """Every verb raises Unreachable while the API server is away, Refused where rights are missing."""

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
        self._examples: dict[str, bytes] = {}

    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        """Raises NotFound or Corrupt from the store; the slot is then as it was."""
        where = names.endpoint(model, slot, self._settings.namespace)
        served = Served(model=model, slot=slot, version=version, artifact=artifact, endpoint=where)
        found = self._find(model, slot)
        if found is not None and served_by(found) == served:
            return served
        self._example(artifact)
        if found is not None and "deletionTimestamp" in found["metadata"]:
            self.remove(model, slot)
        self._cluster.apply(INFERENCE_SERVICE, inference_service(self._settings, served), force=True)
        return served

    def ready(self, served: Served) -> Readiness:
        seen = look(self._cluster, self._settings.namespace, served)
        lacks = lacking(served, seen)
        if lacks is not None:
            return lacks
        answer = ask(self._cluster, self._settings.namespace, served, self._example(served.artifact))
        return readiness(served, replace(seen, answer=answer))

    def drain(self, served: Served) -> None:
        """Two looks in a row with nothing in flight and nothing answered in between, or the time is up."""
        deadline, quiet, before = time.monotonic() + self._patience, 0, -1
        while time.monotonic() < deadline:
            counts = self._counts(served)
            quiet = quiet + 1 if counts.in_flight == 0 and counts.answered in (before, 0) else 0
            if quiet >= 2:
                return
            before = counts.answered
            self._pause(LOOK_SECONDS)

    def remove(self, model: str, slot: Slot) -> None:
        """Returns once its pods are gone. Raises TimedOut where they stay."""
        name = names.inference_service(model, slot)
        self._cluster.delete(INFERENCE_SERVICE, name, self._settings.namespace)
        deadline = time.monotonic() + GONE_SECONDS
        while self._left(model, slot):
            if time.monotonic() >= deadline:
                what = f"the end of the pods of InferenceService {self._settings.namespace}/{name}"
                raise TimedOut(what=what, seconds=GONE_SECONDS, next_step="`kubectl describe` says what holds them")
            self._pause(LOOK_SECONDS)

    def running(self, model: str) -> tuple[Served, ...]:
        labels = {names.MODEL: model}
        found = map(served_by, self._cluster.list(INFERENCE_SERVICE, self._settings.namespace, labels))
        return tuple(sorted((one for one in found if one is not None), key=lambda served: served.slot))

    def autoscale(self, served: Served, allowed: bool = True) -> None:
        found = self._find(served.model, served.slot)
        if found is None or served_by(found) != served:
            return
        size = free(self._settings) if allowed else self._now(served)
        changed = resized(found, size)
        if changed is not None:
            self._cluster.apply(INFERENCE_SERVICE, changed, force=True)

    def _now(self, served: Served) -> Size:
        """The size that the slot has by now, at least what a rollout needs."""
        name = names.predictor(served.model, served.slot)
        found = self._cluster.get(DEPLOYMENT, name, self._settings.namespace)
        replicas = max(self._settings.replicas, found["spec"].get("replicas", 1) if found else 1)
        return Size(replicas, replicas)

    def _find(self, model: str, slot: Slot) -> Object | None:
        name = names.inference_service(model, slot)
        return self._cluster.get(INFERENCE_SERVICE, name, self._settings.namespace)

    def _example(self, artifact: str) -> bytes:
        if artifact not in self._examples:
            self._examples[artifact] = example(self._store, artifact)
        return self._examples[artifact]

    def _counts(self, served: Served) -> Counts:
        """As if it were busy where a pod or the API server does not answer."""
        try:
            return slot_counts(self._cluster, self._settings.namespace, served.model, served.slot)
        except Unreachable:
            return Counts(in_flight=1)

    def _left(self, model: str, slot: Slot) -> bool:
        return self._find(model, slot) is not None or bool(
            slot_pods(self._cluster, self._settings.namespace, model, slot)
        )


_: Callable[[Cluster, KServeSettings, Store], Deployer] = KServeDeployer
