"""A fan-out of real pods while the cluster has a bad day: each step is computed once, and no pod stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.runner_contract import ask
from lab.node import parts
from lab.node.facts import Facts
from lab.steps_place import StepsPlace, steps_place
from regrow.cluster.port import Cluster
from regrow.steps.contract import StepRequest, StepResult
from regrow.steps.pods.work import alone
from support.api_proxy import HANG, LOSE, Plan, api_proxy
from support.waiting import wait_for

pytestmark = [pytest.mark.lab, pytest.mark.fault]

STEPS = 8
SMALL = {"cpu": "50m", "memory": "256Mi"}
"""Others use the node too."""
RETURN_SECONDS = 60.0
"""So long after its return a cluster's work goes on again, at most."""


@pytest.fixture
def place(facts: Facts) -> Iterator[StepsPlace]:
    with steps_place(facts) as found:
        yield found


@pytest.fixture
def requests(place: StepsPlace) -> list[StepRequest]:
    """Light steps, each in a pod of its own as trials are."""
    asked = [place.identified(ask(f"ask r{number}", seed=number)) for number in range(STEPS)]
    return [request.model_copy(update={"pods": SMALL}) for request in asked]


class FanOut:
    """A runner at work in a thread."""

    def __init__(self, place: StepsPlace, requests: list[StepRequest], cluster: Cluster | None = None) -> None:
        self.told: list[str] = []
        self.results: tuple[StepResult, ...] = ()
        self._place, self._requests = place, requests
        self._thread = threading.Thread(target=self._run, args=(cluster,))
        self._thread.start()

    def _run(self, cluster: Cluster | None) -> None:
        self.results = self._place.runner(cluster, split=alone, parallel=4).run(self._requests, self.told.append)

    def until_started(self, pods: int) -> None:
        wait_for(lambda: sum("runs in pod" in line for line in self.told) >= pods, 60, f"the start of {pods} pods")

    def goes_on(self, seconds: float) -> None:
        """Another step is done within so long."""
        before = len(self._place.computed("toy/1"))
        wait_for(lambda: len(self._place.computed("toy/1")) > before, seconds, "another step")

    def whole(self, seconds: float = 240) -> None:
        """It ends within so long: every step was computed once, and no pod is left."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), self.told[-5:]
        assert [result.succeeded for result in self.results] == [True] * STEPS, self.results
        assert Counter(self._place.computed("toy/1")) == Counter(request.step for request in self._requests)
        assert self._place.pods() == []


@pytest.fixture
def mended() -> Iterator[None]:
    """Whatever a test broke runs afterwards."""
    yield
    for part in ("etcd", "kube-apiserver"):
        parts.start(part)


@pytest.mark.usefixtures("mended")
def test_kill_9_of_etcd_and_api_server_in_the_middle(place: StepsPlace, requests: list[StepRequest]) -> None:
    fan = FanOut(place, requests)
    fan.until_started(2)
    for part in ("kube-apiserver", "etcd"):
        parts.kill(part)
    time.sleep(3)
    for part in ("etcd", "kube-apiserver"):
        parts.start(part)
    fan.goes_on(RETURN_SECONDS)
    fan.whole()


@pytest.mark.usefixtures("mended")
def test_an_api_server_that_is_away_for_half_a_minute(place: StepsPlace, requests: list[StepRequest]) -> None:
    fan = FanOut(place, requests)
    fan.until_started(2)
    parts.stop("kube-apiserver")
    time.sleep(30)
    parts.start("kube-apiserver")
    fan.goes_on(RETURN_SECONDS)
    fan.whole()
    assert any("waiting: the Kubernetes API server" in line and "does not answer" in line for line in fan.told)


def every(times: int, status: int, method: str = "") -> Plan:
    """Each so-many-th request, of that method, goes wrong."""
    count = iter(range(1_000_000))
    return lambda asked, path: status if method in ("", asked) and next(count) % times == 0 else 0


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(lambda: every(3, 500), id="500"),
        pytest.param(lambda: every(3, 429), id="429"),
        pytest.param(lambda: every(2, LOSE, "POST"), id="answers to creations are lost"),
        pytest.param(lambda: every(2, 500, "DELETE"), id="deletions fail"),
        pytest.param(lambda: every(7, HANG, "GET"), id="lists hang"),
    ],
)
def test_an_api_server_that_often_fails(
    place: StepsPlace, requests: list[StepRequest], plan: Callable[[], Plan]
) -> None:
    with api_proxy(plan()) as cluster:
        fan = FanOut(place, requests, cluster)
        fan.whole()


WORKER = """
import sys
from regrow.cluster.open import open_cluster
from regrow.ledger.open import open_ledger
from regrow.settings import KubernetesSettings, Settings
from regrow.steps.contract import StepRequest
from regrow.steps.pods.runner import PodRunner
from regrow.steps.pods.work import alone
from regrow.store.open import open_store
settings = Settings()
place = KubernetesSettings(namespace=sys.argv[1], parallel=4)
ledger, store = open_ledger(settings.ledger), open_store(settings.store, settings.s3)
work = PodRunner(open_cluster(), ledger, store, place, split=alone)
work.run([StepRequest.model_validate_json(line) for line in sys.stdin], lambda line: print(line, flush=True))
"""


def test_a_worker_that_is_killed_leaves_its_pods_to_the_next(
    place: StepsPlace, requests: list[StepRequest], facts: Facts, tmp_path: Path
) -> None:
    asked = tmp_path / "requests"
    asked.write_bytes(b"\n".join(request.canonical() for request in requests))
    known: dict[str, Any] = {**os.environ, **place.variables, "KUBECONFIG": facts.kubeconfig}
    command = [sys.executable, "-c", WORKER, place.settings.namespace]
    with (
        asked.open() as lines,
        subprocess.Popen(command, env=known, stdin=lines, stdout=subprocess.PIPE, text=True) as worker,
    ):
        assert worker.stdout is not None
        told = [worker.stdout.readline() for _ in range(3)]
        worker.send_signal(signal.SIGKILL)
    assert all("runs in pod" in line for line in told)
    running = {pod["metadata"]["uid"] for pod in place.pods()}
    assert running
    fan = FanOut(place, requests)
    fan.whole()
    assert sum("runs in pod" in line for line in fan.told) <= STEPS - 3, "it started what was there"
