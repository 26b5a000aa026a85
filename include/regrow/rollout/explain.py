"""Stages in words, for people who want to know before it happens."""

from __future__ import annotations

from collections.abc import Iterable

from regrow.rollout.stages import (
    ApplyTraffic,
    Autoscale,
    AwaitApplied,
    AwaitReady,
    DeployStage,
    Drain,
    Hold,
    Remove,
    Settle,
    Stage,
)


def sentence(stage: Stage) -> str:
    match stage:
        case Settle():
            return "make the data plane follow the intent so far"
        case Hold(slot):
            return f"keep slot {slot} at the size it has"
        case DeployStage(slot, version, artifact):
            return f"start {version} in slot {slot} from the files {artifact[:12]}, verified by hash"
        case AwaitReady(slot, version):
            return f"wait until slot {slot} answers a prediction as {version}"
        case ApplyTraffic(weights):
            return f"send {', '.join(f'{weight} % to slot {slot}' for slot, weight in weights)}"
        case AwaitApplied():
            return "wait until the data plane confirms it"
        case Drain(slot):
            return f"let the requests in flight to slot {slot} finish"
        case Remove(slot):
            return f"end what runs in slot {slot}"
        case Autoscale(slot):
            return f"let slot {slot} scale by itself from now on"


def explain(stages: Iterable[Stage]) -> str:
    """One numbered line for each stage."""
    return "\n".join(f"{number}. {sentence(stage)}" for number, stage in enumerate(stages, 1))
