"""What every ledger must do. An adapter subclasses `LedgerContract` and supplies the fixture `ledger`.

A ledger that several processes can open subclasses `SharedLedgerContract` and supplies `again` too: the same ledger,
opened once more. Both run by the fixture `clock`.
"""

from __future__ import annotations

import pytest

from contract.ledger_leases import LeasesContract
from contract.ledger_models import ModelsContract
from contract.ledger_records import RecordsContract
from contract.ledger_runs import RunsContract
from contract.ledger_traffic_audit import AuditContract, TrafficContract
from contract.ledger_values import MINUTE, HandClock, a_run
from regrow.errors import LeaseHeld
from regrow.ledger.port import Ledger


class LedgerContract(RecordsContract, LeasesContract, RunsContract, ModelsContract, TrafficContract, AuditContract):
    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()


class SharedLedgerContract(LedgerContract):
    """For ledgers that outlive a process: `again` opens the same one once more."""

    def test_what_one_wrote_the_other_reads(self, ledger: Ledger, again: Ledger) -> None:
        ledger.runs.start(a_run())
        assert again.runs.get("run-1") == a_run()

    def test_leases_hold_between_openings(self, ledger: Ledger, again: Ledger) -> None:
        ledger.leases.acquire("f1", "worker-1", MINUTE)
        with pytest.raises(LeaseHeld):
            again.leases.acquire("f1", "worker-2", MINUTE)
