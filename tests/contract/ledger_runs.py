"""What every ledger does with runs."""

from __future__ import annotations

import pytest

from contract.ledger_values import MINUTE, NOON, a_run, actions, at_once
from regrow.errors import NotFound
from regrow.ledger.port import Ledger


class RunsContract:
    def test_a_run_comes_back_as_it_was_started(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run())
        assert ledger.runs.get("run-1") == a_run()

    def test_an_unknown_run_is_none(self, ledger: Ledger) -> None:
        assert ledger.runs.get("run-1") is None

    def test_the_first_start_of_a_run_stays(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run())
        assert ledger.runs.start(a_run(actor="somebody else")) == a_run()
        assert actions(ledger, "run-1") == ["run.started"]

    def test_a_finished_run_has_its_outcome_sentence_and_end(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run())
        finished = ledger.runs.finish("run-1", "promoted", "1.1.0 is the champion", NOON + MINUTE)
        assert ledger.runs.get("run-1") == finished
        assert (finished.outcome, finished.ended_at) == ("promoted", NOON + MINUTE)

    def test_finishing_alike_twice_changes_nothing(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run())
        first = ledger.runs.finish("run-1", "kept", "no better", NOON + MINUTE)
        assert ledger.runs.finish("run-1", "kept", "no better", NOON + 2 * MINUTE) == first
        assert actions(ledger, "run-1") == ["run.started", "run.finished"]

    def test_a_run_that_failed_can_still_end_well(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run())
        ledger.runs.finish("run-1", "failed", "killed", NOON + MINUTE)
        assert ledger.runs.finish("run-1", "promoted", "resumed", NOON + 2 * MINUTE).outcome == "promoted"
        assert actions(ledger, "run-1") == ["run.started", "run.finished", "run.finished"]

    def test_an_unknown_run_cannot_finish(self, ledger: Ledger) -> None:
        with pytest.raises(NotFound):
            ledger.runs.finish("run-1", "kept", "", NOON)

    def test_recent_runs_come_newest_first(self, ledger: Ledger) -> None:
        for run_id, after in (("b", 2), ("a", 1), ("c", 3)):
            ledger.runs.start(a_run(run_id, started_at=NOON + after * MINUTE))
        assert [run.run_id for run in ledger.runs.recent()] == ["c", "b", "a"]
        assert [run.run_id for run in ledger.runs.recent(limit=2)] == ["c", "b"]

    def test_recent_runs_are_found_by_pipeline(self, ledger: Ledger) -> None:
        ledger.runs.start(a_run("a"))
        ledger.runs.start(a_run("b", pipeline="trains"))
        assert [run.run_id for run in ledger.runs.recent("trains")] == ["b"]

    def test_of_many_starts_of_a_run_at_once_one_stays(self, ledger: Ledger) -> None:
        outcomes = at_once(lambda actor: ledger.runs.start(a_run(actor=actor)), ["a", "b", "c", "d"])
        assert outcomes == [ledger.runs.get("run-1")] * 4
        assert actions(ledger, "run-1") == ["run.started"]
