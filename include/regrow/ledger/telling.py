"""What the audit says of each change: one function per change, the same words in every adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from regrow.ledger.port import Champion, Lease, ModelVersion, Run, StepRecord, Use


@dataclass(frozen=True)
class Line:
    """An audit entry that has no number yet."""

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    details: Mapping[str, Any]


def step_recorded(record: StepRecord, lease: Lease) -> Line:
    details = {
        "step": record.step,
        "fingerprint": record.fingerprint,
        "output": record.output,
        "verdict": record.verdict,
        "epoch": lease.epoch,
    }
    return Line(record.ended_at, lease.holder, "step.recorded", record.run_id, record.reason, details)


def step_reused(use: Use) -> Line:
    reason = f"{use.step} has been computed before"
    details = {"step": use.step, "fingerprint": use.fingerprint}
    return Line(use.at, use.run_id, "step.reused", use.run_id, reason, details)


def lease_taken_over(lease: Lease, previous: str, at: datetime) -> Line:
    """Taking, renewing and releasing a lease is no change that anybody decides by; taking one from its holder is."""
    reason = f"the lease of {previous} ran out"
    return Line(at, lease.holder, "lease.taken_over", lease.name, reason, {"epoch": lease.epoch, "previous": previous})


def run_started(run: Run) -> Line:
    details = {"pipeline": run.pipeline, "spec_digest": run.spec_digest, "params": dict(run.params)}
    return Line(run.started_at, run.actor, "run.started", run.run_id, run.reason, details)


def run_finished(run: Run, at: datetime) -> Line:
    details = {"pipeline": run.pipeline, "outcome": run.outcome}
    return Line(at, run.actor, "run.finished", run.run_id, run.sentence, details)


def model_registered(version: ModelVersion, actor: str, reason: str) -> Line:
    details = {
        "run_id": version.run_id,
        "record": version.record,
        "artifact": version.artifact,
        "report": version.report,
        "registry_version": version.registry_version,
    }
    subject = f"{version.model}@{version.version}"
    return Line(version.created_at, actor, "model.registered", subject, reason, details)


def champion_promoted(champion: Champion, previous: Champion | None, actor: str, reason: str) -> Line:
    details = {"epoch": champion.epoch, "previous": previous.version if previous else None}
    subject = f"{champion.model}@{champion.version}"
    return Line(champion.since, actor, "champion.promoted", subject, reason, details)


def traffic_intended(
    model: str, version: int, document: Mapping[str, Any], actor: str, reason: str, at: datetime
) -> Line:
    return Line(at, actor, "traffic.intended", model, reason, {"version": version, "document": dict(document)})
