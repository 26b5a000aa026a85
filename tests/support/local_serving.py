"""Real Envoy and real predictors on free ports, in a folder of the test's own."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

from regrow.errors import TimedOut, Unreachable
from regrow.serving.local.data_plane import DataPlane
from regrow.serving.local.deployer import ProcessDeployer, ServingPlace
from regrow.serving.local.envoy.bootstrap import EnvoyPlace
from regrow.serving.local.router import EnvoyRouter
from regrow.serving.local.subprocesses import Subprocesses
from regrow.store.port import Store


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimedOut(what=what, seconds=seconds)
        time.sleep(0.02)


class LocalServing:
    def __init__(self, root: Path, store: Store) -> None:
        self.root = root
        place = EnvoyPlace(
            folder=root / "envoy",
            access_log=root / "logs" / "access.jsonl",
            host="127.0.0.1",
            port=free_port(),
            admin_port=free_port(),
        )
        self.plane = DataPlane(place)
        self.processes = Subprocesses(root / "logs")
        self.router = EnvoyRouter(self.plane)
        self.captures = root / "captures"
        self.deployer = ProcessDeployer(
            ServingPlace(root / "slots", self.captures), store, self.processes, self.router.admin.in_flight
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.plane.place.port}"

    def start_envoy(self) -> None:
        self.plane.prepare()
        self.processes.start("envoy", self.plane.command(), {})
        wait_until(self._live, "Envoy's start")

    def stop_envoy(self) -> None:
        self.processes.stop("envoy")

    def close(self) -> None:
        self.processes.close()

    def _live(self) -> bool:
        try:
            return self.router.admin.live()
        except Unreachable:
            return False
