"""The wait for a step's pod, in the triggerer: ends early where nothing will come, and outlasts a silent API server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.providers.cncf.kubernetes.triggers.pod import KubernetesPodTrigger
from airflow.triggers.base import TriggerEvent

from regrow.settings import KubernetesSettings
from regrow.steps.pods.fate import fate, gone
from regrow.steps.pods.fates import Fate
from regrow.steps.pods.place import AWAY_SECONDS
from regrow.steps.pods.reading import CONTAINER


class StepPodTrigger(KubernetesPodTrigger):
    """Looks every `poll_interval` seconds until the pod's fate is decided, and tells it.

    :param pods: the settings of pods, as JSON: how long they may wait for what
    """

    def __init__(self, *, pods: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(base_container_name=CONTAINER, trigger_start_time=datetime.now(UTC), **kwargs)
        self.pods = pods

    def serialize(self) -> tuple[str, dict[str, Any]]:
        _, arguments = super().serialize()
        names = (
            "pod_name",
            "pod_namespace",
            "kubernetes_conn_id",
            "connection_extras",
            "cluster_context",
            "in_cluster",
            "poll_interval",
        )
        kept = {name: arguments[name] for name in names}
        return f"{type(self).__module__}.{type(self).__qualname__}", {**kept, "pods": self.pods}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        found = await self.decided()
        self._fired_event = True
        told = {"name": self.pod_name, "namespace": self.pod_namespace, "fate": found.model_dump(mode="json")}
        yield TriggerEvent(told)  # type: ignore[no-untyped-call]

    async def decided(self) -> Fate:
        """The pod's fate, once it is over."""
        settings = KubernetesSettings.model_validate(self.pods)
        last: dict[str, Any] | None = None
        reached = time.monotonic()
        while True:
            try:
                pod = await self._look()
            except Exception as error:
                # Whatever it is, the pod goes on without being watched.
                self.log.warning("pod %s cannot be looked at: %s", self.pod_name, error)
                silent = time.monotonic() - reached
                if silent > AWAY_SECONDS:
                    words = f"the API server could not be asked about its pod for {silent:.0f} s: {error}"
                    return Fate(kind="transient", sentence=words, retry=True)
            else:
                reached, last = time.monotonic(), pod or last
                found = fate(pod, (), datetime.now(UTC), settings) if pod else gone(last)
                if found.over:
                    return found
            await asyncio.sleep(self.poll_interval)

    async def _look(self) -> dict[str, Any] | None:
        """The pod as JSON; None where it is gone. One request: the loop around it is patient enough."""
        from kubernetes_asyncio.client import CoreV1Api

        async with self.hook.get_conn() as connection:
            answer: Any = await CoreV1Api(connection).read_namespaced_pod(
                self.pod_name, self.pod_namespace, _request_timeout=10, _preload_content=False
            )
            body = await answer.read()
            if answer.status == 404:
                return None
            answer.raise_for_status()
            found: dict[str, Any] = json.loads(body)
            return found
