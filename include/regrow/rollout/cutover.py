"""All at once: the candidate takes over from the champion, and no request is lost.

The candidate starts in the free slot and has to answer a real prediction there; then all new requests go to it; the
old version ends once nothing is in flight to it. Pure: what is running in, stages out.
"""

from __future__ import annotations

from dataclasses import dataclass

from regrow.rollout.stages import ApplyTraffic, AwaitApplied, AwaitReady, DeployStage, Drain, Remove, Settle, Stage
from regrow.rollout.traffic import Slot
from regrow.serving.port import Served


@dataclass(frozen=True)
class Candidate:
    version: str
    artifact: str
    """Digest of the manifest with the model's files."""


def other(slot: Slot) -> Slot:
    return "b" if slot == "a" else "a"


def stages(
    champion: Served | None, candidate: Candidate, occupied: frozenset[Slot] = frozenset()
) -> tuple[Stage, ...]:
    """`champion`: what the intent gives all requests to. `occupied`: the slots that something runs in.

    The candidate being the champion already, only what a cut-over that was cut short left over is done.
    """
    if champion is None:
        return (*_clear("b", occupied), *_install("a", candidate), ApplyTraffic((("a", 100),)), AwaitApplied())
    if (champion.version, champion.artifact) == (candidate.version, candidate.artifact):
        slot = champion.slot
        return (*_install(slot, candidate), *_retire(other(slot), occupied), ApplyTraffic(((slot, 100),)), AwaitApplied())
    slot, old = other(champion.slot), champion.slot
    weights = tuple(sorted(((slot, 100), (old, 0))))
    return (
        Settle(),
        *_clear(slot, occupied),
        *_install(slot, candidate),
        ApplyTraffic(weights),
        AwaitApplied(),
        Drain(old),
        ApplyTraffic(((slot, 100),)),
        AwaitApplied(),
        Remove(old),
    )


def _install(slot: Slot, candidate: Candidate) -> tuple[Stage, ...]:
    return DeployStage(slot, candidate.version, candidate.artifact), AwaitReady(slot, candidate.version)


def _clear(slot: Slot, occupied: frozenset[Slot]) -> tuple[Stage, ...]:
    return (Drain(slot),) if slot in occupied else ()


def _retire(slot: Slot, occupied: frozenset[Slot]) -> tuple[Stage, ...]:
    return (Settle(), Drain(slot), Remove(slot)) if slot in occupied else ()
