"""The ports to serving: where versions run, and which requests they get. Both are idempotent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from regrow.frozen import Frozen
from regrow.rollout.traffic import Slot, TrafficPlan


class Served(Frozen):
    """One version in one slot."""

    model: str
    slot: Slot
    version: str
    artifact: str
    """Digest of the manifest with the model's files."""
    endpoint: str


class Readiness(Frozen):
    ready: bool
    reason: str
    """What it waits for, or why it never will be."""
    failed: bool = False


class Deployer(Protocol):
    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        """Bring the files there, verified by hash, and start serving them. Same again: nothing happens."""

    def ready(self, served: Served) -> Readiness:
        """After a real inference that named this version."""

    def drain(self, served: Served) -> None:
        """Returns when no request is in flight, or its time is up."""

    def remove(self, model: str, slot: Slot) -> None: ...

    def running(self, model: str) -> tuple[Served, ...]: ...

    def autoscale(self, served: Served, allowed: bool = True) -> None:
        """The rollout is over: from now on it may scale by itself. Not `allowed`: it keeps the size it has.

        Never restarts or replaces what runs. A slot that serves something else: nothing happens.
        """


class Capabilities(Frozen):
    weights: bool
    mirror: bool
    sticky: bool
    retry_on_fallback: bool


class Router(Protocol):
    def apply(self, plan: TrafficPlan) -> None:
        """An older version than the one in force raises Conflict."""

    def applied(self, plan: TrafficPlan) -> bool:
        """True when the data plane itself says that this plan is in force."""

    def observed_split(self, model: str) -> Mapping[str, int]:
        """Requests completed by each slot since the data plane started."""

    def address(self, model: str) -> str:
        """The URL that callers use."""

    def capabilities(self) -> Capabilities: ...
