"""Model versions, champions and the traffic's intent in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.memory_audit import MemoryAudit, through_json
from regrow.ledger.port import Champion, ModelVersion


class MemoryModels:
    def __init__(self, audit: MemoryAudit) -> None:
        self._audit = audit
        self._versions: list[ModelVersion] = []
        self._champions: dict[str, Champion] = {}

    def add(self, version: ModelVersion, actor: str, reason: str) -> ModelVersion:
        with self._audit.lock:
            of_model = self.versions(version.model)
            for known in of_model:
                if known.record == version.record:
                    return known
            rules.must_be_free(version, next((known for known in of_model if known.version == version.version), None))
            kept = through_json(version)
            self._versions.append(kept)
            self._audit.tell(telling.model_registered(version, actor, reason))
            return kept

    def versions(self, model: str | None = None) -> tuple[ModelVersion, ...]:
        with self._audit.lock:
            return tuple(version for version in self._versions if model in (None, version.model))

    def champion(self, model: str) -> Champion | None:
        return self._champions.get(model)

    def promote(self, model: str, version: str, *, seen_epoch: int, actor: str, reason: str, at: datetime) -> Champion:
        with self._audit.lock:
            numbers = [known.version for known in self.versions(model)]
            if version not in numbers:
                raise NotFound(f"version of {model}", version, numbers)
            current = self.champion(model)
            if current and current.version == version:
                return current
            champion = through_json(rules.next_champion(model, version, seen_epoch, at, current))
            self._champions[model] = champion
            self._audit.tell(telling.champion_promoted(champion, current, actor, reason))
            return champion


class MemoryTraffic:
    def __init__(self, audit: MemoryAudit) -> None:
        self._audit = audit
        self._intents: dict[str, tuple[int, Mapping[str, Any]]] = {}

    def intent(self, model: str) -> tuple[int, Mapping[str, Any]] | None:
        return self._intents.get(model)

    def intend(
        self, model: str, document: Mapping[str, Any], *, seen: int, actor: str, reason: str, at: datetime
    ) -> int:
        with self._audit.lock:
            version = rules.next_intent(model, seen, self._intents.get(model, (0, {}))[0])
            told = self._audit.tell(telling.traffic_intended(model, version, document, actor, reason, at))
            self._intents[model] = (version, told.details["document"])
            return version
