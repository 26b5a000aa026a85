"""As much of a Kubernetes API server as pods need, over the in-memory cluster, on a real port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from regrow.cluster.kinds import EVENT, POD
from regrow.cluster.memory import MemoryCluster
from regrow.errors import Conflict, Refused

KINDS = {"pods": POD, "events": EVENT}


class TinyApiServer:
    def __init__(self, cluster: MemoryCluster) -> None:
        self.cluster = cluster
        self.address = ""
        self.silent = False
        """Answers 503 to everything."""

    def kubeconfig(self, folder: Path) -> Path:
        path = folder / "kubeconfig"
        here = {"cluster": "tiny", "user": "me"}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tiny",
            "clusters": [{"name": "tiny", "cluster": {"server": self.address}}],
            "users": [{"name": "me", "user": {"token": "none"}}],
            "contexts": [{"name": "tiny", "context": here}],
        }
        path.write_text(json.dumps(document))
        return path

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        if self.silent:
            return 503, _status(503, "ServiceUnavailable", "not now")
        _, _, _, namespace, plural, *rest = path.strip("/").split("/")
        try:
            return self._known(method, namespace, plural, rest, query, body)
        except Conflict as error:
            return 409, _status(409, "AlreadyExists", error.sentence)
        except Refused as error:
            return 403, _status(403, "Forbidden", error.sentence)

    def _known(
        self, method: str, namespace: str, plural: str, rest: list[str], query: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, Any]:
        kind = KINDS[plural]
        if rest[1:] == ["log"]:
            return 200, self.cluster.log(namespace, rest[0])
        if method == "POST":
            return 201, self.cluster.create(kind, body)
        if method == "DELETE":
            uid = body.get("preconditions", {}).get("uid", "")
            gone = self.cluster.delete(kind, rest[0], namespace, uid=uid)
            return (200, {"kind": "Status"}) if gone else (404, _status(404, "NotFound", "no such pod"))
        if rest:
            found = self.cluster.get(kind, rest[0], namespace)
            return (200, found) if found else (404, _status(404, "NotFound", "no such pod"))
        labels, fields = (_selector(query.get(name, "")) for name in ("labelSelector", "fieldSelector"))
        items = self.cluster.list(kind, namespace, labels, fields)
        return 200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}


def _selector(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(",") if part)


def _status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message}


@contextmanager
def tiny_apiserver(cluster: MemoryCluster) -> Iterator[TinyApiServer]:
    tiny = TinyApiServer(cluster)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            status, document = tiny.answer(self.command, parts.path, query, body)
            text = isinstance(document, str)
            content = document.encode() if text else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if text else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_DELETE = do_GET

        def log_message(self, *arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    tiny.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield tiny
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
