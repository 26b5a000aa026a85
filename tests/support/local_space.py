"""A workspace with everything real but the supervisor: Envoy and predictors are children of the test."""

from __future__ import annotations

import socket
from functools import cached_property
from typing import Any

import httpx
import orjson

from regrow.platform.workspace import Workspace
from regrow.serving.local.deployer import ProcessDeployer, ServingPlace
from regrow.serving.local.envoy.admin import EnvoyAdmin
from regrow.serving.local.place import envoy_place
from regrow.serving.local.subprocesses import Subprocesses
from regrow.serving.open import captures_folder, open_data_plane
from regrow.serving.port import Deployer
from regrow.settings import Settings
from regrow.steps.runner import Progress


def free_ports(count: int) -> list[int]:
    """Held all at once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


class LocalSpace(Workspace):
    def __init__(self, settings: Settings, workers: int = 2) -> None:
        super().__init__(settings, workers)
        run = settings.root / "run"
        run.mkdir(parents=True, exist_ok=True)
        port, admin = free_ports(2)
        (run / "ports.json").write_bytes(orjson.dumps({"envoy": port, "envoy_admin": admin}))
        self.children = Subprocesses(settings.root / "logs")
        plane = open_data_plane(settings)
        plane.prepare()
        self.children.start("envoy", plane.command(), {})

    def start_serving(self, progress: Progress) -> None:
        """Envoy runs since the beginning."""

    @cached_property
    def deployer(self) -> Deployer:
        place = envoy_place(self.settings)
        admin = EnvoyAdmin(f"127.0.0.1:{place.admin_port}")
        serving = ServingPlace(self.settings.serving, captures_folder(self.settings))
        return ProcessDeployer(serving, self.store, self.children, admin.in_flight)

    def ask(self, model: str, rows: list[dict[str, Any]]) -> httpx.Response:
        """A prediction through Envoy, V1."""
        place = envoy_place(self.settings)
        address = f"http://{place.host}:{place.port}/v1/models/{model}:predict"
        return httpx.post(address, json={"instances": rows}, timeout=10)

    def close(self) -> None:
        super().close()
        self.children.close()
