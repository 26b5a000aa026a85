"""The composition root: settings become the adapters that everything else works with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.registry.port import Registry
from regrow.serving.port import Deployer, Router
from regrow.settings import Settings
from regrow.steps.runner import Progress, Runner
from regrow.store.open import open_store
from regrow.store.port import Store


class Workspace:
    """One process's ports, each opened when first asked for."""

    def __init__(self, settings: Settings, workers: int | None = None) -> None:
        self.settings = settings
        self.workers = workers or settings.workers

    @cached_property
    def ledger(self) -> Ledger:
        self.settings.root.mkdir(parents=True, exist_ok=True)
        return open_ledger(self.settings.ledger)

    @cached_property
    def store(self) -> Store:
        return open_store(self.settings.store)

    @cached_property
    def runner(self) -> Runner:
        from regrow.steps.process_runner import ProcessRunner

        return ProcessRunner(self.environment(), self.workers)

    @cached_property
    def registry(self) -> Registry:
        from regrow.registry.open import open_registry

        return open_registry(self.settings)

    @cached_property
    def deployer(self) -> Deployer:
        from regrow.serving.open import open_deployer

        return open_deployer(self.settings, self.store)

    @cached_property
    def router(self) -> Router:
        from regrow.serving.open import open_router

        return open_router(self.settings)

    def start_serving(self, progress: Progress) -> None:
        """The data plane runs, under its supervisor. Nothing happens where it does already."""
        from regrow.platform.lifecycle import ensure_supervisor

        ensure_supervisor(self.settings, progress)

    def environment(self) -> Mapping[str, str]:
        """The variables that make another process work on the same ledger, store and data."""
        settings = self.settings
        return {
            "REGROW_HOME": str(settings.root),
            "REGROW_DATA_ROOT": str(settings.data),
            "REGROW_LEDGER_URL": settings.ledger,
            "REGROW_STORE_URL": settings.store,
            "REGROW_MLFLOW_URL": settings.mlflow,
            "PATH": os.environ.get("PATH", ""),
        }

    def close(self) -> None:
        for name in ("runner", "ledger"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


def open_workspace(settings: Settings | None = None, workers: int | None = None) -> Workspace:
    return Workspace(settings or Settings(), workers)
