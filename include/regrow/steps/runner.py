"""The port to where steps run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from regrow.steps.contract import StepRequest, StepResult

Progress = Callable[[str], None]


class Runner(Protocol):
    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        """Run all, so many at once as the runner may; results in the requests' order. A step that fails is a result."""

    def reap(self, run_id: str) -> int:
        """End whatever of the run still runs without anybody waiting for it; how many steps that were."""

    def close(self) -> None: ...
