"""What every ledger does with leases, and who may write under them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contract.ledger_values import MINUTE, HandClock, a_record, actions, at_once
from regrow.errors import LeaseHeld, LeaseLost
from regrow.ledger.port import Lease, Ledger


class LeasesContract:
    def test_epochs_grow_with_every_holder(self, ledger: Ledger) -> None:
        first = ledger.leases.acquire("f1", "worker-1", MINUTE)
        ledger.leases.release(first)
        assert ledger.leases.acquire("f1", "worker-2", MINUTE).epoch > first.epoch

    def test_a_running_lease_keeps_others_out_and_says_who_holds_it(self, ledger: Ledger, clock: HandClock) -> None:
        ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(timedelta(seconds=20))
        with pytest.raises(LeaseHeld) as caught:
            ledger.leases.acquire("f1", "worker-2", MINUTE)
        assert (caught.value.holder, caught.value.seconds_left) == ("worker-1", 40)

    def test_leases_of_different_names_do_not_meet(self, ledger: Ledger) -> None:
        ledger.leases.acquire("f1", "worker-1", MINUTE)
        assert ledger.leases.acquire("f2", "worker-2", MINUTE).holder == "worker-2"

    def test_the_same_holder_gets_a_new_epoch_at_once(self, ledger: Ledger) -> None:
        first = ledger.leases.acquire("f1", "worker-1", MINUTE)
        assert ledger.leases.acquire("f1", "worker-1", MINUTE).epoch == first.epoch + 1

    def test_a_lease_that_ran_out_is_taken_over_and_audited(self, ledger: Ledger, clock: HandClock) -> None:
        ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(MINUTE)
        lease = ledger.leases.acquire("f1", "worker-2", MINUTE)
        (entry,) = ledger.audit.entries()
        assert (entry.action, entry.subject, entry.actor) == ("lease.taken_over", "f1", "worker-2")
        assert entry.details == {"epoch": lease.epoch, "previous": "worker-1"}

    def test_taking_and_releasing_a_free_lease_is_not_audited(self, ledger: Ledger) -> None:
        ledger.leases.release(ledger.leases.acquire("f1", "worker-1", MINUTE))
        ledger.leases.acquire("f1", "worker-2", MINUTE)
        assert ledger.audit.entries() == ()

    def test_a_renewed_lease_runs_on_from_now(self, ledger: Ledger, clock: HandClock) -> None:
        lease = ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(timedelta(seconds=50))
        ledger.leases.renew(lease, MINUTE)
        clock.move(timedelta(seconds=50))
        with pytest.raises(LeaseHeld):
            ledger.leases.acquire("f1", "worker-2", MINUTE)

    def test_a_lost_lease_cannot_be_renewed(self, ledger: Ledger, clock: HandClock) -> None:
        lost = ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(MINUTE)
        current = ledger.leases.acquire("f1", "worker-2", MINUTE)
        with pytest.raises(LeaseLost) as caught:
            ledger.leases.renew(lost, MINUTE)
        assert (caught.value.epoch, caught.value.current) == (lost.epoch, current.epoch)

    def test_releasing_a_lost_lease_does_nothing(self, ledger: Ledger, clock: HandClock) -> None:
        lost = ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(MINUTE)
        ledger.leases.acquire("f1", "worker-2", MINUTE)
        ledger.leases.release(lost)
        with pytest.raises(LeaseHeld):
            ledger.leases.acquire("f1", "worker-3", MINUTE)

    def test_a_zombies_record_is_refused_and_leaves_nothing(self, ledger: Ledger, clock: HandClock) -> None:
        zombie = ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(MINUTE)
        ledger.leases.acquire("f1", "worker-2", MINUTE)
        with pytest.raises(LeaseLost):
            ledger.records.append(a_record(), zombie)
        assert ledger.records.find("f1") is None
        assert ledger.records.uses() == ()
        assert "step.recorded" not in actions(ledger)

    def test_a_lease_that_ran_out_but_was_not_taken_still_writes(self, ledger: Ledger, clock: HandClock) -> None:
        lease = ledger.leases.acquire("f1", "worker-1", MINUTE)
        clock.move(2 * MINUTE)
        ledger.records.append(a_record(), lease)
        assert ledger.records.find("f1") == a_record()

    def test_nothing_is_written_under_a_released_lease(self, ledger: Ledger) -> None:
        lease = ledger.leases.acquire("f1", "worker-1", MINUTE)
        ledger.leases.release(lease)
        with pytest.raises(LeaseLost):
            ledger.records.append(a_record(), lease)

    def test_nothing_is_written_under_a_lease_that_never_was(self, ledger: Ledger) -> None:
        with pytest.raises(LeaseLost):
            ledger.records.append(a_record(), Lease(name="f1", epoch=1, holder="worker-1"))

    def test_of_many_that_take_a_lease_at_once_one_gets_it(self, ledger: Ledger, clock: HandClock) -> None:
        for _ in range(3):
            clock.move(MINUTE)
            outcomes = at_once(lambda holder: ledger.leases.acquire("f1", holder, MINUTE), ["a", "b", "c", "d"])
            assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Lease", *["LeaseHeld"] * 3]
