"""The composition root: settings become the adapters that everything else works with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property

from pydantic import SecretStr

from regrow.cluster.port import Cluster
from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.registry.port import Registry
from regrow.serving.port import Deployer, Router
from regrow.settings import S3Settings, Settings
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
        return open_store(self.settings.store, self.settings.s3)

    @cached_property
    def runner(self) -> Runner:
        from regrow.steps.process_runner import ProcessRunner

        here = ProcessRunner(self.environment(), self.workers)
        if self.settings.runner == "process":
            return here
        from regrow.steps.pods.runner import PodRunner
        from regrow.steps.routed_runner import RoutedRunner

        return RoutedRunner(
            light=here, heavy=PodRunner(self.cluster, self.ledger, self.store, self.settings.kubernetes)
        )

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster that steps run in as pods."""
        from regrow.cluster.open import open_cluster

        return open_cluster(self.settings.kubernetes.context)

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
        """The data plane runs, under its supervisor, or is ready in the cluster. Raises Refused where it is not."""
        from regrow.platform.lifecycle import ensure_supervisor
        from regrow.serving.open import check_serving

        check_serving(self.settings)
        if self.settings.serving_backend == "local":
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
            **_flat("REGROW_S3", settings.s3),
        }

    def close(self) -> None:
        for name in ("runner", "ledger"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


def _flat(prefix: str, group: S3Settings) -> dict[str, str]:
    """A group of settings as the variables that it is read back from; secrets too, for a child's environment alone."""
    values = {name: getattr(group, name) for name in type(group).model_fields}
    shown = {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in values.items()}
    return {f"{prefix}__{name.upper()}": value for name, value in shown.items() if value is not None}


def open_workspace(settings: Settings | None = None, workers: int | None = None) -> Workspace:
    return Workspace(settings or Settings(), workers)
