"""What every runner does. Subclass, and give the fixture `runner` with the ledger and the store it works on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from regrow.ledger.port import Ledger
from regrow.steps.contract import EXIT_FAILED, StepRequest
from regrow.steps.runner import Runner
from regrow.store.port import Store

ALGORITHM = {
    "name": "lightgbm",
    "hyperparameters": {"num_leaves": [4, 8]},
    "search": {"kind": "grid", "trials": None, "rounds": 1},
}


def ask(step: str = "ask r0", **params: Any) -> StepRequest:
    """The lightest of all steps: it asks for trials."""
    asked = {"algorithms": [ALGORITHM], "search": ALGORITHM["search"], "round": 0, "seed": 1}
    return StepRequest(
        kind="ask", step=step, pipeline="toy", run_id="toy/1", spec_digest="0" * 64, params={**asked, **params}
    )


def quiet(line: str) -> None:
    pass


class RunnerContract:
    def test_a_step_leaves_a_record_with_intact_outputs(self, runner: Runner, ledger: Ledger, store: Store) -> None:
        (result,) = runner.run([ask()], quiet)
        assert result.succeeded
        record = ledger.records.find(result.fingerprint)
        assert record is not None
        assert record.output == result.output
        assert store.intact(result.output)

    def test_the_same_request_again_is_reused(self, runner: Runner) -> None:
        (first,) = runner.run([ask()], quiet)
        (second,) = runner.run([ask()], quiet)
        assert (first.reused, second.reused) == (False, True)
        assert second.output == first.output

    def test_results_come_in_the_order_of_the_requests(self, runner: Runner) -> None:
        requests = [ask(f"ask r{number}", seed=number) for number in range(6)]
        assert [result.step for result in runner.run(requests, quiet)] == [request.step for request in requests]

    def test_a_step_that_fails_is_a_result_and_harms_no_other(self, runner: Runner) -> None:
        wrong = ask("ask r1", search={"kind": "nonsense"}, algorithms=[{**ALGORITHM, "search": {"kind": "nonsense"}}])
        failed, fine = runner.run([wrong, ask()], quiet)
        assert failed.exit_code == EXIT_FAILED
        assert "nonsense" in failed.reason
        assert not failed.fingerprint
        assert fine.succeeded

    def test_another_environment_is_refused(self, runner: Runner) -> None:
        (result,) = runner.run([ask().model_copy(update={"environment": "e" * 64})], quiet)
        assert result.error == "environment_differs"

    def test_another_fingerprint_than_the_coordinators_is_refused(self, runner: Runner) -> None:
        (result,) = runner.run([ask().model_copy(update={"fingerprint": "f" * 64})], quiet)
        assert result.error == "fingerprint_differs"

    def test_nothing_to_run_is_no_result(self, runner: Runner) -> None:
        assert runner.run([], quiet) == ()

    def test_a_lost_output_is_computed_again(self, runner: Runner, store: Store, lose: Any, tmp_path: Path) -> None:
        (first,) = runner.run([ask()], quiet)
        lose(first.output)
        assert not store.intact(first.output)
        (second,) = runner.run([ask()], quiet)
        assert (second.reused, second.output) == (False, first.output)
        assert store.intact(second.output)
