"""What a rollout can do, one small thing each. A stage says what should be so; doing it twice is doing it once."""

from __future__ import annotations

from dataclasses import dataclass

from regrow.rollout.traffic import Slot


@dataclass(frozen=True)
class Settle:
    """The data plane follows the intent of before, so that the free slot is free indeed."""


@dataclass(frozen=True)
class Hold:
    """What runs in the slot keeps the size it has while the rollout goes on."""

    slot: Slot


@dataclass(frozen=True)
class DeployStage:
    slot: Slot
    version: str
    artifact: str


@dataclass(frozen=True)
class AwaitReady:
    slot: Slot
    version: str


@dataclass(frozen=True)
class ApplyTraffic:
    """Write the intent into the ledger, then tell the router."""

    weights: tuple[tuple[Slot, int], ...]
    """Percent by slot, in the slots' order; slots that are not named get nothing and are not known to the router."""


@dataclass(frozen=True)
class AwaitApplied:
    """The data plane itself confirms the newest intent."""


@dataclass(frozen=True)
class Drain:
    slot: Slot


@dataclass(frozen=True)
class Remove:
    slot: Slot


@dataclass(frozen=True)
class Autoscale:
    """The rollout is over: what runs in the slot may scale by itself."""

    slot: Slot


Stage = Settle | Hold | DeployStage | AwaitReady | ApplyTraffic | AwaitApplied | Drain | Remove | Autoscale
