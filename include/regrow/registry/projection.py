"""The registry as a projection of the ledger: what it should say, where it does not, and setting that right.

MLflow's database may be lost, restored from an old backup or edited by hand; the ledger and the store rebuild it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from regrow.frozen import Frozen
from regrow.ledger.port import Champion, Ledger, ModelVersion
from regrow.registry.port import Registry
from regrow.store.port import Store

CHAMPION = "champion"


class Repair(Frozen):
    kind: Literal["register", "alias"]
    model: str
    version: str
    reason: str


def repairs(
    versions: Sequence[ModelVersion],
    champion: Champion | None,
    numbers: Mapping[str, str],
    alias: str | None,
) -> tuple[Repair, ...]:
    """What one model's registry lacks. `numbers`: record to registry version, of those that it has; `alias`: where
    its champion alias points. Pure."""
    missing = tuple(
        Repair(
            kind="register", model=v.model, version=v.version, reason=f"{v.model}@{v.version} is not in the registry"
        )
        for v in versions
        if v.record not in numbers
    )
    return missing + _alias_repair(versions, champion, numbers, alias)


def _alias_repair(
    versions: Sequence[ModelVersion], champion: Champion | None, numbers: Mapping[str, str], alias: str | None
) -> tuple[Repair, ...]:
    if champion is None:
        return ()
    record = next(version.record for version in versions if version.version == champion.version)
    if alias is not None and numbers.get(record) == alias:
        return ()
    points = f"points at registry version {alias}" if alias else "is not set"
    reason = f"the alias {CHAMPION} {points}, the champion is {champion.version}"
    return (Repair(kind="alias", model=champion.model, version=champion.version, reason=reason),)


def look(ledger: Ledger, registry: Registry, model: str) -> tuple[Repair, ...]:
    """What a repair would do; changes nothing."""
    versions = ledger.models.versions(model)
    found = {version.record: registry.find(model, version.record) for version in versions}
    numbers = {record: entry.registry_version for record, entry in found.items() if entry}
    return repairs(versions, ledger.models.champion(model), numbers, registry.alias(model, CHAMPION))


def apply(repair: Repair, ledger: Ledger, store: Store, registry: Registry) -> None:
    if repair.kind == "alias":
        project(ledger, registry, repair.model)
    else:
        versions = ledger.models.versions(repair.model)
        _again(store, registry, next(v for v in versions if v.version == repair.version))


def rebuild(ledger: Ledger, store: Store, registry: Registry) -> tuple[Repair, ...]:
    """Bring every model's versions and aliases back, in the order of their registration; what was done."""
    registry.prepare()
    done = []
    for model in dict.fromkeys(version.model for version in ledger.models.versions()):
        for repair in look(ledger, registry, model):
            apply(repair, ledger, store, registry)
            done.append(repair)
    return tuple(done)


def project(ledger: Ledger, registry: Registry, model: str) -> None:
    """Point the alias at the ledger's champion. Raises Conflict where the registry has seen a newer epoch."""
    champion = ledger.models.champion(model)
    if champion is None:
        return
    version = next(v for v in ledger.models.versions(model) if v.version == champion.version)
    found = registry.find(model, version.record)
    number = found.registry_version if found else version.registry_version
    registry.set_alias(model, CHAMPION, number, champion.epoch)


def shown(version: ModelVersion) -> dict[str, Any]:
    """What the registry shows of a version: its tags, and its example row."""
    document = version.metadata["document"]
    return {
        "artifact": version.artifact,
        "report": version.report,
        "model_id": document["model_id"],
        "algorithm": document["algorithm"],
        "reason": version.metadata["reason"],
        "example": version.metadata["example"],
    }


def reported(store: Store, version: ModelVersion, scratch: Path) -> Path:
    """A folder below `scratch` with the report that chose the version: what its selection wrote."""
    return store.fetch(version.report, scratch / "report")


def _again(store: Store, registry: Registry, version: ModelVersion) -> None:
    with TemporaryDirectory(prefix="regrow-rebuild-") as folder:
        files, report = store.fetch(version.artifact, Path(folder) / "model"), reported(store, version, Path(folder))
        registry.register(version.model, version.run_id, version.record, version.version, files, shown(version), report)
