"""A version's metadata document: what `regrow show MODEL@VERSION` prints, every field filled.

What never changes is kept with the version; both histories are read from the ledger's audit when asked for.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from regrow.errors import NotFound
from regrow.frozen import Frozen, canonical
from regrow.ledger.port import AuditEntry, Ledger, ModelVersion

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://mlops.io/v1/regrow/model")


class TrainingMetrics(Frozen):
    accuracy: float
    precision: float
    recall: float
    f1_score: float


class TrainingData(Frozen):
    source: str
    hash: str
    """Digest of the manifest with the split's tables."""
    size: int
    """Rows that the model was fitted on."""


class Artifacts(Frozen):
    """Addresses in the store: `store:<digest of a manifest>/<file>`."""

    model_file: str
    feature_importance: str
    confusion_matrix: str


class Described(Frozen):
    """The part that is fixed when a version is registered."""

    model_id: str
    version: str
    algorithm: str
    hyperparameters: Mapping[str, bool | int | float | str | None]
    training_metrics: TrainingMetrics
    validation_metrics: Mapping[str, float]
    training_data: TrainingData
    artifacts: Artifacts


class Event(Frozen):
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    details: Mapping[str, Any]


class Document(Described):
    """The model metadata schema."""

    deployment_history: tuple[Event, ...]
    audit_trail: tuple[Event, ...]


def model_id(model: str, version: str) -> str:
    """The same UUID for the same name and version, anywhere (version 5)."""
    return str(uuid.uuid5(_NAMESPACE, f"{model}@{version}"))


def described(version: ModelVersion) -> Described:
    return Described.model_validate_json(canonical(version.metadata["document"]))


def describe(ledger: Ledger, model: str, version: str) -> dict[str, Any]:
    """The document as JSON. Raises NotFound with the known versions."""
    found = find(ledger, model, version)
    document = Document(
        **dict(described(found)),
        deployment_history=tuple(_event(e) for e in _told(ledger, model) if _deploys(e, model, version)),
        audit_trail=tuple(_event(entry) for entry in ledger.audit.entries(f"{model}@{version}")),
    )
    return document.model_dump(mode="json")


def find(ledger: Ledger, model: str, version: str) -> ModelVersion:
    versions = ledger.models.versions(model)
    for found in versions:
        if found.version == version:
            return found
    if versions:
        raise NotFound(f"version of {model}", version, [known.version for known in versions])
    raise NotFound("model", model, {known.model for known in ledger.models.versions()})


def _told(ledger: Ledger, model: str) -> list[AuditEntry]:
    """What the audit says of the model and of each of its versions, oldest first."""
    subjects = [model, *(f"{model}@{known.version}" for known in ledger.models.versions(model))]
    return sorted((e for subject in subjects for e in ledger.audit.entries(subject)), key=lambda entry: entry.seq)


def _deploys(entry: AuditEntry, model: str, version: str) -> bool:
    """Whether the entry tells when this version took over, got or lost traffic, or was replaced."""
    if entry.subject == model and entry.action.startswith("traffic."):
        arms = entry.details.get("document", entry.details).get("arms", ())
        return any(arm.get("version") == version for arm in arms)
    if entry.action == "champion.promoted" and entry.subject.startswith(f"{model}@"):
        return version in (entry.subject.partition("@")[2], entry.details.get("previous"))
    return entry.subject == f"{model}@{version}" and entry.action.partition(".")[0] in ("deployment", "slot", "traffic")


def _event(entry: AuditEntry) -> Event:
    return Event(**entry.model_dump(exclude={"seq"}))
