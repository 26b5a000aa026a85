"""The in-memory twin of the ledger: for tests, and for a try that should leave nothing behind."""

from __future__ import annotations

from regrow.ledger.clock import Clock, machine_clock
from regrow.ledger.memory_audit import MemoryAudit
from regrow.ledger.memory_models import MemoryModels, MemoryTraffic
from regrow.ledger.memory_records import MemoryLeases, MemoryRecords
from regrow.ledger.memory_runs import MemoryRuns
from regrow.ledger.port import Audit, Leases, Ledger, Models, Records, Runs, Traffic


class MemoryLedger:
    """Lives as long as the process. Safe to share between threads."""

    def __init__(self, clock: Clock = machine_clock) -> None:
        audit = MemoryAudit()
        leases = MemoryLeases(audit, clock)
        self.audit: Audit = audit
        self.leases: Leases = leases
        self.records: Records = MemoryRecords(audit, leases)
        self.runs: Runs = MemoryRuns(audit)
        self.models: Models = MemoryModels(audit)
        self.traffic: Traffic = MemoryTraffic(audit)

    def close(self) -> None:
        """Nothing is held open."""


_: type[Ledger] = MemoryLedger
