"""One pod's worth of steps on its way: what the runner remembers of it, and what it does with it next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regrow.cluster.port import Object
from regrow.steps.contract import StepRequest
from regrow.steps.pods.fates import Fate
from regrow.steps.pods.pod import pod_name

RETRIES = 3
"""How often a pod that the cluster lost is started again."""
BELIEVED = frozenset({"succeeded", "refused", "failed"})
"""Ends that are the step's own. Of any other that was found at the start nobody knows whether it still holds."""


@dataclass
class Work:
    requests: Sequence[StepRequest]
    attempt: int = 1
    started: bool = False
    """By this process. What was found may be the leftover of an earlier one."""
    pod: Object | None = None
    """As last seen."""
    over: frozenset[str] = frozenset()
    """uids of its pods that are done with, should they still be seen."""
    told: str = ""
    """What people were last told about it."""
    waits_since: float | None = None
    """When the cluster first had no room for it, by the runner's clock."""

    @property
    def name(self) -> str:
        return pod_name(self.requests)

    @property
    def uid(self) -> str:
        return self.pod["metadata"]["uid"] if self.pod else ""

    @property
    def title(self) -> str:
        first, *rest = self.requests
        return f"{first.step} and {len(rest)} more" if rest else first.step


def batches(requests: Sequence[StepRequest], parallel: int) -> list[tuple[StepRequest, ...]]:
    """A pod for each trial; of each other kind at most `parallel` pods, with neighbours together."""
    alone = [(request,) for request in requests if request.kind == "trial"]
    kinds = dict.fromkeys(request.kind for request in requests if request.kind != "trial")
    shared = [part for kind in kinds for part in _parts([one for one in requests if one.kind == kind], parallel)]
    return [*alone, *shared]


def alone(requests: Sequence[StepRequest], parallel: int) -> list[tuple[StepRequest, ...]]:
    """A pod for each, of whatever kind."""
    return [(request,) for request in requests]


def starts_again(work: Work, fate: Fate) -> bool:
    """Whether the pod is started once more: the cluster lost it, or an earlier try of the step left it behind."""
    if fate.lost:
        return work.attempt <= RETRIES
    return not work.started and fate.kind not in BELIEVED


def _parts(requests: Sequence[StepRequest], parts: int) -> list[tuple[StepRequest, ...]]:
    size, more = divmod(len(requests), parts)
    lengths = [size + (n < more) for n in range(parts)]
    starts = [sum(lengths[:n]) for n in range(parts)]
    return [tuple(requests[start : start + length]) for start, length in zip(starts, lengths, strict=True) if length]
