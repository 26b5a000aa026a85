"""What predictors count, added up over a slot."""

from __future__ import annotations

from typing import Any

import pytest

from regrow.cluster.kinds import POD
from regrow.cluster.memory import MemoryCluster
from regrow.cluster.port import Response
from regrow.errors import Unreachable
from regrow.serving.kserve.counters import Counts, parse, slot_counts
from regrow.serving.kserve.names import SERVICE_OF_POD
from regrow.serving.predictor.metrics import Metrics


def a_predictor(served: int, in_flight: int = 0) -> Metrics:
    metrics = Metrics({"model": "flights"}, lambda: {"captured": 0, "dropped": 0, "queued": 0})
    for _ in range(served):
        metrics.predicted(1, 0)
        metrics.answered(200, 0.001)
    metrics.answered(422, 0.001)
    metrics.in_flight = in_flight
    return metrics


def test_a_predictors_own_text_is_understood() -> None:
    assert parse(a_predictor(3, in_flight=2).text().decode()) == Counts(served=3, answered=4, in_flight=2)
    assert parse("") == Counts()


@pytest.fixture
def cluster() -> MemoryCluster:
    found = MemoryCluster(namespaces=["ours"])
    for name, ready in (("one", "True"), ("two", "True"), ("starting", "False")):
        meta = {"name": name, "namespace": "ours", "labels": {SERVICE_OF_POD: "flights-a"}}
        found.create(POD, {"metadata": meta})
        found.happen(POD, name, "ours", status={"conditions": [{"type": "Ready", "status": ready}]})
    return found


def answers(cluster: MemoryCluster, by_pod: dict[str, Response]) -> None:
    def answer(namespace: str, target: str, path: str, body: Any) -> Response:
        return by_pod[target.removeprefix("pods/").partition(":")[0]]

    cluster.answers = answer


def test_a_slot_is_the_sum_of_its_pods_that_are_up(cluster: MemoryCluster) -> None:
    texts = {"one": a_predictor(3), "two": a_predictor(4, in_flight=1)}
    answers(cluster, {name: Response(status=200, headers={}, body=found.text()) for name, found in texts.items()})
    assert slot_counts(cluster, "ours", "flights", "a") == Counts(served=7, answered=9, in_flight=1)
    assert slot_counts(cluster, "ours", "flights", "b") == Counts()


def test_a_pod_that_is_gone_since_counts_nothing_and_one_that_does_not_answer_is_told(cluster: MemoryCluster) -> None:
    gone = Response(status=404, headers={}, body=b"pods not found")
    answers(cluster, {"one": gone, "two": Response(status=200, headers={}, body=a_predictor(2).text())})
    assert slot_counts(cluster, "ours", "flights", "a").served == 2
    answers(cluster, {"one": gone, "two": Response(status=503, headers={}, body=b"connection refused")})
    with pytest.raises(Unreachable, match="the predictor at two does not answer: 503, connection refused"):
        slot_counts(cluster, "ours", "flights", "a")
