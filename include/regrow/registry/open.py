"""The one place that chooses the registry's adapter."""

from __future__ import annotations

from regrow.registry.port import Registry
from regrow.settings import Settings


def open_registry(settings: Settings) -> Registry:
    """MLflow at the settings' address; its artifacts lie in HOME/mlflow/artifacts where it is a file of ours."""
    from regrow.registry.mlflow_registry import MlflowRegistry

    return MlflowRegistry(settings.mlflow, settings.root / "mlflow" / "artifacts")
