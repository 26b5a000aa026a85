"""A kubelet for the in-memory cluster: it runs the pods' batches in this process, or does to them what a test says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from regrow.cluster.kinds import POD
from regrow.cluster.memory import MemoryCluster
from regrow.cluster.port import Object
from regrow.ledger.port import Ledger
from regrow.steps.contract import StepResult
from regrow.steps.execute import execute
from regrow.steps.pods import batch
from regrow.steps.pods.place import Time
from regrow.store.port import Store

Happening = Callable[["Kubelet", str], None]
"""What befalls a pod, by its name, instead of running."""


class Kubelet:
    """Its time is a test's: each pause of the runner is a round of it, and so many seconds."""

    def __init__(self, cluster: MemoryCluster, namespace: str, ledger: Ledger, store: Store) -> None:
        self.cluster = cluster
        self.namespace = namespace
        self.happenings: list[Happening] = []
        """For the next pods that start, one each."""
        self.started: list[str] = []
        self.most = 0
        """How many ran at once, at most."""
        self.ticks = 0.0
        self._ledger, self._store = ledger, store
        self._begun = datetime.now(UTC)
        cluster.clock = self.now

    def time(self) -> Time:
        return Time(poll_seconds=1.0, now=self.now, ticks=lambda: self.ticks, pause=self.pause)

    def now(self) -> datetime:
        return self._begun + timedelta(seconds=self.ticks)

    def pause(self, seconds: float) -> None:
        self.ticks += seconds
        pods = [
            pod for pod in MemoryCluster.list(self.cluster, POD, self.namespace) if "phase" not in pod.get("status", {})
        ]
        self.most = max(self.most, len(pods))
        for pod in sorted(pods, key=lambda pod: int(pod["metadata"]["resourceVersion"])):
            name = pod["metadata"]["name"]
            self.started.append(name)
            happening = self.happenings.pop(0) if self.happenings else Kubelet.run
            happening(self, name)

    def run(self, name: str) -> None:
        requests = batch.read(self._store, self.digest(name))
        results = [self._execute(request) for request in requests]
        self.end(name, batch.exit_code(results), message=batch.written(requests, results).decode())

    def run_and_vanish(self, name: str) -> None:
        """The step is done and recorded, then the pod is gone before anybody has read it."""
        self.run(name)
        self.cluster.delete(POD, name, self.namespace)

    def end(self, name: str, code: int, reason: str = "", message: str = "", **status: Any) -> None:
        ended = {
            "exitCode": code,
            "reason": reason or ("Completed" if code == 0 else "Error"),
            "message": message,
            "finishedAt": f"{self.now():%Y-%m-%dT%H:%M:%SZ}",
        }
        self.status(
            name,
            phase="Failed" if code else "Succeeded",
            containerStatuses=[{"name": "step", "state": {"terminated": ended}}],
            **status,
        )

    def status(self, name: str, **status: Any) -> None:
        self.cluster.happen(POD, name, self.namespace, status=status)

    def waiting(self, name: str, reason: str, message: str = "") -> None:
        """On a node, where its container cannot start."""
        since = f"{self.now():%Y-%m-%dT%H:%M:%SZ}"
        self.status(
            name,
            phase="Pending",
            conditions=[{"type": "PodScheduled", "status": "True", "lastTransitionTime": since}],
            containerStatuses=[{"name": "step", "state": {"waiting": {"reason": reason, "message": message}}}],
        )

    def digest(self, name: str) -> str:
        pod: Object | None = self.cluster.get(POD, name, self.namespace)
        assert pod is not None
        return str(pod["spec"]["containers"][0]["command"][-1]).removeprefix("store:")

    def _execute(self, request: Any) -> StepResult:
        try:
            return execute(request, self._ledger, self._store, lambda line: None)
        except Exception as error:
            return StepResult(step=request.step, kind=request.kind, reason=str(error), error="unexpected", exit_code=1)
