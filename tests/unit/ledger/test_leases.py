"""Zombies: attempts that were thought dead and come back. Their clock is ours, so that nothing waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ledger_values import MINUTE, HandClock, a_record
from regrow.errors import LeaseLost
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.port import Ledger
from regrow.ledger.sql import SqlLedger

ZOMBIES = 50


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Ledger]:
    kind = request.param
    ledger: Ledger = MemoryLedger(clock) if kind == "memory" else SqlLedger(f"sqlite:///{tmp_path}/l.db", clock)
    yield ledger
    ledger.close()


def test_no_zombie_writes_anything_and_every_successor_does(ledger: Ledger, clock: HandClock) -> None:
    refused = 0
    for n in range(ZOMBIES):
        zombie = ledger.leases.acquire(f"f{n}", "first", MINUTE)
        clock.move(MINUTE)
        successor = ledger.leases.acquire(f"f{n}", "second", MINUTE)
        kept = ledger.records.append(a_record(f"f{n}", host="second"), successor)
        for write in (
            lambda lost=zombie, n=n: ledger.records.append(a_record(f"f{n}", host="first"), lost),
            lambda lost=zombie: ledger.leases.renew(lost, MINUTE),
        ):
            with pytest.raises(LeaseLost):
                write()
            refused += 1
        assert ledger.records.find(f"f{n}") == kept
    assert refused == 2 * ZOMBIES
    assert len(ledger.records.uses()) == ZOMBIES


def test_a_zombie_of_the_same_holder_is_refused_too(ledger: Ledger) -> None:
    zombie = ledger.leases.acquire("f1", "worker", MINUTE)
    ledger.leases.acquire("f1", "worker", MINUTE)
    with pytest.raises(LeaseLost):
        ledger.records.append(a_record(), zombie)


def test_a_clock_that_jumps_back_does_not_shorten_a_lease(ledger: Ledger, clock: HandClock) -> None:
    lease = ledger.leases.acquire("f1", "worker", MINUTE)
    clock.move(-60 * MINUTE)
    ledger.leases.renew(lease, MINUTE)
    assert ledger.records.append(a_record(), lease) == a_record()


def test_leases_run_by_the_databases_time_where_no_clock_is_given(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path}/l.db")
    ledger.leases.acquire("f1", "first", -MINUTE)
    assert ledger.leases.acquire("f1", "second", MINUTE).holder == "second"
    ledger.close()
