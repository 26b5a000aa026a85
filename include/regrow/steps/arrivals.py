"""What has arrived at a pipeline's source that the ledger does not know yet."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from regrow.data.arrival import Arrived, pending, signature
from regrow.data.open import open_source
from regrow.data.port import Listing, Source
from regrow.settings import Settings
from regrow.spec.load import LoadedPipeline
from regrow.spec.sources import check_source
from regrow.steps.view import View


class Arrivals:
    def __init__(self, settings: Settings, loaded: LoadedPipeline, view: View) -> None:
        self._settings = settings
        self._loaded = loaded
        self._view = view

    @cached_property
    def source(self) -> Source:
        return open_source(self._loaded.pipeline.spec.data, self._settings)

    @property
    def address(self) -> str:
        return check_source(self._loaded.pipeline.spec.data.source, self._settings)

    def known(self) -> dict[str, str]:
        """The signature of each partition as it was last taken."""
        return {key: signature(self._as_taken(key, files)) for key, files in self._view.listings().items()}

    def pending(self, now: datetime) -> tuple[Arrived, ...]:
        """Whole partitions that are new, or changed since they were taken; oldest first."""
        policy = self._loaded.pipeline.spec.data.arrival
        return pending(self.source.partitions(), self.known(), policy, now)

    def to_take(self, now: datetime) -> tuple[str, ...]:
        """Partitions that wait: newly whole ones, and those that a dead run left between snapshot and gate."""
        return tuple(sorted({arrived.partition for arrived in self.pending(now)} | set(self._view.ungated())))

    def listing(self, partition: str) -> list[list[Any]]:
        return [list(entry) for entry in self.source.listing(partition).files]

    def _as_taken(self, partition: str, files: list[list[Any]]) -> Listing:
        marker = self._loaded.pipeline.spec.data.arrival.marker
        entries = tuple((str(name), int(size), int(changed)) for name, size, changed in files)
        present = marker if any(name == marker for name, _, _ in entries) else ""
        return Listing(partition=partition, files=entries, marker=present)
