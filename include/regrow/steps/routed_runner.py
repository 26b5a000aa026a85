"""Two runners as one: heavy steps here, light ones there."""

from __future__ import annotations

from collections.abc import Sequence

from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.kinds import HEAVY
from regrow.steps.runner import Progress, Runner


class RoutedRunner:
    def __init__(self, light: Runner, heavy: Runner) -> None:
        self._light, self._heavy = light, heavy

    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        heavy = tuple(request for request in requests if request.kind in HEAVY)
        light = tuple(request for request in requests if request.kind not in HEAVY)
        results = (*self._light.run(light, progress), *self._heavy.run(heavy, progress))
        by_step = {result.step: result for result in results}
        return tuple(by_step[request.step] for request in requests)

    def reap(self, run_id: str) -> int:
        return self._light.reap(run_id) + self._heavy.reap(run_id)

    def close(self) -> None:
        self._light.close()
        self._heavy.close()
