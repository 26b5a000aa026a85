"""Where a ledger's own time comes from; tests and simulations bring theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the time now, UTC and aware."""


def machine_clock() -> datetime:
    return datetime.now(UTC)
