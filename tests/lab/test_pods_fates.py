"""What may become of a step's pod, done to real pods: the word for it, its sentence, and what the runner does next."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from contract.runner_contract import ALGORITHM, ask
from lab.node.facts import Facts
from lab.steps_place import StepsPlace, prepare, steps_place
from regrow.cluster.kinds import NODE, POD
from regrow.cluster.port import Object, named
from regrow.steps.contract import EXIT_FAILED, EXIT_TRANSIENT, StepRequest, StepResult
from regrow.steps.leasing import held
from support.waiting import wait_for

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def place(facts: Facts) -> Iterator[StepsPlace]:
    with steps_place(facts) as found:
        yield found


@pytest.fixture
def request_(place: StepsPlace, request: pytest.FixtureRequest) -> StepRequest:
    """One that has not run before; to hold its lease is to keep it running."""
    return place.identified(ask(seed=time.time_ns() % 1_000_000))


class Running:
    """A runner at work in a thread."""

    def __init__(self, place: StepsPlace, request: StepRequest, **settings: Any) -> None:
        self.told: list[str] = []
        self.results: tuple[StepResult, ...] = ()
        self._place, self._request = place, request
        self._thread = threading.Thread(target=self._run, args=(settings,))
        self._thread.start()

    def _run(self, settings: dict[str, Any]) -> None:
        self.results = self._place.runner(**settings).run([self._request], self.told.append)

    def result(self, seconds: float = 120) -> StepResult:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), self.told
        (found,) = self.results
        return found

    def pod(self, ready: Callable[[Object], bool] = lambda pod: True) -> Object:
        """Its pod, once that holds."""

        def look() -> Object | None:
            pods = self._place.pods()
            return pods[0] if pods and ready(pods[0]) else None

        found = wait_for(look, 60, "the pod")
        assert found is not None
        return found


def runs(pod: Object) -> bool:
    return bool(pod["status"].get("phase") == "Running")


def works(place: StepsPlace) -> Callable[[Object], bool]:
    """It has begun its step: its log says that it waits for the lease, or simply that Python is up."""
    started: dict[str, float] = {}

    def look(pod: Object) -> bool:
        if not runs(pod):
            return False
        first = started.setdefault(pod["metadata"]["uid"], time.monotonic())
        return time.monotonic() - first > 3

    return look


# --- what cannot start ---


@pytest.mark.parametrize(
    ("settings", "pods", "error", "words"),
    [
        pytest.param(
            {"image": "localhost/regrow-none:dev", "image_seconds": 5.0, "image_pull_policy": "Never"},
            {},
            "image",
            ["localhost/regrow-none:dev", "ErrImageNeverPull", "REGROW_KUBERNETES__IMAGE"],
            id="no image",
        ),
        pytest.param(
            {"image": "localhost:1/none:1", "image_seconds": 5.0},
            {},
            "image",
            ["localhost:1/none:1", "Pull"],
            id="no registry",
        ),
        pytest.param({"image": "localhost/no name:1"}, {}, "image", ["InvalidImageName"], id="no name of an image"),
        pytest.param(
            {"secret": "not-there", "image_seconds": 5.0},
            {},
            "config",
            ['secret "not-there" not found'],
            id="no Secret",
        ),
        pytest.param(
            {"pending_seconds": 5.0},
            {"node_selector": {"pool": "nowhere"}},
            "unschedulable",
            ["nodes are available", "pool=nowhere", "spec.pods"],
            id="no such node",
        ),
        pytest.param(
            {"pending_seconds": 5.0},
            {"memory": "900Gi"},
            "unschedulable",
            ["Insufficient memory", "memory 900Gi"],
            id="no node that large",
        ),
        pytest.param({"image": "localhost/pause:1"}, {}, "start_error", ["python"], id="no python in the image"),
    ],
)
def test_what_cannot_start_fails_fast_in_the_clusters_own_words(
    place: StepsPlace, request_: StepRequest, settings: Any, pods: Any, error: str, words: list[str]
) -> None:
    begun = time.monotonic()
    (result,) = place.runner(**settings).run([request_.model_copy(update={"pods": pods})], print)
    assert (result.exit_code, result.error) == (EXIT_FAILED, error)
    for word in words:
        assert word in result.reason
    assert time.monotonic() - begun < 60
    assert place.pods() == []


def test_what_the_cluster_does_not_admit_is_refused_in_its_words(place: StepsPlace, request_: StepRequest) -> None:
    (result,) = place.runner().run([request_.model_copy(update={"pods": {"service_account": "nobody"}})], print)
    assert result.exit_code == EXIT_FAILED
    assert 'serviceaccount "nobody" not found' in result.reason


# --- what ends badly ---


def test_more_memory_than_allowed_names_the_field_to_raise(place: StepsPlace, request_: StepRequest) -> None:
    (result,) = place.runner().run([request_.model_copy(update={"pods": {"memory": "48Mi"}})], print)
    assert (result.exit_code, result.error) == (EXIT_FAILED, "oom_killed")
    assert "48Mi" in result.reason
    assert "raise spec.pods.memory" in result.reason
    assert place.pods() == []


def test_a_step_that_breaks_says_why(place: StepsPlace) -> None:
    wrong = ask(search={"kind": "nonsense"}, algorithms=[{**ALGORITHM, "search": {"kind": "nonsense"}}])
    (result,) = place.runner().run([wrong], print)
    assert (result.exit_code, result.succeeded) == (EXIT_FAILED, False)
    assert "nonsense" in result.reason


def test_a_process_that_is_killed_may_be_tried_again(place: StepsPlace, request_: StepRequest) -> None:
    with held(place.ledger, f"step:{request_.fingerprint}"):
        running = Running(place, request_)
        running.pod(works(place))
        os.kill(process_of(place, request_), signal.SIGKILL)
        result = running.result()
    assert (result.exit_code, result.error) == (EXIT_TRANSIENT, "transient")
    assert "signal 9 (SIGKILL)" in result.reason


def test_a_step_over_its_time_is_ended(
    place: StepsPlace, request_: StepRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regrow.steps.pods.pod.GRACE_SECONDS", 10.0)
    with held(place.ledger, f"step:{request_.fingerprint}"):
        (result,) = place.runner().run([request_.model_copy(update={"timeout_seconds": 2.0})], print)
    assert (result.exit_code, result.error) == (EXIT_FAILED, "deadline")
    assert "longer than 12 s" in result.reason


def test_a_wrong_address_in_the_secret_is_said(place: StepsPlace, request_: StepRequest) -> None:
    wrong = place.settings.model_copy(update={"secret": "wrong"})
    prepare(place.cluster, wrong, {**place.variables, "REGROW_STORE_URL": "gopher://nowhere"})
    (result,) = place.runner(secret="wrong").run([request_], print)
    assert result.exit_code == EXIT_FAILED
    assert "gopher" in result.reason


def test_another_ledger_in_the_secret_is_noticed(place: StepsPlace, request_: StepRequest) -> None:
    other = place.settings.model_copy(update={"secret": "other"})
    prepare(place.cluster, other, {**place.variables, "REGROW_LEDGER_URL": "sqlite:////tmp/ledger.db"})
    (result,) = place.runner(secret="other").run([request_], print)
    assert (result.exit_code, result.error) == (EXIT_FAILED, "no_record")
    assert "Secret other" in result.reason


# --- what the cluster takes away ---


def test_a_pod_that_is_drained_ends_at_once_and_is_started_again(place: StepsPlace, request_: StepRequest) -> None:
    with held(place.ledger, f"step:{request_.fingerprint}"):
        running = Running(place, request_)
        pod = running.pod(works(place))
        begun = time.monotonic()
        evict(place, pod)
        wait_for(
            lambda: place.cluster.get(POD, *named(pod)) is None or uid(place, pod) != pod["metadata"]["uid"],
            30,
            "the end",
        )
        assert time.monotonic() - begun < 14, "it waited for the kill"
    result = running.result()
    assert result.succeeded
    assert any("evicted" in line and "started again" in line for line in running.told)
    assert place.computed(request_.run_id).count(request_.step) >= 1


def test_a_pod_that_somebody_deletes_is_started_again(place: StepsPlace, request_: StepRequest) -> None:
    with held(place.ledger, f"step:{request_.fingerprint}"):
        running = Running(place, request_)
        pod = running.pod(works(place))
        name, namespace = named(pod)
        place.cluster.delete(POD, name, namespace)
        wait_for(lambda: any("started again" in line for line in running.told), 40, "the next try")
    assert running.result().succeeded
    assert place.pods() == []


@pytest.fixture
def ghost(place: StepsPlace, facts: Facts) -> Iterator[str]:
    """A node without a kubelet, that only takes pods that ask for it."""
    name = f"ghost-{time.time_ns() % 100_000}"
    amounts = {"cpu": "4", "memory": "8Gi", "pods": "10"}
    place.cluster.create(
        NODE,
        {
            "metadata": {"name": name, "labels": {"pool": name}},
            "spec": {"taints": [{"key": "ghost", "effect": "NoSchedule"}]},
            "status": {
                "capacity": amounts,
                "allocatable": amounts,
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        },
    )
    yield name
    place.cluster.delete(NODE, name)


def test_a_pod_whose_node_is_lost_is_started_on_another(
    place: StepsPlace, request_: StepRequest, ghost: str, facts: Facts
) -> None:
    pods = {"node_selector": {"pool": ghost}, "tolerations": [{"key": "ghost", "operator": "Exists"}]}
    running = Running(place, request_.model_copy(update={"pods": pods}))
    pod = running.pod(lambda pod: pod["spec"].get("nodeName") == ghost)
    label(place, facts.node, ghost)
    label(place, ghost, None)
    change_status(place, pod, {"phase": "Failed", "reason": "NodeLost", "message": f"Node {ghost} is unreachable"})
    try:
        result = running.result()
    finally:
        label(place, facts.node, None)
    assert result.succeeded
    assert any("went away" in line and "started again" in line for line in running.told)


# --- hands ---


def uid(place: StepsPlace, pod: Object) -> str:
    name, namespace = named(pod)
    found = place.cluster.get(POD, name, namespace)
    return found["metadata"]["uid"] if found else ""


def evict(place: StepsPlace, pod: Object) -> None:
    name, namespace = named(pod)
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}
    send(place, "POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body, "application/json")


def change_status(place: StepsPlace, pod: Object, status: dict[str, Any]) -> None:
    name, namespace = named(pod)
    path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
    send(place, "PATCH", path, {"status": status}, "application/merge-patch+json")


def label(place: StepsPlace, node: str, pool: str | None) -> None:
    send(
        place,
        "PATCH",
        f"/api/v1/nodes/{node}",
        {"metadata": {"labels": {"pool": pool}}},
        "application/merge-patch+json",
    )


def send(place: StepsPlace, method: str, path: str, body: dict[str, Any], kind: str) -> None:
    transport = place.cluster._transport  # type: ignore[attr-defined]
    answer = transport.exchange(method, path, body=orjson.dumps(body), headers={"Content-Type": kind})
    assert answer.status < 300, answer


def process_of(place: StepsPlace, request: StepRequest) -> int:
    """On this machine: the lab's node is it."""
    (pod,) = place.pods()
    command = pod["spec"]["containers"][0]["command"][-1].encode()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and command in _words(folder / "cmdline"):
            return int(folder.name)
    raise LookupError(command)


def _words(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\0")
    except OSError:
        return []
