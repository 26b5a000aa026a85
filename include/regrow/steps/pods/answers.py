"""From a pod that ended to its steps' results: the ledger's word first, then the pod's own, then how it ended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from regrow.ledger.port import StepRecord
from regrow.steps.contract import EXIT_FAILED, EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.execute import result_of
from regrow.steps.pods.batch import TOLD_TO_END, Told
from regrow.steps.pods.fates import Fate

Find = Callable[[str], StepRecord | None]
"""The record with a fingerprint, if its outputs are intact."""


def answers(requests: Sequence[StepRequest], told: Told, find: Find, fate: Fate, secret: str) -> list[StepResult]:
    """One for each request, in order."""
    return [
        _recorded(request, n, told, find) or _told(request, n, told, fate, secret) for n, request in enumerate(requests)
    ]


def untried(requests: Sequence[StepRequest], told: Told, fate: Fate) -> tuple[StepRequest, ...]:
    """What a pod did not come to because one step took it down: these may run without that one."""
    crashed = fate.kind in ("oom_killed", "transient", "failed", "deadline") and told.ended is None
    return tuple(requests[told.count + 1 :]) if crashed else ()


def _recorded(request: StepRequest, n: int, told: Told, find: Find) -> StepResult | None:
    fingerprint = request.fingerprint or told.fingerprints.get(str(n), "")
    # A step that says itself that it failed did: the record of that fingerprint is another's.
    if not fingerprint or told.unrecorded_at(n) is not None:
        return None
    record = find(fingerprint)
    return result_of(record, request, reused=n in told.reused) if record is not None else None


def _told(request: StepRequest, n: int, told: Told, fate: Fate, secret: str) -> StepResult:
    own = told.unrecorded_at(n)
    if own is not None:
        return _without_record(request, own.reason, own.error, own.exit_code)
    if n < told.count or fate.kind in ("succeeded", "refused"):
        return _without_record(request, _not_here(secret), "no_record", EXIT_FAILED)
    # Told to end it was for a reason, which the pod's fate knows better.
    if told.ended is not None and (told.ended.error != TOLD_TO_END or fate.kind == "transient"):
        return _without_record(request, told.ended.reason, told.ended.error, told.ended.exit_code)
    return _without_record(request, fate.sentence, fate.kind, EXIT_TRANSIENT if fate.retry else EXIT_FAILED)


def _not_here(secret: str) -> str:
    return (
        "its pod says that it is done, but the ledger has no such record with intact outputs: "
        f"compare REGROW_LEDGER_URL and REGROW_STORE_URL of the Secret {secret} with this process's"
    )


def _without_record(request: StepRequest, reason: str, error: str, exit_code: int) -> StepResult:
    return StepResult(step=request.step, kind=request.kind, reason=reason, error=error, exit_code=exit_code)
