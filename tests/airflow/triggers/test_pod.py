"""The wait for a step's pod in the triggerer, over a small API server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.serde import deserialize, serialize

from regrow.cluster.kinds import POD
from regrow.cluster.memory import MemoryCluster
from regrow.ledger.memory import MemoryLedger
from regrow.settings import KubernetesSettings
from regrow.store.memory import MemoryStore
from regrow_airflow.triggers.pod import StepPodTrigger
from support.kubelet import Kubelet
from support.tiny_apiserver import TinyApiServer, tiny_apiserver

POD_ITEM = {"metadata": {"name": "p", "namespace": "steps"}, "spec": {"containers": [{"name": "step", "image": "i"}]}}


@pytest.fixture
def cluster() -> MemoryCluster:
    found = MemoryCluster(namespaces=["steps"])
    found.create(POD, POD_ITEM)
    return found


@pytest.fixture
def kubelet(cluster: MemoryCluster) -> Kubelet:
    """Time passes here as it does outside."""
    found = Kubelet(cluster, "steps", MemoryLedger(), MemoryStore())
    found.now = lambda: datetime.now(UTC)  # type: ignore[method-assign]
    return found


@pytest.fixture
def server(cluster: MemoryCluster) -> Iterator[TinyApiServer]:
    with tiny_apiserver(cluster) as found:
        yield found


@pytest.fixture
def trigger(server: TinyApiServer, tmp_path: Path) -> StepPodTrigger:
    return StepPodTrigger(
        pod_name="p",
        pod_namespace="steps",
        kubernetes_conn_id="kubernetes_default",
        connection_extras={"kube_config_path": str(server.kubeconfig(tmp_path))},
        poll_interval=0.1,
        pods=KubernetesSettings(image_seconds=1, pending_seconds=2).model_dump(mode="json"),
    )


def waiting(trigger: StepPodTrigger) -> asyncio.Task[Any]:
    async def first() -> Any:
        (event,) = [event async for event in trigger.run()]
        return event.payload["fate"]

    return asyncio.create_task(first())


async def test_it_survives_the_way_to_the_triggerer(trigger: StepPodTrigger) -> None:
    path, arguments = trigger.serialize()
    assert path == "regrow_airflow.triggers.pod.StepPodTrigger"
    arrived: Any = deserialize(serialize(arguments))
    assert StepPodTrigger(**arrived).serialize() == (path, arguments)


async def test_it_tells_the_end_of_the_pod(trigger: StepPodTrigger, kubelet: Kubelet) -> None:
    kubelet.status("p", phase="Running")
    task = waiting(trigger)
    done, _ = await asyncio.wait([task], timeout=0.5)
    assert not done
    kubelet.end("p", 0)
    assert (await asyncio.wait_for(task, 20))["kind"] == "succeeded"


async def test_an_image_that_cannot_be_had_ends_the_wait_early(trigger: StepPodTrigger, kubelet: Kubelet) -> None:
    kubelet.waiting("p", "ImagePullBackOff", "no such image")
    fate = await asyncio.wait_for(waiting(trigger), 20)
    assert (fate["kind"], fate["retry"]) == ("image", False)
    assert "no such image" in fate["sentence"]


async def test_a_pod_that_no_node_takes_ends_the_wait(trigger: StepPodTrigger) -> None:
    assert (await asyncio.wait_for(waiting(trigger), 20))["kind"] == "unschedulable"


async def test_a_silent_api_server_is_outlasted(
    trigger: StepPodTrigger, kubelet: Kubelet, server: TinyApiServer
) -> None:
    kubelet.status("p", phase="Running")
    server.silent = True
    task = waiting(trigger)
    done, _ = await asyncio.wait([task], timeout=1.0)
    assert not done
    kubelet.end("p", 1)
    server.silent = False
    assert (await asyncio.wait_for(task, 20))["kind"] == "failed"


async def test_one_that_stays_silent_ends_the_wait_so_that_it_may_be_tried_again(
    trigger: StepPodTrigger, server: TinyApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regrow_airflow.triggers.pod.AWAY_SECONDS", 0.5)
    server.silent = True
    fate = await asyncio.wait_for(waiting(trigger), 20)
    assert fate["retry"] is True
    assert "could not be asked" in fate["sentence"]


async def test_a_pod_that_was_evicted_and_is_gone_is_told_as_evicted(
    trigger: StepPodTrigger, kubelet: Kubelet, cluster: MemoryCluster
) -> None:
    mark = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI", "message": "drained"}
    kubelet.status("p", phase="Running", conditions=[mark])
    task = waiting(trigger)
    await asyncio.wait([task], timeout=0.5)
    cluster.delete(POD, "p", "steps")
    fate = await asyncio.wait_for(task, 20)
    assert (fate["kind"], fate["retry"]) == ("evicted", True)


async def test_a_task_that_is_killed_while_it_waits_takes_its_pod_along(
    trigger: StepPodTrigger, cluster: MemoryCluster
) -> None:
    await trigger.on_kill()
    assert cluster.get(POD, "p", "steps") is None
