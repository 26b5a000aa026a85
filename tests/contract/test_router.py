"""The routers that there are, held to the contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from contract.router_contract import MODEL, RouterContract
from regrow.errors import TimedOut
from regrow.rollout.traffic import Arm
from regrow.serving.memory import MemoryRouter
from regrow.serving.port import Router
from regrow.store.memory import MemoryStore
from support.local_serving import LocalServing, free_port


class TestMemoryRouter(RouterContract):
    @pytest.fixture
    def router(self) -> Router:
        return MemoryRouter()

    @pytest.fixture
    def arms(self) -> tuple[Arm, Arm]:
        return (
            Arm(slot="a", endpoint="127.0.0.1:1", version="1.0.0", weight=100),
            Arm(slot="b", endpoint="127.0.0.1:2", version="1.1.0", weight=0),
        )

    def send(self, router: Router, requests: int) -> None:
        assert isinstance(router, MemoryRouter)
        for _ in range(requests):
            router.send(MODEL)


class Yes(BaseHTTPRequestHandler):
    """Answers everything with 200."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def arms() -> Iterator[tuple[Arm, Arm]]:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Yes) for _ in range(2)]
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.daemon_threads = True
        thread.start()
    ends = [f"127.0.0.1:{server.server_port}" for server in servers]
    yield (
        Arm(slot="a", endpoint=ends[0], version="1.0.0", weight=100),
        Arm(slot="b", endpoint=ends[1], version="1.1.0", weight=0),
    )
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


class TestEnvoyRouter(RouterContract):
    @pytest.fixture
    def serving(self, tmp_path: Path) -> Iterator[LocalServing]:
        local = LocalServing(tmp_path, MemoryStore())
        local.start_envoy()
        yield local
        local.close()

    @pytest.fixture
    def router(self, serving: LocalServing) -> Router:
        return serving.router

    @pytest.fixture
    def arms(self, arms: tuple[Arm, Arm]) -> tuple[Arm, Arm]:
        return arms

    def send(self, router: Router, requests: int) -> None:
        for _ in range(requests):
            assert httpx.get(router.address(MODEL)).status_code == 200

    def test_an_arm_that_does_not_answer_gets_no_route(self, serving: LocalServing, arms: tuple[Arm, Arm]) -> None:
        self.in_force(serving.router, self.plan(1, arms[0]))
        serving.router._patience = 1.0
        silent = arms[1].model_copy(update={"endpoint": f"127.0.0.1:{free_port()}", "weight": 100})
        with pytest.raises(TimedOut, match=r"flights@1\.1\.0 at .* to Envoy's health checks"):
            serving.router.apply(self.plan(2, silent))
        assert httpx.get(serving.router.address(MODEL)).status_code == 200

    def test_plans_applied_while_envoy_is_down_are_in_force_once_it_is_up(
        self, serving: LocalServing, arms: tuple[Arm, Arm]
    ) -> None:
        serving.stop_envoy()
        plan = self.plan(1, arms[0])
        serving.router.apply(plan)
        assert not serving.router.applied(plan)
        serving.start_envoy()
        self.in_force(serving.router, plan)

    def test_an_address_of_no_model_is_answered_in_words(self, serving: LocalServing, arms: tuple[Arm, Arm]) -> None:
        self.in_force(serving.router, self.plan(1, arms[0]))
        answer = httpx.get(f"{serving.url}/v2/models/{MODEL}x")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
