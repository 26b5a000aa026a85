"""As much of Airflow's REST API as the client asks for, on a real port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

RUN = {
    "dag_id": "parcels",
    "dag_run_id": "manual__2024-01-01T00:00:00+00:00",
    "state": "running",
    "run_type": "manual",
    "start_date": "2024-01-01T00:00:00Z",
    "end_date": None,
    "note": None,
}
TASK = {
    "task_id": "trial",
    "map_index": 3,
    "rendered_map_index": "lightgbm r0 k03",
    "state": "success",
    "try_number": 1,
    "start_date": "2024-01-01T00:00:00+00:00",
    "end_date": "2024-01-01T00:00:02+00:00",
}
HEALTHY = {part: {"status": "healthy"} for part in ("metadatabase", "scheduler", "triggerer", "dag_processor")}


@dataclass
class TinyAirflow:
    address: str = ""
    password: str = "secret"
    token: str = "token-1"
    health: dict[str, Any] = field(default_factory=lambda: dict(HEALTHY))
    runs: list[dict[str, Any]] = field(default_factory=lambda: [dict(RUN)])
    tasks: list[dict[str, Any]] = field(default_factory=lambda: [dict(TASK)])
    signed_in: int = 0
    broken: bool = False

    def answer(self, method: str, path: str, body: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        if path == "/api/v2/monitor/health":
            return 200, self.health
        if path == "/auth/token":
            return self._sign_in(body)
        if token != f"Bearer {self.token}":
            return 401, {"detail": "who are you?"}
        if self.broken:
            return 500, {"detail": "out of order"}
        return self._known(method, path.removeprefix("/api/v2"), body)

    def _sign_in(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if body != {"username": "admin", "password": self.password}:
            return 401, {"detail": "wrong password"}
        self.signed_in += 1
        return 201, {"access_token": self.token}

    def _known(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if method == "POST":
            self.runs.insert(0, {**RUN, "dag_run_id": "manual__new", "state": "queued", "note": body["note"]})
            return 200, self.runs[0]
        if path == "/importErrors":
            return 200, {"import_errors": [{"stack_trace": "line 1"}]}
        if path == "/dags/parcels":
            return 200, {"dag_id": "parcels"}
        if path == "/dags/parcels/dagRuns":
            return 200, {"dag_runs": self.runs}
        return self._of_a_run(path)

    def _of_a_run(self, path: str) -> tuple[int, dict[str, Any]]:
        for run in self.runs:
            if path == f"/dags/parcels/dagRuns/{run['dag_run_id']}":
                return 200, run
            if path == f"/dags/parcels/dagRuns/{run['dag_run_id']}/taskInstances":
                return 200, {"task_instances": self.tasks}
            if path.startswith(f"/dags/parcels/dagRuns/{run['dag_run_id']}/taskInstances/trial/logs/"):
                return 200, {"content": [{"event": "one"}, {"event": "two"}]}
        return 404, {"detail": "not here"}


@contextmanager
def tiny_airflow() -> Iterator[TinyAirflow]:
    airflow = TinyAirflow()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _reply(self, body: dict[str, Any]) -> None:
            path = unquote(urlsplit(self.path).path)
            status, document = airflow.answer(self.command, path, body, self.headers.get("Authorization", ""))
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    airflow.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield airflow
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
