"""Registering and promoting: effects that may be repeated, doubled or killed anywhere and happen once.

The ledger decides, the registry follows. A version is written to the registry first, found there by its record when
repeated, and then to the ledger; a promotion is a compare-and-set in the ledger, and then an alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from regrow.errors import Conflict, RegrowError
from regrow.frozen import Frozen, canonical
from regrow.ledger.port import Champion, Ledger, ModelVersion, StepRecord
from regrow.registry.metadata import Artifacts, Described, TrainingData, TrainingMetrics, model_id
from regrow.registry.port import Registry
from regrow.registry.projection import CHAMPION, project, reported, shown
from regrow.registry.training_data import Fitted, fitted
from regrow.registry.versions import Identity, Numbered, highest, identity, next_version
from regrow.spec.load import LoadedPipeline
from regrow.steps.code import pack
from regrow.steps.failpoints import reach
from regrow.store.port import Store
from regrow.training.table import ModelCard

_TRIES = 5


def register(
    ledger: Ledger,
    store: Store,
    registry: Registry,
    *,
    loaded: LoadedPipeline,
    run_id: str,
    candidate: StepRecord,
    selected: StepRecord,
    actor: str,
    now: datetime,
) -> ModelVersion:
    """The candidate's trial as a version of the pipeline's model; idempotent by the trial's fingerprint.

    `selected` is the record of the selection that chose it. The model's own files get a manifest of their own, the
    version's `artifact`, which serving fetches and nothing else.
    """
    model = loaded.pipeline.name
    with TemporaryDirectory(prefix="regrow-register-") as scratch:
        facts = _gather(store, loaded, candidate, selected, Path(scratch))
        for _ in range(_TRIES):
            known = _known(ledger, model, candidate.fingerprint)
            version = known or _drafted(ledger, model, run_id, candidate, selected, facts, now)
            registered = registry.register(
                model,
                version.run_id,
                candidate.fingerprint,
                version.version,
                facts.folder,
                shown(version),
                reported(store, version, Path(scratch)),
            )
            reach("after-registry", model)
            if known:
                return known
            numbered = version.model_copy(update={"registry_version": registered.registry_version})
            try:
                return ledger.models.add(numbered, actor, f"{version.metadata['reason']}; {selected.reason}")
            except Conflict as taken:
                conflict = taken
    raise conflict


def promote(
    ledger: Ledger,
    registry: Registry,
    model: str,
    version: str,
    *,
    seen_epoch: int,
    actor: str,
    reason: str,
    now: datetime,
) -> Champion:
    """Make `version` the champion if the epoch is still `seen_epoch`, then move the registry's alias.

    Raises Conflict. A registry that fails delays only its alias, which a repair sets later: the audit says so.
    """
    champion = ledger.models.promote(model, version, seen_epoch=seen_epoch, actor=actor, reason=reason, at=now)
    reach("after-ledger", model)
    try:
        project(ledger, registry, model)
    except RegrowError as error:
        subject = f"{model}@{champion.version}"
        details = {"alias": CHAMPION, "epoch": champion.epoch}
        ledger.audit.note(
            actor=actor, action="alias.delayed", subject=subject, reason=str(error), details=details, at=now
        )
    return champion


class Facts(Frozen):
    """What a version is made of."""

    folder: Path
    """The model's own files."""
    artifact: str
    card: ModelCard
    identity: Identity
    fitted: Fitted
    split: str
    source: str
    training: Mapping[str, float]
    validation: Mapping[str, float]


def _gather(store: Store, loaded: LoadedPipeline, candidate: StepRecord, selected: StepRecord, scratch: Path) -> Facts:
    fetched = store.fetch(candidate.output, scratch / "trial")
    folder = fetched / "model"
    card = ModelCard.model_validate_json((folder / "model.json").read_bytes())
    manifest = store.put({name: folder / name for name in ("model.json", card.file)})
    split = next(ref.digest for ref in selected.inputs if ref.role == "split")
    code, _ = pack(loaded, store)
    return Facts(
        folder=folder,
        artifact=manifest.digest,
        card=card,
        identity=identity(loaded.pipeline.spec, card.table, code, card.algorithm),
        fitted=fitted(store, split, card.table),
        split=split,
        source=loaded.pipeline.spec.data.source,
        training=orjson.loads((fetched / "training_metrics.json").read_bytes()),
        validation=orjson.loads((fetched / "metrics.json").read_bytes()),
    )


def _known(ledger: Ledger, model: str, record: str) -> ModelVersion | None:
    return next((version for version in ledger.models.versions(model) if version.record == record), None)


def _drafted(
    ledger: Ledger,
    model: str,
    run_id: str,
    candidate: StepRecord,
    selected: StepRecord,
    facts: Facts,
    now: datetime,
) -> ModelVersion:
    numbered = [Numbered(version=v.version, identity=_identity(v)) for v in ledger.models.versions(model)]
    version, reason = next_version(highest(numbered), facts.identity)
    document = _document(model, version, selected.output, facts)
    metadata = {"identity": facts.identity, "document": document, "reason": reason, "example": facts.fitted.example}
    return ModelVersion(
        model=model,
        version=version,
        run_id=run_id,
        record=candidate.fingerprint,
        artifact=facts.artifact,
        report=selected.output,
        registry_version="",
        metadata={name: _plain(value) for name, value in metadata.items()},
        created_at=now,
    )


def _identity(version: ModelVersion) -> Identity:
    return Identity.model_validate_json(canonical(version.metadata["identity"]))


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, Frozen) else value


def _document(model: str, version: str, report: str, facts: Facts) -> Described:
    training = {name: facts.training[name] for name in TrainingMetrics.model_fields}
    return Described(
        model_id=model_id(model, version),
        version=version,
        algorithm=facts.card.algorithm,
        hyperparameters=facts.card.hyperparameters,
        training_metrics=TrainingMetrics(**training),
        validation_metrics=facts.validation,
        training_data=TrainingData(source=facts.source, hash=facts.split, size=facts.fitted.rows),
        artifacts=Artifacts(
            model_file=f"store:{facts.artifact}/{facts.card.file}",
            feature_importance=f"store:{report}/feature_importance.json",
            confusion_matrix=f"store:{report}/confusion_matrix.json",
        ),
    )
