"""Applies stages. Re-entrant: killed anywhere, the same call goes on from what ledger, deployer and router say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from regrow.errors import NotFound, Refused, TimedOut
from regrow.ledger.clock import machine_clock
from regrow.ledger.port import Ledger
from regrow.rollout.cutover import Candidate, restoring, stages
from regrow.rollout.explain import sentence
from regrow.rollout.intent import intend, intended
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
from regrow.rollout.traffic import Arm, Slot, TrafficPlan
from regrow.serving.port import Deployer, Router, Served
from regrow.steps.failpoints import reach

Progress = Callable[[str], None]

READY_SECONDS = 180.0
APPLIED_SECONDS = 30.0


@dataclass(frozen=True)
class Execution:
    """One model's stages on their way; everything that they know is outside of it."""

    ledger: Ledger
    deployer: Deployer
    router: Router
    model: str
    actor: str
    reason: str
    now: datetime
    progress: Progress = print
    pause: Callable[[float], None] = time.sleep
    started: dict[Slot, Served] = field(default_factory=dict)
    """What this execution deployed: its readiness can be asked even where it has ended already."""

    def run(self, todo: tuple[Stage, ...]) -> TrafficPlan:
        """The plan in force afterwards."""
        for stage in todo:
            self.progress(f"{self.model}: {sentence(stage)}")
            self._do(stage)
            reach("after-stage", type(stage).__name__)
        plan = intended(self.ledger, self.model)
        if plan is None:
            raise NotFound("traffic plan", self.model)
        return plan

    def _do(self, stage: Stage) -> None:
        match stage:
            case Settle():
                self._settle()
            case Hold(slot):
                self.scale(slot, allowed=False)
            case DeployStage(slot, version, artifact):
                self.started[slot] = self.deployer.deploy(self.model, slot, version, artifact)
            case AwaitReady(slot):
                self._await_ready(slot)
            case ApplyTraffic(weights):
                self._apply(weights)
            case AwaitApplied():
                self._await_applied()
            case Drain(slot):
                self._drain(slot)
            case Remove(slot):
                self.deployer.remove(self.model, slot)
            case Autoscale(slot):
                self.scale(slot, allowed=True)

    def scale(self, slot: Slot, *, allowed: bool) -> None:
        served = self._running().get(slot)
        if served is not None:
            self.deployer.autoscale(served, allowed)

    def _settle(self) -> None:
        plan = intended(self.ledger, self.model)
        if plan is not None and not self.router.applied(plan):
            self.router.apply(plan)
            self._await_applied()

    def _await_ready(self, slot: Slot) -> None:
        deadline, reason = time.monotonic() + READY_SECONDS, "it is starting"
        served = self.started[slot]
        while time.monotonic() < deadline:
            found = self.deployer.ready(served)
            if found.ready:
                return
            if found.failed:
                self.deployer.remove(self.model, slot)
                raise Refused(
                    f"{self.model}@{served.version} cannot serve: {found.reason}; the traffic stays as it was"
                )
            reason = found.reason
            self.pause(0.1)
        raise TimedOut(what=f"{self.model}: an answer of slot {slot}", seconds=READY_SECONDS, next_step=reason)

    def _apply(self, weights: tuple[tuple[Slot, int], ...]) -> None:
        running = self._running()
        arms = tuple(
            Arm(slot=slot, endpoint=running[slot].endpoint, version=running[slot].version, weight=weight)
            for slot, weight in weights
            if slot in running or weight > 0
        )
        plan = intend(self.ledger, self.model, arms, actor=self.actor, reason=self.reason, at=self.now)
        self.router.apply(plan)

    def _await_applied(self) -> None:
        plan = intended(self.ledger, self.model)
        deadline = time.monotonic() + APPLIED_SECONDS
        while plan is not None and not self.router.applied(plan):
            if time.monotonic() >= deadline:
                what = f"{self.model}: the data plane's confirmation of plan {plan.version}"
                raise TimedOut(
                    what=what, seconds=APPLIED_SECONDS, next_step="is the data plane up? `regrow doctor` says"
                )
            self.pause(0.02)

    def _drain(self, slot: Slot) -> None:
        served = self._running().get(slot)
        if served is not None:
            self.deployer.drain(served)

    def _running(self) -> dict[Slot, Served]:
        return {served.slot: served for served in self.deployer.running(self.model)}


def cut_over(
    ledger: Ledger,
    deployer: Deployer,
    router: Router,
    *,
    model: str,
    version: str,
    artifact: str,
    actor: str,
    reason: str,
    now: datetime,
    progress: Progress = print,
    pause: Callable[[float], None] = time.sleep,
) -> TrafficPlan:
    """Give all requests to the version, losing none; the plan in force. The caller holds the model's rollout lease.

    Raises Refused where the version cannot serve (the old one goes on), Conflict where another intent came between,
    TimedOut where the data plane does not confirm.
    """
    execution = Execution(ledger, deployer, router, model, actor, reason, now, progress, pause)
    candidate = Candidate(version, artifact)
    occupied = frozenset(served.slot for served in deployer.running(model))
    champion = _champion(ledger, deployer, model, candidate)
    try:
        return execution.run(stages(champion, candidate, occupied))
    except Refused:
        # The rollout is over: the champion's size is its own again.
        if champion is not None:
            execution.scale(champion.slot, allowed=True)
        raise


def restore(
    ledger: Ledger,
    deployer: Deployer,
    router: Router,
    model: str,
    *,
    progress: Progress = print,
    clock: Callable[[], datetime] = machine_clock,
    pause: Callable[[float], None] = time.sleep,
) -> TrafficPlan | None:
    """Bring back slots and routes as the ledger intends them; None where nothing was ever served.

    Raises as `cut_over` does.
    """
    plan = intended(ledger, model)
    if plan is None:
        return None
    execution = Execution(
        ledger, deployer, router, model, "regrow", "restored after a restart", clock(), progress, pause
    )
    weights = {arm.slot: arm.weight for arm in plan.arms}
    served = {
        arm.slot: Candidate(arm.version, _artifact(ledger, deployer, model, arm)) for arm in plan.arms if arm.weight
    }
    occupied = frozenset(found.slot for found in deployer.running(model))
    return execution.run(restoring(served, weights, occupied))


def _champion(ledger: Ledger, deployer: Deployer, model: str, candidate: Candidate) -> Served | None:
    """What the intent gives the most requests to."""
    plan = intended(ledger, model)
    if plan is None:
        return None
    arm = max(plan.arms, key=lambda arm: arm.weight)
    artifact = _artifact(ledger, deployer, model, arm, candidate)
    return Served(model=model, slot=arm.slot, version=arm.version, artifact=artifact, endpoint=arm.endpoint)


def _artifact(ledger: Ledger, deployer: Deployer, model: str, arm: Arm, candidate: Candidate | None = None) -> str:
    """Digest of what the arm serves: as it runs, as it was registered, or as it is asked for now."""
    for served in deployer.running(model):
        if (served.slot, served.version) == (arm.slot, arm.version):
            return served.artifact
    for registered in ledger.models.versions(model):
        if registered.version == arm.version:
            return registered.artifact
    if candidate is not None and candidate.version == arm.version:
        return candidate.artifact
    raise NotFound("version to serve", f"{model}@{arm.version}")
