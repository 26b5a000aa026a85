"""From a pod that ended to the results of its steps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contract.runner_contract import ask
from regrow.ledger.port import StepRecord
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.pods.answers import answers, untried
from regrow.steps.pods.batch import TOLD_TO_END, Told, Unrecorded
from regrow.steps.pods.fates import Fate, FateKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def request(n: int) -> StepRequest:
    return ask(f"ask r{n}", seed=n).model_copy(update={"fingerprint": f"{n:064d}"})


def record(fingerprint: str) -> StepRecord:
    return StepRecord(
        fingerprint=fingerprint,
        kind="ask",
        step="ask",
        pipeline="toy",
        run_id="toy/1",
        spec_digest="",
        environment="",
        params={},
        seed=0,
        inputs=(),
        output="o" * 64,
        verdict=None,
        reason="it is there",
        facts={},
        started_at=NOW,
        ended_at=NOW,
        cpu_seconds=0.0,
        peak_memory=0,
        cost=0.0,
        host="",
        image="",
    )


def found(fate: Fate, told: Told | None = None, recorded: tuple[int, ...] = (), steps: int = 1) -> list[StepResult]:
    known = {request(n).fingerprint: record(request(n).fingerprint) for n in recorded}
    return answers([request(n) for n in range(steps)], told or Told(), known.get, fate, "keys")


@pytest.mark.parametrize("kind", ["succeeded", "evicted", "oom_killed", "failed"])
def test_a_record_counts_more_than_how_the_pod_ended(kind: FateKind) -> None:
    (result,) = found(Fate(kind=kind), recorded=(0,))
    assert (result.succeeded, result.reason, result.reused) == (True, "it is there", False)


def test_what_the_pod_says_of_itself_counts_more_than_an_older_record() -> None:
    own = Unrecorded(n=0, exit_code=1, error="fingerprint_differs", reason="another lock")
    (result,) = found(Fate(kind="failed"), Told(count=1, unrecorded=(own,)), recorded=(0,))
    assert (result.exit_code, result.error, result.reason) == (1, "fingerprint_differs", "another lock")


def test_what_the_pod_reused_is_reused() -> None:
    (result,) = found(Fate(kind="succeeded"), Told(count=1, reused=(0,)), recorded=(0,))
    assert result.reused


def test_what_is_said_to_be_done_and_is_nowhere_failed() -> None:
    done, never = found(Fate(kind="evicted", sentence="gone", retry=True), Told(count=1), steps=2)
    assert (done.error, done.exit_code) == ("no_record", 1)
    assert (never.error, never.exit_code) == ("evicted", 20)


def test_what_kept_the_whole_batch_from_running_is_said_of_each() -> None:
    ended = StepResult(step="", kind="", reason="no such store", error="usage", exit_code=1)
    results = found(Fate(kind="failed", sentence="exit code 1"), Told(ended=ended), steps=2)
    assert [result.reason for result in results] == ["no such store"] * 2


@pytest.mark.parametrize(
    ("kind", "retry", "error", "code"),
    [
        ("deadline", False, "deadline", 1),
        ("evicted", True, "evicted", 20),
        ("transient", True, TOLD_TO_END, 20),
    ],
)
def test_why_it_was_told_to_end_the_pods_fate_knows_better(kind: FateKind, retry: bool, error: str, code: int) -> None:
    ended = StepResult(step="", kind="", reason="told to end", error=TOLD_TO_END, exit_code=20)
    (result,) = found(Fate(kind=kind, sentence="why", retry=retry), Told(ended=ended))
    assert (result.error, result.exit_code) == (error, code)


def test_after_a_crash_the_steps_behind_it_may_still_run() -> None:
    requests = [request(n) for n in range(4)]
    assert [one.step for one in untried(requests, Told(count=1), Fate(kind="oom_killed"))] == ["ask r2", "ask r3"]
    assert untried(requests, Told(count=1), Fate(kind="evicted")) == ()
