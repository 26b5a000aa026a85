"""The in-memory twins of Deployer and Router: versions that are names, requests that are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regrow.errors import Conflict
from regrow.rollout.traffic import Slot, TrafficPlan
from regrow.serving.port import Capabilities, Deployer, Readiness, Router, Served


class MemoryDeployer:
    """Ready at once, unless the version is in `broken`."""

    def __init__(self, broken: frozenset[str] = frozenset()) -> None:
        self.slots: dict[tuple[str, Slot], Served] = {}
        self.drained: list[Served] = []
        self.scaling: set[Served] = set()
        """Those that may scale by themselves."""
        self._broken = broken

    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        known = self.slots.get((model, slot))
        if known is not None and (known.version, known.artifact) == (version, artifact):
            return known
        endpoint = f"127.0.0.1:{21_000 + sum(map(ord, model)) * 2 + (slot == 'b')}"
        served = Served(model=model, slot=slot, version=version, artifact=artifact, endpoint=endpoint)
        self.slots[model, slot] = served
        return served

    def ready(self, served: Served) -> Readiness:
        if self.slots.get((served.model, served.slot)) != served:
            return Readiness(ready=False, failed=True, reason=f"slot {served.slot} does not run {served.version}")
        if served.version in self._broken:
            return Readiness(ready=False, failed=True, reason=f"{served.version} cannot be loaded")
        return Readiness(ready=True, reason=f"{served.version} answered a prediction")

    def drain(self, served: Served) -> None:
        self.drained.append(served)

    def remove(self, model: str, slot: Slot) -> None:
        gone = self.slots.pop((model, slot), None)
        self.scaling = {served for served in self.scaling if served != gone}

    def running(self, model: str) -> tuple[Served, ...]:
        return tuple(served for (name, _), served in sorted(self.slots.items()) if name == model)

    def autoscale(self, served: Served, allowed: bool = True) -> None:
        if self.slots.get((served.model, served.slot)) != served:
            return
        if allowed:
            self.scaling.add(served)
        else:
            self.scaling.discard(served)


class MemoryRouter:
    """A plan is in force as soon as it is applied. `send` is a caller; `answers` may say that an endpoint is gone."""

    def __init__(self, answers: Callable[[str], bool] = lambda endpoint: True) -> None:
        self.plans: dict[str, TrafficPlan] = {}
        self.lost = 0
        self._answers = answers
        self._completed: dict[tuple[str, Slot], int] = {}

    def apply(self, plan: TrafficPlan) -> None:
        known = self.plans.get(plan.model, plan)
        if known.version > plan.version or (known.version == plan.version and known != plan):
            raise Conflict(subject=f"the traffic of {plan.model}", expected=plan.version, found=known.version)
        self.plans[plan.model] = plan

    def applied(self, plan: TrafficPlan) -> bool:
        return self.plans.get(plan.model) == plan

    def observed_split(self, model: str) -> Mapping[str, int]:
        return {slot: self._completed.get((model, slot), 0) for slot in ("a", "b")}

    def address(self, model: str) -> str:
        return f"memory://{model}"

    def capabilities(self) -> Capabilities:
        return Capabilities(weights=True, mirror=False, sticky=False, retry_on_fallback=False)

    def send(self, model: str, share: float = 0.0) -> str | None:
        """One request at `share` (0 to 1) of the shares in slots' order; the version that answered, None if lost."""
        arms = sorted((arm for arm in self.plans[model].arms if arm.weight), key=lambda arm: arm.slot)
        place = share * sum(arm.weight for arm in arms)
        for arm in arms:
            place -= arm.weight
            if place < 0:
                break
        if not self._answers(arm.endpoint):
            self.lost += 1
            return None
        self._completed[model, arm.slot] = self._completed.get((model, arm.slot), 0) + 1
        return arm.version


_deployer: type[Deployer] = MemoryDeployer
_router: type[Router] = MemoryRouter
