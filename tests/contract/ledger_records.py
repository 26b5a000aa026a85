"""What every ledger does with records and their uses."""

from __future__ import annotations

import pytest

from contract.ledger_values import MINUTE, NOON, a_record, a_use, actions, at_once
from regrow.errors import NotFound
from regrow.ledger.port import Lease, Ledger


class RecordsContract:
    @pytest.fixture
    def lease(self, ledger: Ledger) -> Lease:
        return ledger.leases.acquire("f1", "worker-1", MINUTE)

    def test_a_record_comes_back_as_it_was_written(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        assert ledger.records.find("f1") == a_record()

    def test_an_unknown_fingerprint_finds_nothing(self, ledger: Ledger) -> None:
        assert ledger.records.find("f1") is None

    def test_a_record_without_a_verdict_comes_back_without_one(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(verdict=None), lease)
        found = ledger.records.find("f1")
        assert found is not None
        assert found.verdict is None

    def test_a_number_that_is_none_in_a_records_facts_is_kept_as_nothing(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(facts={"roc_auc": float("nan")}), lease)
        found = ledger.records.find("f1")
        assert found is not None
        assert found.facts == {"roc_auc": None}

    def test_the_first_record_of_a_fingerprint_wins(self, ledger: Ledger, lease: Lease) -> None:
        first = ledger.records.append(a_record(), lease)
        second = ledger.records.append(a_record(run_id="run-2", output="x" * 64), lease)
        assert second == first
        assert ledger.records.find("f1") == first

    def test_appending_keeps_a_use_that_is_no_reuse(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        (use,) = ledger.records.uses()
        assert (use.run_id, use.step, use.fingerprint, use.reused) == ("run-1", "trial r0 k03", "f1", False)

    def test_appending_after_another_runs_record_is_a_reuse(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        ledger.records.append(a_record(run_id="run-2"), lease)
        assert [(use.run_id, use.reused) for use in ledger.records.uses()] == [("run-1", False), ("run-2", True)]

    def test_appending_twice_leaves_one_use_and_one_audit_entry(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        ledger.records.append(a_record(), lease)
        assert len(ledger.records.uses()) == 1
        assert actions(ledger) == ["step.recorded"]

    def test_reusing_twice_leaves_one_use_and_one_audit_entry(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        ledger.records.reuse(a_use())
        ledger.records.reuse(a_use(at=NOON + 2 * MINUTE))
        assert len(ledger.records.uses(run_id="run-2")) == 1
        assert actions(ledger, "run-2") == ["step.reused"]

    def test_what_was_never_recorded_cannot_be_reused(self, ledger: Ledger) -> None:
        with pytest.raises(NotFound):
            ledger.records.reuse(a_use())
        assert ledger.records.uses() == ()

    def test_uses_are_found_by_run_pipeline_and_kind(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        ledger.records.reuse(a_use())
        ledger.records.reuse(a_use(run_id="run-3", pipeline="trains"))
        assert [use.run_id for use in ledger.records.uses(run_id="run-2")] == ["run-2"]
        assert [use.run_id for use in ledger.records.uses(pipeline="trains")] == ["run-3"]
        assert len(ledger.records.uses(kind="trial", pipeline="flights")) == 2
        assert ledger.records.uses(kind="split") == ()

    def test_uses_come_oldest_first(self, ledger: Ledger, lease: Lease) -> None:
        ledger.records.append(a_record(), lease)
        ledger.records.reuse(a_use(run_id="late", at=NOON + 9 * MINUTE))
        ledger.records.reuse(a_use(run_id="early", at=NOON - MINUTE))
        assert [use.run_id for use in ledger.records.uses()] == ["early", "run-1", "late"]

    def test_of_many_records_of_a_fingerprint_at_once_one_is_kept(self, ledger: Ledger, lease: Lease) -> None:
        outcomes = at_once(lambda run: ledger.records.append(a_record(run_id=run), lease), ["a", "b", "c", "d"])
        assert outcomes == [ledger.records.find("f1")] * 4
        assert sorted(use.reused for use in ledger.records.uses()) == [False, True, True, True]
