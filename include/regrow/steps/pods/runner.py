"""Runs steps in pods: each trial in its own, other kinds in a few; never a second where the first may live."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regrow.cluster.port import Cluster
from regrow.ledger.port import Ledger
from regrow.settings import KubernetesSettings
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.pods.drive import Drive
from regrow.steps.pods.place import Place, Time
from regrow.steps.pods.removal import reap
from regrow.steps.pods.work import Work, batches
from regrow.steps.runner import Progress
from regrow.store.port import Store

Split = Callable[[Sequence[StepRequest], int], Sequence[Sequence[StepRequest]]]


class PodRunner:
    """Everything that it knows stands in the cluster, the ledger and the store: another may take over at any moment."""

    def __init__(
        self,
        cluster: Cluster,
        ledger: Ledger,
        store: Store,
        settings: KubernetesSettings,
        time: Time | None = None,
        split: Split = batches,
    ) -> None:
        """`split` spreads requests over pods."""
        self._split = split
        self._place = Place(cluster, ledger, store, settings, time or Time())

    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        works = [Work(batch) for batch in self._split(requests, self._place.settings.parallel)]
        drive = Drive(self._place, works, progress)
        drive.run()
        return tuple(drive.results[request.step] for request in requests)

    def reap(self, run_id: str) -> int:
        return reap(self._place.cluster, self._place.settings.namespace, run_id, self._place.time.now())

    def close(self) -> None:
        return None
