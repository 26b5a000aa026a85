"""How the client bears an API server that fails: what is asked again, what is said, and what is not hidden."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from kubernetes import client

from regrow.cluster import transport
from regrow.cluster.client import ApiCluster
from regrow.cluster.kinds import CONFIG_MAP, POD
from regrow.errors import Conflict, Refused, Transient, Unreachable

Answer = tuple[int, dict[str, Any]]
ITEM = {"metadata": {"name": "one", "namespace": "ours"}}


class Server:
    """Answers from a list, the last one again and again; remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [(200, {"items": [], "metadata": {}})]
        self.asked: list[tuple[str, str]] = []

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    found = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.command, self.path))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = found.next()
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_DELETE = do_PATCH = do_GET

        def log_message(self, *arguments: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0.01)
    found.port = http.server_address[1]  # type: ignore[attr-defined]
    yield found
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def cluster(server: Server) -> ApiCluster:
    configuration = client.Configuration()
    configuration.host = f"http://127.0.0.1:{server.port}"  # type: ignore[attr-defined]
    return ApiCluster(client.ApiClient(configuration))


def status(code: int, reason: str, message: str) -> Answer:
    return code, {"kind": "Status", "code": code, "reason": reason, "message": message}


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_read_is_asked_again_a_few_times(server: Server, cluster: ApiCluster, code: int) -> None:
    server.answers = [(code, {}), (code, {}), (200, {"items": [], "metadata": {}})]
    assert cluster.list(POD, "ours") == ()
    assert len(server.asked) == 3


def test_a_read_that_never_succeeds_is_unreachable_with_the_servers_words(server: Server, cluster: ApiCluster) -> None:
    server.answers = [status(500, "InternalError", "etcdserver: request timed out")]
    with pytest.raises(Unreachable, match="etcdserver: request timed out"):
        cluster.get(POD, "one", "ours")
    assert len(server.asked) == transport.TRIES


@pytest.mark.parametrize(
    "change",
    [
        lambda cluster: cluster.create(CONFIG_MAP, ITEM),
        lambda cluster: cluster.apply(CONFIG_MAP, ITEM),
        lambda cluster: cluster.delete(CONFIG_MAP, "one", "ours"),
    ],
    ids=["create", "apply", "delete"],
)
def test_a_change_is_never_asked_again(
    server: Server, cluster: ApiCluster, change: Callable[[ApiCluster], Any]
) -> None:
    server.answers = [(503, {})]
    with pytest.raises(Unreachable):
        change(cluster)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (status(409, "AlreadyExists", 'configmaps "one" already exists'), Conflict, "ConfigMap ours/one"),
        (status(409, "Conflict", "Operation cannot be fulfilled on resourcequotas"), Transient, "resourcequotas"),
        (status(403, "Forbidden", 'User "me" cannot create configmaps'), Refused, 'User "me" cannot create'),
        (status(401, "Unauthorized", "Unauthorized"), Refused, "renew the credentials"),
        (status(422, "Invalid", "spec.x: Invalid value"), Refused, "spec.x: Invalid value"),
        (status(404, "NotFound", 'namespaces "ours" not found'), Refused, 'namespaces "ours" not found'),
        ((502, {"not": "a status"}), Unreachable, '502, {"not": "a status"}'),
    ],
)
def test_each_refusal_is_an_error_of_its_own_kind(
    server: Server, cluster: ApiCluster, answer: Answer, error: type[Exception], words: str
) -> None:
    server.answers = [answer]
    with pytest.raises(error) as found:
        cluster.create(CONFIG_MAP, ITEM)
    assert words in str(found.value)


def test_a_page_that_grew_too_old_begins_the_list_anew(server: Server, cluster: ApiCluster) -> None:
    def page(name: str, more: str = "") -> Answer:
        return 200, {"items": [{"metadata": {"name": name, "namespace": "ours"}}], "metadata": {"continue": more}}

    server.answers = [page("a", "next"), status(410, "Expired", "too old"), page("a", "next"), page("b")]
    assert [item["metadata"]["name"] for item in cluster.list(POD, "ours")] == ["a", "b"]
    assert "continue" not in server.asked[2][1]


def test_a_server_that_is_slow_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = client.Configuration()
    configuration.host = "http://127.0.0.1:9"
    monkeypatch.setattr(transport, "PAUSE_SECONDS", 0.01)
    with pytest.raises(Unreachable, match="the Kubernetes API server at http://127"):
        ApiCluster(client.ApiClient(configuration)).list(POD)


def test_what_a_service_answers_through_the_proxy_is_given_as_it_is(server: Server, cluster: ApiCluster) -> None:
    server.answers = [(503, {"error": "no model"})]
    answer = cluster.proxy("ours", "services/model:80", "/v2/health/ready")
    assert (answer.status, json.loads(answer.body)) == (503, {"error": "no model"})
    assert server.asked == [("GET", "/api/v1/namespaces/ours/services/model:80/proxy/v2/health/ready")]


def test_a_missing_right_to_the_proxy_is_refused(server: Server, cluster: ApiCluster) -> None:
    server.answers = [status(403, "Forbidden", "cannot get services/proxy")]
    with pytest.raises(Refused, match="services/proxy"):
        cluster.proxy("ours", "services/model:80", "/")
