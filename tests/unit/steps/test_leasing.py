import os
import platform
import subprocess
import sys
from datetime import timedelta

import pytest

from regrow.errors import LeaseLost, Transient
from regrow.ledger.memory import MemoryLedger
from regrow.steps.leasing import held

MINUTE = timedelta(minutes=1)
NO_TIME = timedelta(0)


def test_a_lease_is_free_again_after_the_block() -> None:
    ledger = MemoryLedger()
    with held(ledger, "work") as first:
        pass
    with held(ledger, "work", wait=NO_TIME) as second:
        assert second.epoch > first.epoch


def test_a_living_holder_is_waited_for_and_then_named() -> None:
    ledger = MemoryLedger()
    ledger.leases.acquire("work", "elsewhere:1:1", MINUTE)
    with pytest.raises(Transient, match="elsewhere:1:1"), held(ledger, "work", wait=NO_TIME):
        pytest.fail("the lease was given away")


def test_a_dead_process_of_this_machine_keeps_no_lease() -> None:
    ledger = MemoryLedger()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    dead = ledger.leases.acquire("work", f"{platform.node()}:{gone.pid}:1", MINUTE)
    with held(ledger, "work", wait=NO_TIME) as lease:
        assert lease.epoch > dead.epoch
    with pytest.raises(LeaseLost):
        ledger.leases.renew(dead, MINUTE)


def test_a_living_process_of_this_machine_keeps_its_lease() -> None:
    ledger = MemoryLedger()
    ledger.leases.acquire("work", f"{platform.node()}:{os.getppid()}:1", MINUTE)
    with pytest.raises(Transient), held(ledger, "work", wait=NO_TIME):
        pytest.fail("the lease was given away")


def test_a_lease_is_renewed_while_the_work_lasts() -> None:
    ledger = MemoryLedger()
    ttl = timedelta(seconds=0.3)
    with held(ledger, "work", ttl=ttl) as lease:
        deadline = lease.epoch
        waited = subprocess.run([sys.executable, "-c", "import time; time.sleep(0.9)"], check=True)
        assert waited.returncode == 0
        ledger.leases.renew(lease, ttl)
        assert lease.epoch == deadline
