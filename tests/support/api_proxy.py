"""An API server's bad days: a plain HTTP server before the real one that answers, delays or cuts as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from regrow.cluster.client import ApiCluster
from regrow.cluster.port import Cluster

Plan = Callable[[str, str], int]
"""Method and path to a status to answer with, 0 for the real server's answer, HANG for none, LOSE for an answer that
never arrives though the real server did as it was asked."""
HANG, LOSE = -1, -2


@contextmanager
def api_proxy(plan: Plan) -> Iterator[Cluster]:
    """The cluster of the KUBECONFIG through the proxy."""
    from kubernetes import client, config

    real = config.new_client_from_config()
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            wanted = plan(self.command, self.path)
            if wanted == HANG:
                done.wait(60)
                return
            if wanted > 0:
                self._reply(wanted, b'{"kind":"Status","message":"told to fail","reason":"Chaos"}')
                return
            headers = {"Content-Type": self.headers.get("Content-Type") or "application/json"}
            real.update_params_for_auth(headers, [], ["BearerToken"])
            address = f"{real.configuration.host}{self.path}"
            pool = real.rest_client.pool_manager
            answer: Any = pool.request(self.command, address, body=body, headers=headers, retries=False, timeout=20)
            if wanted != LOSE:
                self._reply(answer.status, answer.data)

        do_POST = do_DELETE = do_PATCH = do_GET

        def _reply(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    configuration = client.Configuration()
    configuration.host = f"http://127.0.0.1:{server.server_address[1]}"
    configuration.no_proxy = "127.0.0.1"
    try:
        yield ApiCluster(client.ApiClient(configuration))
    finally:
        done.set()
        server.shutdown()
        thread.join()
        server.server_close()
        real.close()
