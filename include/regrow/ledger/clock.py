"""Where a ledger's own time comes from; tests and simulations bring theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the time now, UTC and aware."""


def machine_clock() -> datetime:
    return datetime.now(UTC)


def utc(time: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time that does not say its zone."""
    if time.tzinfo is None:
        raise ValueError(f"{time} has no time zone")
    return time.astimezone(UTC)
