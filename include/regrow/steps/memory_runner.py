"""Runs steps in this process, one after the other: the twin of the runners for tests and small things."""

from __future__ import annotations

from collections.abc import Sequence

from regrow.ledger.port import Ledger
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.execute import execute
from regrow.steps.runner import Progress
from regrow.store.port import Store


class MemoryRunner:
    def __init__(self, ledger: Ledger, store: Store) -> None:
        self._ledger = ledger
        self._store = store

    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        return tuple(execute(request, self._ledger, self._store, progress) for request in requests)

    def reap(self, run_id: str) -> int:
        return 0

    def close(self) -> None:
        return None
