"""What may become of a pod: the words for it."""

from __future__ import annotations

from typing import Literal

from regrow.frozen import Frozen

FateKind = Literal[
    "running",
    "succeeded",
    "refused",
    "transient",
    "failed",
    "oom_killed",
    "evicted",
    "node_lost",
    "unschedulable",
    "image",
    "config",
    "deadline",
    "deleted",
    "start_error",
]
LOST = frozenset({"evicted", "node_lost", "deleted"})
"""The step did nothing wrong: its pod is started again."""
EXPLAINED = frozenset({"unschedulable", "image", "config", "start_error", "evicted", "node_lost", "failed"})
"""What the pod's events may say more about."""


class Fate(Frozen):
    kind: FateKind
    sentence: str = ""
    """What, the value, the limit, the next step. Of a pod that runs: what it waits for, if that is worth telling."""
    retry: bool = False
    """Whether the same again may come to another end."""

    @property
    def over(self) -> bool:
        return self.kind != "running"

    @property
    def lost(self) -> bool:
        return self.kind in LOST
