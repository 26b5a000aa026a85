"""The port to the model registry: a projection of the ledger, never its owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from regrow.frozen import Frozen


class TrialLog(Frozen):
    """One trial as the tracker shows it."""

    fingerprint: str
    label: str
    algorithm: str
    hyperparameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    curve: tuple[tuple[int, str, float], ...] = ()
    """(step, metric, value)"""
    seconds: float = 0.0
    failed: str = ""
    """Why, if it failed."""


class Registration(Frozen):
    registry_version: str
    run_id: str
    """The registry's own run."""
    url: str


class Registry(Protocol):
    def prepare(self) -> None:
        """Create the databases, once, under a lock. Safe from many processes at once."""

    def log_study(self, model: str, run_id: str, tags: Mapping[str, str], trials: Sequence[TrialLog]) -> str:
        """Log a study's trials below one parent run; idempotent by fingerprint. Returns the parent run's address."""

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
        """A version with signature and example from the model's folder; idempotent by `record`. Never runs the model.

        `metadata` becomes the version's tags, all but `example`: one row by feature name, the version's input example.
        Registering a record again with another `version` renames it. The files of the folder `report` are for people:
        they lie with the registry's run before the version does.
        """

    def find(self, model: str, record: str) -> Registration | None:
        """The version that a record became here."""

    def alias(self, model: str, name: str) -> str | None:
        """The registry version that an alias points at."""

    def set_alias(self, model: str, name: str, registry_version: str, epoch: int) -> None:
        """Raises Conflict where a newer epoch has set it, NotFound for a version that is not there."""
