"""One step from request to record: fetch, identify, reuse or work, put, record."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from regrow.errors import EnvironmentDiffers, FingerprintDiffers, RegrowError, Transient
from regrow.ledger.port import Lease, Ledger, StepRecord, Use
from regrow.steps.contract import (
    EXIT_DONE,
    EXIT_FAILED,
    EXIT_REFUSED,
    EXIT_TRANSIENT,
    Inputs,
    StepContext,
    StepOutcome,
    StepRequest,
    StepResult,
)
from regrow.steps.failpoints import reach
from regrow.steps.identity import environment_of, identify
from regrow.steps.kinds import kinds
from regrow.steps.leasing import held
from regrow.store.port import Store
from regrow.verdicts import Verdict

Log = Callable[[str], None]


def execute(request: StepRequest, ledger: Ledger, store: Store, log: Log = print) -> StepResult:
    """Run the step, or find that it ran. Errors of ours become results with an exit code; others pass."""
    try:
        return _execute(request, ledger, store, log)
    except RegrowError as error:
        code = EXIT_TRANSIENT if isinstance(error, Transient) else EXIT_FAILED
        return StepResult(
            step=request.step, kind=request.kind, reason=error.sentence, exit_code=code, error=type(error).code
        )


def reusable(fingerprint: str, ledger: Ledger, store: Store) -> StepRecord | None:
    """The record with this fingerprint, if its outputs are still intact."""
    record = ledger.records.find(fingerprint)
    return record if record is not None and store.intact(record.output) else None


def result_of(record: StepRecord, request: StepRequest, reused: bool) -> StepResult:
    refused = record.verdict in (Verdict.FAIL, Verdict.NO_DATA, Verdict.ERROR)
    return StepResult(
        step=request.step,
        kind=request.kind,
        fingerprint=record.fingerprint,
        output=record.output,
        verdict=record.verdict,
        reason=record.reason,
        reused=reused,
        exit_code=EXIT_REFUSED if refused else EXIT_DONE,
    )


def note_reuse(record: StepRecord, request: StepRequest, ledger: Ledger) -> StepResult:
    ledger.records.reuse(
        Use(
            run_id=request.run_id,
            pipeline=request.pipeline,
            step=request.step,
            kind=request.kind,
            fingerprint=record.fingerprint,
            reused=True,
            at=datetime.now(UTC),
        )
    )
    return result_of(record, request, reused=True)


def _execute(request: StepRequest, ledger: Ledger, store: Store, log: Log) -> StepResult:
    here = environment_of(request.kind)
    if request.environment and request.environment != here:
        raise EnvironmentDiffers(step=request.step, wanted=request.environment, here=here)
    fingerprint = identify(request, store)
    if request.fingerprint and request.fingerprint != fingerprint:
        raise FingerprintDiffers(step=request.step, wanted=request.fingerprint, here=fingerprint)
    found = reusable(fingerprint, ledger, store)
    if found is not None:
        return note_reuse(found, request, ledger)
    with held(ledger, f"step:{fingerprint}") as lease:
        # Whoever held it before may have done the work.
        found = reusable(fingerprint, ledger, store)
        if found is not None:
            return note_reuse(found, request, ledger)
        record = _work(request, fingerprint, here, ledger, store, lease, log)
    return result_of(record, request, reused=False)


def _work(
    request: StepRequest, fingerprint: str, environment: str, ledger: Ledger, store: Store, lease: Lease, log: Log
) -> StepRecord:
    reach("before-work", request.kind)
    started, usage = datetime.now(UTC), resource.getrusage(resource.RUSAGE_SELF)
    with TemporaryDirectory(prefix="regrow-step-") as folder:
        work = Path(folder)
        outcome = _run(request, store, work, log)
        reach("after-work", request.kind)
        manifest = store.put(_files(work / "out"))
    reach("after-put", request.kind)
    after = resource.getrusage(resource.RUSAGE_SELF)
    record = StepRecord(
        fingerprint=fingerprint,
        kind=request.kind,
        step=request.step,
        pipeline=request.pipeline,
        run_id=request.run_id,
        spec_digest=request.spec_digest,
        environment=environment,
        params=request.params,
        seed=request.seed,
        inputs=request.inputs,
        output=manifest.digest,
        verdict=outcome.verdict,
        reason=outcome.reason,
        facts=outcome.facts,
        started_at=started,
        ended_at=datetime.now(UTC),
        cpu_seconds=round(after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime, 3),
        peak_memory=after.ru_maxrss * 1024,
        cost=0.0,
        host=platform.node(),
        image=os.environ.get("REGROW_IMAGE_DIGEST", ""),
    )
    kept = ledger.records.append(record, lease)
    reach("after-record", request.kind)
    return kept


def _run(request: StepRequest, store: Store, work: Path, log: Log) -> StepOutcome:
    out = work / "out"
    out.mkdir()
    context = StepContext(
        params=request.params,
        inputs=Inputs(_fetched(request, store, work / "in")),
        out=out,
        seed=request.seed,
        code=_code(request, store, work / "code"),
        log=log,
    )
    outcome: StepOutcome = kinds.load(request.kind)(context)
    return outcome


def _fetched(request: StepRequest, store: Store, root: Path) -> dict[str, dict[str, Path]]:
    folders: dict[str, dict[str, Path]] = {}
    for number, ref in enumerate(request.inputs):
        folder = root / ref.role / f"{number:05d}"
        folder.mkdir(parents=True)
        folders.setdefault(ref.role, {})[ref.key] = store.fetch(ref.digest, folder)
    return folders


def _code(request: StepRequest, store: Store, folder: Path) -> Path | None:
    if not request.code:
        return None
    folder.mkdir()
    return store.fetch(request.code, folder) / request.code_entry


def _files(out: Path) -> dict[str, Path]:
    return {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
