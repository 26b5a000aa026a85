"""The port to Regrow's memory: five short books that one database keeps.

Every change of state writes its audit entry in the same transaction. Times are UTC and aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from regrow.frozen import Frozen
from regrow.verdicts import Verdict


class InputRef(Frozen):
    """One input of a step: the manifest with `digest`, in the part `role`, under the name `key`."""

    role: str
    key: str
    digest: str


class StepRecord(Frozen):
    """What a step that ran left behind. Unique by fingerprint; never changed."""

    fingerprint: str
    kind: str
    step: str
    """Its name in the run, by position: `features 2013-02-08`, `trial r0 k03`."""
    pipeline: str
    run_id: str
    """The run that computed it first."""
    spec_digest: str
    environment: str
    """The environment hash that it ran under."""
    params: Mapping[str, Any]
    seed: int
    inputs: tuple[InputRef, ...]
    output: str
    """Digest of the manifest of its outputs."""
    verdict: Verdict | None
    reason: str
    """One sentence: why the verdict, or what came out."""
    facts: Mapping[str, Any]
    """Small results, JSON: counts, metrics, references to other systems."""
    started_at: datetime
    ended_at: datetime
    cpu_seconds: float
    peak_memory: int
    """Bytes."""
    cost: float
    """In the unit of the price table; 0 where none is set."""
    host: str
    image: str
    """Digest of the container image, empty outside of one. Recorded, not part of the fingerprint."""


class Use(Frozen):
    """That a run used a record: computed it, or reused it."""

    run_id: str
    pipeline: str
    step: str
    kind: str
    fingerprint: str
    reused: bool
    at: datetime


class Lease(Frozen):
    name: str
    epoch: int
    """Grows with every holder; a write with an older epoch is refused."""
    holder: str


class Run(Frozen):
    run_id: str
    pipeline: str
    spec_digest: str
    reason: str
    actor: str
    started_at: datetime
    params: Mapping[str, Any] = {}
    """The form's values: dates, algorithms, plan only."""
    ended_at: datetime | None = None
    outcome: str = "running"
    """running, promoted, kept, refused, not_due, failed, planned, registered"""
    sentence: str = ""
    """The outcome in words."""


class ModelVersion(Frozen):
    model: str
    version: str
    """Semantic version."""
    run_id: str
    record: str
    """Fingerprint of the record that trained it."""
    artifact: str
    """Digest of the manifest with the model's files."""
    report: str
    """Digest of the manifest of its evaluation."""
    registry_version: str
    """Its number in MLflow."""
    metadata: Mapping[str, Any]
    created_at: datetime


class Champion(Frozen):
    model: str
    version: str
    epoch: int
    since: datetime


class AuditEntry(Frozen):
    seq: int
    at: datetime
    actor: str
    action: str
    """Dotted: `model.registered`, `champion.promoted`, `traffic.applied`, `run.started`."""
    subject: str
    """`model@version`, a pipeline or a run."""
    reason: str
    details: Mapping[str, Any]


class Records(Protocol):
    def find(self, fingerprint: str) -> StepRecord | None: ...

    def append(self, record: StepRecord, lease: Lease) -> StepRecord:
        """Keep the record and its use, if `lease` still holds (else LeaseLost). The first of a fingerprint stays."""

    def reuse(self, use: Use) -> None: ...

    def uses(
        self, *, run_id: str | None = None, pipeline: str | None = None, kind: str | None = None
    ) -> tuple[Use, ...]:
        """In order of time, oldest first."""


class Leases(Protocol):
    def acquire(self, name: str, holder: str, ttl: timedelta) -> Lease:
        """Raises LeaseHeld while another holder's lease runs. The same holder gets a new epoch at once."""

    def renew(self, lease: Lease, ttl: timedelta) -> None:
        """Raises LeaseLost."""

    def release(self, lease: Lease) -> None:
        """Of a lost lease: nothing happens."""


class Runs(Protocol):
    def start(self, run: Run) -> Run:
        """Idempotent by run_id: the first stays."""

    def finish(self, run_id: str, outcome: str, sentence: str, at: datetime) -> Run: ...

    def get(self, run_id: str) -> Run | None: ...

    def recent(self, pipeline: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        """Newest first."""


class Models(Protocol):
    def add(self, version: ModelVersion, actor: str, reason: str) -> ModelVersion:
        """Idempotent by (model, record): the first of a record is returned. A taken version number raises Conflict."""

    def versions(self, model: str | None = None) -> tuple[ModelVersion, ...]:
        """In order of registration."""

    def champion(self, model: str) -> Champion | None: ...

    def promote(self, model: str, version: str, *, seen_epoch: int, actor: str, reason: str, at: datetime) -> Champion:
        """Make `version` the champion if the epoch is still `seen_epoch` (0: none yet), else Conflict.

        The same version again changes nothing.
        """


class Traffic(Protocol):
    """The intent of what a model's traffic does: an opaque JSON document with a version, by compare-and-set."""

    def intent(self, model: str) -> tuple[int, Mapping[str, Any]] | None: ...

    def intend(
        self, model: str, document: Mapping[str, Any], *, seen: int, actor: str, reason: str, at: datetime
    ) -> int:
        """Replace the document if its version is still `seen` (0: none yet); the new version. Raises Conflict."""


class Audit(Protocol):
    def note(
        self, *, actor: str, action: str, subject: str, reason: str, details: Mapping[str, Any], at: datetime
    ) -> AuditEntry:
        """For what changes outside of the ledger (a deployment, a projection)."""

    def entries(self, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Oldest first; `limit` keeps the newest."""


class Ledger(Protocol):
    records: Records
    leases: Leases
    runs: Runs
    models: Models
    traffic: Traffic
    audit: Audit

    def close(self) -> None: ...
