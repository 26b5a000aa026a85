"""A traffic plan: which served version gets which share of a model's requests."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from regrow.frozen import Frozen

Slot = Literal["a", "b"]


class Arm(Frozen):
    slot: Slot
    """The place that it runs in; never renamed, so that routes do not change their meaning."""
    endpoint: str
    """host:port, or a Service."""
    version: str
    """Semantic version that the slot serves."""
    weight: int = Field(ge=0, le=100)
    """Percent of the requests."""


class TrafficPlan(Frozen):
    version: int
    """Grows with every change; the newest intent wins."""
    model: str
    arms: tuple[Arm, ...] = Field(min_length=1, max_length=2)
    expires: datetime | None = None
    """When a candidate's share ends by itself unless renewed."""
