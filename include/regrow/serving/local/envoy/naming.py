"""Names that the documents, the statistics and the log share."""

from __future__ import annotations

from regrow.frozen import digest
from regrow.rollout.traffic import Slot

ROUTES = "models"
"""The one route configuration."""
LISTENER = "ingress"
"""Prefix of the listener's HTTP statistics."""
SLOTS: tuple[Slot, ...] = ("a", "b")
PLAN = "regrow.plan"
"""The key of a route's metadata under which the plan's version lies."""


def cluster(model: str, slot: Slot) -> str:
    return f"{model}-{slot}"


def versioned(resources: list[dict[str, object]]) -> dict[str, object]:
    """A discovery document whose version is its content: equal resources, equal version."""
    return {"version_info": digest(resources)[:16], "resources": resources}
