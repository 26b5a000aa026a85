"""All at once: the candidate takes over from the champion, and no request is lost.

The candidate starts in the free slot and has to answer a real prediction there; then all new requests go to it; the
old version ends once nothing is in flight to it. Pure: what is running in, stages out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from regrow.rollout.traffic import Slot
from regrow.serving.port import Served


@dataclass(frozen=True)
class Candidate:
    version: str
    artifact: str
    """Digest of the manifest with the model's files."""


def other(slot: Slot) -> Slot:
    return "b" if slot == "a" else "a"


def stages(champion: Served | None, candidate: Candidate, occupied: frozenset[Slot] = frozenset()) -> tuple[Stage, ...]:
    """`champion`: what the intent gives all requests to. `occupied`: the slots that something runs in.

    The candidate being the champion already, only what a cut-over that was cut short left over is done.
    """
    if champion is None:
        traffic = (ApplyTraffic((("a", 100),)), AwaitApplied())
        return (*_clear("b", occupied), *_install("a", candidate), *traffic, Autoscale("a"))
    if (champion.version, champion.artifact) == (candidate.version, candidate.artifact):
        return (
            *_install(champion.slot, candidate),
            Settle(),
            *_only(champion.slot, occupied),
            Autoscale(champion.slot),
        )
    slot, old = other(champion.slot), champion.slot
    weights = tuple(sorted(((slot, 100), (old, 0))))
    return (
        Settle(),
        Hold(old),
        *_clear(slot, occupied),
        *_install(slot, candidate),
        ApplyTraffic(weights),
        AwaitApplied(),
        *_only(slot, occupied | {old}),
        Autoscale(slot),
    )


def restoring(
    served: Mapping[Slot, Candidate], weights: Mapping[Slot, int], occupied: frozenset[Slot]
) -> tuple[Stage, ...]:
    """After a restart: every slot with a share serves again what it served, by the same shares; other slots end."""
    slots = tuple(sorted(slot for slot, weight in weights.items() if weight > 0))
    install = tuple(stage for slot in slots for stage in _install(slot, served[slot]))
    traffic = ApplyTraffic(tuple((slot, weights[slot]) for slot in slots))
    ends = tuple(stage for slot in sorted(occupied.difference(slots)) for stage in (Drain(slot), Remove(slot)))
    # Two arms with a share are a rollout that still goes on.
    scale = (Autoscale(slots[0]),) if len(slots) == 1 else ()
    return (*install, traffic, AwaitApplied(), *ends, *scale)


def _only(slot: Slot, occupied: frozenset[Slot]) -> tuple[Stage, ...]:
    """The other slot ends: no request is in flight to it when the data plane forgets it, and then its process."""
    traffic = (ApplyTraffic(((slot, 100),)), AwaitApplied())
    old = other(slot)
    return (Drain(old), *traffic, Remove(old)) if old in occupied else traffic


def _install(slot: Slot, candidate: Candidate) -> tuple[Stage, ...]:
    return DeployStage(slot, candidate.version, candidate.artifact), AwaitReady(slot, candidate.version)


def _clear(slot: Slot, occupied: frozenset[Slot]) -> tuple[Stage, ...]:
    return (Drain(slot),) if slot in occupied else ()
