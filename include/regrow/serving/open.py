"""Serving as this machine does it: settings become a Deployer and a Router."""

from __future__ import annotations

from pathlib import Path

from regrow.serving.local.data_plane import DataPlane
from regrow.serving.local.deployer import ProcessDeployer, ServingPlace
from regrow.serving.local.envoy.admin import EnvoyAdmin
from regrow.serving.local.place import envoy_place
from regrow.serving.local.router import EnvoyRouter
from regrow.serving.local.supervisor_processes import SupervisorProcesses
from regrow.settings import Settings
from regrow.store.port import Store


def open_data_plane(settings: Settings) -> DataPlane:
    """Envoy's folder and ports; `prepare()` it, then run its `command()`."""
    return DataPlane(envoy_place(settings))


def open_router(settings: Settings) -> EnvoyRouter:
    return EnvoyRouter(open_data_plane(settings))


def open_deployer(settings: Settings, store: Store) -> ProcessDeployer:
    admin = EnvoyAdmin(f"127.0.0.1:{envoy_place(settings).admin_port}")
    # Predictors answer Envoy on this machine and nobody else, wherever Envoy itself listens.
    place = ServingPlace(settings.serving, captures_folder(settings))
    processes = SupervisorProcesses(settings.root / "run", settings.root / "logs")
    return ProcessDeployer(place, store, processes, admin.in_flight)


def captures_folder(settings: Settings) -> Path:
    return settings.root / "captures"
