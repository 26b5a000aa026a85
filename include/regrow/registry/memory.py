"""The registry's in-memory twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from regrow.errors import Conflict, NotFound
from regrow.registry.port import Registration, Registry, TrialLog


class MemoryRegistry:
    """Keeps versions, tags, aliases and studies as plain dictionaries, open for tests to look at."""

    def __init__(self) -> None:
        self.studies: dict[tuple[str, str], dict[str, TrialLog]] = {}
        self.records: dict[str, list[str]] = {}
        """Model to its versions' records; version 1 is the first."""
        self.tags: dict[tuple[str, str], dict[str, str]] = {}
        self.reports: dict[str, dict[str, bytes]] = {}
        """Record to its report's files."""
        self.aliases: dict[tuple[str, str], tuple[str, int]] = {}

    def prepare(self) -> None:
        """Nothing to create."""

    def log_study(self, model: str, run_id: str, tags: Mapping[str, str], trials: Sequence[TrialLog]) -> str:
        study = self.studies.setdefault((model, run_id), {})
        for trial in trials:
            study.setdefault(trial.fingerprint or trial.label, trial)
        return f"memory:{model}/{run_id}"

    def register(
        self,
        model: str,
        run_id: str,
        record: str,
        version: str,
        folder: Path,
        metadata: Mapping[str, Any],
        report: Path | None = None,
    ) -> Registration:
        self.reports.setdefault(record, {}).update(_files(report))
        records = self.records.setdefault(model, [])
        if record not in records:
            records.append(record)
        number = str(records.index(record) + 1)
        shown = {key: str(value) for key, value in metadata.items() if key != "example"}
        self.tags[(model, number)] = {**shown, "version": version, "record": record, "run": run_id}
        return self._registration(model, number)

    def find(self, model: str, record: str) -> Registration | None:
        records = self.records.get(model, [])
        return self._registration(model, str(records.index(record) + 1)) if record in records else None

    def alias(self, model: str, name: str) -> str | None:
        found = self.aliases.get((model, name))
        return found[0] if found else None

    def set_alias(self, model: str, name: str, registry_version: str, epoch: int) -> None:
        if (model, registry_version) not in self.tags:
            raise NotFound("registry version", f"{model}/{registry_version}")
        _, newest = self.aliases.get((model, name), ("", 0))
        if epoch < newest:
            raise Conflict(subject=f"alias {name} of {model}", expected=f"epoch {epoch}", found=f"epoch {newest}")
        self.aliases[(model, name)] = (registry_version, epoch)

    def _registration(self, model: str, number: str) -> Registration:
        return Registration(registry_version=number, run_id=self.tags[(model, number)]["run"], url="")


def _files(folder: Path | None) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder else {}


_: type[Registry] = MemoryRegistry
