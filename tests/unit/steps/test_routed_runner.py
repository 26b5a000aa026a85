from __future__ import annotations

from collections.abc import Sequence

from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.routed_runner import RoutedRunner
from regrow.steps.runner import Progress


class Answering:
    """A runner whose results name it."""

    def __init__(self, name: str, leftovers: int) -> None:
        self.name, self.leftovers, self.closed = name, leftovers, False

    def run(self, requests: Sequence[StepRequest], progress: Progress = print) -> tuple[StepResult, ...]:
        return tuple(StepResult(step=request.step, kind=request.kind, reason=self.name) for request in requests)

    def reap(self, run_id: str) -> int:
        return self.leftovers

    def close(self) -> None:
        self.closed = True


def asked(kind: str, step: str) -> StepRequest:
    return StepRequest(kind=kind, step=step, pipeline="toy", run_id="toy/1", spec_digest="0" * 64, params={})


def test_heavy_steps_go_one_way_light_ones_the_other_and_results_keep_their_order() -> None:
    runner = RoutedRunner(light=Answering("here", 0), heavy=Answering("pod", 0))
    requests = [asked("trial", "trial 1"), asked("ask", "ask r0"), asked("split", "split"), asked("gate", "gate d")]
    results = runner.run(requests)
    assert [(result.step, result.reason) for result in results] == [
        ("trial 1", "pod"),
        ("ask r0", "here"),
        ("split", "pod"),
        ("gate d", "here"),
    ]


def test_both_are_reaped_and_closed() -> None:
    light, heavy = Answering("here", 1), Answering("pod", 2)
    runner = RoutedRunner(light=light, heavy=heavy)
    assert runner.reap("toy/1") == 3
    runner.close()
    assert light.closed
    assert heavy.closed
