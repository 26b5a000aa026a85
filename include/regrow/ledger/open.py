"""The one place that chooses an adapter for a ledger's address."""

from __future__ import annotations

from regrow.ledger.clock import Clock, machine_clock
from regrow.ledger.port import Ledger

MEMORY = "memory:"


def open_ledger(url: str, clock: Clock | None = None) -> Ledger:
    """A ledger that is ready to use: `memory:`, `sqlite:///file` or what else SQLAlchemy has a driver for.

    A database without tables gets them, under a lock, whoever else opens it. Raises UsageError for an address that is
    none, Refused for a database of a newer schema or somebody else's, Unreachable, OutOfSpace.
    """
    if url == MEMORY:
        from regrow.ledger.memory import MemoryLedger

        return MemoryLedger(clock or machine_clock)
    from regrow.ledger.sql import SqlLedger

    return SqlLedger(url, clock)
