"""A model's traffic as the ledger intends it: read, and replaced by compare-and-set."""

from __future__ import annotations

from datetime import datetime

from regrow.frozen import canonical
from regrow.ledger.port import Ledger
from regrow.rollout.traffic import Arm, TrafficPlan


def intended(ledger: Ledger, model: str) -> TrafficPlan | None:
    found = ledger.traffic.intent(model)
    return None if found is None else TrafficPlan.model_validate_json(canonical(dict(found[1])))


def intend(ledger: Ledger, model: str, arms: tuple[Arm, ...], *, actor: str, reason: str, at: datetime) -> TrafficPlan:
    """A plan with these arms; the one intended already, where it has them. Raises Conflict to the loser of two."""
    before = intended(ledger, model)
    if before is not None and before.arms == arms:
        return before
    seen = 0 if before is None else before.version
    plan = TrafficPlan(version=seen + 1, model=model, arms=arms)
    ledger.traffic.intend(model, plan.model_dump(mode="json"), seen=seen, actor=actor, reason=reason, at=at)
    return plan
