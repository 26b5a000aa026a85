"""KServe for tests of Airflow's parts: the cluster in memory, and a gateway on a free port that routes as it says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from regrow.serving.kserve import open as opening
from regrow.serving.kserve.route import PLAN_HEADER
from regrow.settings import Settings
from regrow.store.open import open_store
from support.kserve_twin import KServeTwin
from support.serving_models import put_model

MODEL = "flights"


class KServeSpace:
    """A home that serves on KServe."""

    def __init__(self, twin: KServeTwin, root: Path) -> None:
        self.twin = twin
        self.artifact = put_model(open_store(Settings().store), root / "files")


@contextmanager
def kserve_space(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KServeSpace]:
    twin = KServeTwin()
    monkeypatch.setattr(opening, "open_cluster", lambda context: twin.cluster)
    with _gateway(twin) as address:
        monkeypatch.setenv("REGROW_HOME", str(root / "home"))
        monkeypatch.setenv("REGROW_KSERVE__ADDRESS", address)
        yield KServeSpace(twin, root)


@contextmanager
def _gateway(twin: KServeTwin) -> Iterator[str]:
    class Routes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header(PLAN_HEADER, twin.ask(self.path))
            self.end_headers()

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Routes)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
