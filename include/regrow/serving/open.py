"""Serving as the settings have it, on this machine or on KServe: they become a Deployer and a Router."""

from __future__ import annotations

from pathlib import Path

from regrow.serving.local.data_plane import DataPlane
from regrow.serving.local.deployer import ProcessDeployer, ServingPlace
from regrow.serving.local.envoy.admin import EnvoyAdmin
from regrow.serving.local.place import envoy_place
from regrow.serving.local.router import EnvoyRouter
from regrow.serving.local.supervisor_processes import SupervisorProcesses
from regrow.serving.port import Deployer, Router
from regrow.settings import Settings
from regrow.store.port import Store


def open_data_plane(settings: Settings) -> DataPlane:
    """Envoy's folder and ports; `prepare()` it, then run its `command()`."""
    return DataPlane(envoy_place(settings))


def open_router(settings: Settings) -> Router:
    if settings.serving_backend == "kserve":
        from regrow.serving.kserve.open import kserve_router

        return kserve_router(settings.kserve)
    return EnvoyRouter(open_data_plane(settings))


def open_deployer(settings: Settings, store: Store) -> Deployer:
    if settings.serving_backend == "kserve":
        from regrow.serving.kserve.open import kserve_deployer

        return kserve_deployer(settings.kserve, store)
    admin = EnvoyAdmin(f"127.0.0.1:{envoy_place(settings).admin_port}")
    # Predictors answer Envoy on this machine and nobody else, wherever Envoy itself listens.
    place = ServingPlace(settings.serving, captures_folder(settings))
    processes = SupervisorProcesses(settings.root / "run", settings.root / "logs")
    return ProcessDeployer(place, store, processes, admin.in_flight)


def check_serving(settings: Settings) -> None:
    """Raises Refused, with what to do, where what serves elsewhere is not there to be used. Local: nothing to check."""
    if settings.serving_backend == "kserve":
        from regrow.serving.kserve.open import check

        check(settings.kserve)


def captures_folder(settings: Settings) -> Path:
    return settings.root / "captures"
