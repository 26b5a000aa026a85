"""A node's steps in a pod: from the operator over the triggerer back to the operator, with a real coordinator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from regrow.cluster.kinds import POD
from regrow.cluster.memory import MemoryCluster
from regrow.platform.workspace import Workspace
from regrow.settings import Settings
from regrow.spec.load import load_pipeline
from regrow.steps.coordinator import Coordinator
from regrow.steps.graph import RunParams
from regrow_airflow.operators.base import TransientFailure
from regrow_airflow.operators.pod import StepPodOperator
from support.kubelet import Kubelet
from support.memory_space import InThisProcess
from support.tiny_apiserver import TinyApiServer, tiny_apiserver
from support.toy import Toy

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("airflow_database")]

RUN = "manual__1"


@pytest.fixture
def settings(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("REGROW_RUNNER", "kubernetes")
    monkeypatch.setenv("REGROW_KUBERNETES__NAMESPACE", "steps")
    return Settings()


@pytest.fixture
def cluster() -> MemoryCluster:
    return MemoryCluster(namespaces=["steps"])


@pytest.fixture
def server(cluster: MemoryCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyApiServer]:
    with tiny_apiserver(cluster) as tiny:
        path = str(tiny.kubeconfig(tmp_path))
        connection = {"conn_type": "kubernetes", "extra": {"kube_config_path": path}}
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection))
        yield tiny


@pytest.fixture
def space(settings: Settings, server: TinyApiServer) -> Iterator[Workspace]:
    workspace = InThisProcess(settings)
    yield workspace
    workspace.close()


@pytest.fixture
def coordinator(toy: Toy, space: Workspace) -> Coordinator:
    """A run whose features are made: the split is next."""
    toy.arrive([0, 1, 2])
    loaded = load_pipeline(toy.yaml)
    arrived = Coordinator(space, loaded, "toy-parcels/arrived")
    arrived.start_arrival("test", "test")
    for node in ("snapshot", "gate"):
        arrived.execute(node, progress=quiet)
    found = Coordinator(space, loaded, f"toy-parcels/{RUN}")
    found.start("test", "test", RunParams(force=True))
    for node in ("due", "features"):
        found.execute(node, progress=quiet)
    return found


@pytest.fixture
def kubelet(cluster: MemoryCluster, space: Workspace) -> Kubelet:
    return Kubelet(cluster, "steps", space.ledger, space.store)


@pytest.fixture
def context() -> Any:
    run = SimpleNamespace(dag_id="toy-parcels", run_id=RUN)
    ti = SimpleNamespace(dag_id="toy-parcels", task_id="split", map_index=-1, try_number=1, log_url="http://log")
    return {"dag_run": run, "run_id": RUN, "ti": ti, "dag": SimpleNamespace()}


@pytest.fixture
def operator(toy: Toy) -> Callable[..., StepPodOperator]:
    def make(node: str = "split", **more: Any) -> StepPodOperator:
        return StepPodOperator(task_id=node, path=str(toy.yaml), pipeline="toy-parcels", node=node, **more)

    return make


def quiet(line: str) -> None:
    pass


def pods(cluster: MemoryCluster) -> list[str]:
    return [pod["metadata"]["name"] for pod in cluster.list(POD)]


def event_of(deferred: TaskDeferred) -> Any:
    async def first() -> Any:
        (event,) = [event async for event in deferred.trigger.run()]
        return event.payload

    return asyncio.run(asyncio.wait_for(first(), 30))


def deferred_by(task: StepPodOperator, context: Any) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context)
    assert deferred.value.method_name == "resume"
    return deferred.value


def resumed(task: StepPodOperator, context: Any, deferred: TaskDeferred) -> Any:
    return task.resume(context, event_of(deferred), **(deferred.kwargs or {}))


def test_a_node_runs_in_a_pod_that_is_gone_afterwards(
    operator: Callable[..., StepPodOperator],
    context: Any,
    coordinator: Coordinator,
    kubelet: Kubelet,
    cluster: MemoryCluster,
) -> None:
    deferred = deferred_by(operator(), context)
    (pod,) = cluster.list(POD)
    assert pod["metadata"]["labels"]["dag_id"] == "toy-parcels"
    assert pod["metadata"]["labels"]["regrow.dev/step"] == "split"
    kubelet.pause(0)
    assert resumed(operator(), context, deferred) is None
    assert pods(cluster) == []
    assert set(coordinator.view.steps("split")) == {"split"}


def test_what_the_ledger_has_needs_no_pod(
    operator: Callable[..., StepPodOperator], context: Any, coordinator: Coordinator, cluster: MemoryCluster
) -> None:
    coordinator.execute("split", progress=quiet)
    assert operator().execute(context) is None
    assert pods(cluster) == []


def test_an_element_of_a_mapped_node_runs_its_own_trial_alone(
    operator: Callable[..., StepPodOperator], context: Any, coordinator: Coordinator, kubelet: Kubelet
) -> None:
    for node in ("split", "ask_0"):
        coordinator.execute(node, progress=quiet)
    task = operator("trial_0", key="r0k01", title="the second")
    deferred = deferred_by(task, context)
    kubelet.pause(0)
    resumed(operator("trial_0", key="r0k01"), context, deferred)
    assert set(coordinator.view.steps("trial")) == {"trial r0 k01"}


def test_a_worker_that_was_killed_after_the_start_finds_its_pod(
    operator: Callable[..., StepPodOperator],
    context: Any,
    coordinator: Coordinator,
    kubelet: Kubelet,
    cluster: MemoryCluster,
) -> None:
    deferred_by(operator(), context)
    first = pods(cluster)
    again = deferred_by(operator(), context)
    assert pods(cluster) == first
    kubelet.pause(0)
    resumed(operator(), context, again)
    assert len(kubelet.started) == 1


def test_a_lost_pod_is_a_failure_that_may_pass_and_the_next_try_starts_anew(
    operator: Callable[..., StepPodOperator],
    context: Any,
    coordinator: Coordinator,
    kubelet: Kubelet,
    cluster: MemoryCluster,
) -> None:
    deferred = deferred_by(operator(), context)
    kubelet.end(pods(cluster)[0], 137, conditions=[{"type": "DisruptionTarget", "status": "True", "reason": "Evicted"}])
    with pytest.raises(TransientFailure, match="evicted"):
        resumed(operator(), context, deferred)
    assert pods(cluster) == []
    again = deferred_by(operator(), context)
    kubelet.pause(0)
    resumed(operator(), context, again)


def test_a_step_that_needs_more_memory_fails_for_good_and_the_audit_says_so(
    operator: Callable[..., StepPodOperator],
    context: Any,
    coordinator: Coordinator,
    kubelet: Kubelet,
    cluster: MemoryCluster,
    space: Workspace,
) -> None:
    deferred = deferred_by(operator(), context)
    kubelet.end(pods(cluster)[0], 137, "OOMKilled")
    with pytest.raises(AirflowFailException, match=r"raise spec\.pods\.memory"):
        resumed(operator(), context, deferred)
    assert "step.failed" in [entry.action for entry in space.ledger.audit.entries(f"toy-parcels/{RUN}")]
    assert pods(cluster) == []


def test_a_pod_that_vanished_after_its_step_was_recorded_is_a_success(
    operator: Callable[..., StepPodOperator],
    context: Any,
    coordinator: Coordinator,
    kubelet: Kubelet,
    cluster: MemoryCluster,
) -> None:
    deferred = deferred_by(operator(), context)
    kubelet.happenings = [Kubelet.run_and_vanish]
    kubelet.pause(0)
    resumed(operator(), context, deferred)
    assert set(coordinator.view.steps("split")) == {"split"}


def test_an_api_server_that_is_silent_at_the_start_may_answer_the_next_try(
    operator: Callable[..., StepPodOperator], context: Any, coordinator: Coordinator, server: TinyApiServer
) -> None:
    server.silent = True
    with pytest.raises(TransientFailure, match="does not answer"):
        operator().execute(context)


def test_a_task_that_is_killed_deletes_its_pod(
    operator: Callable[..., StepPodOperator], context: Any, coordinator: Coordinator, cluster: MemoryCluster
) -> None:
    task = operator()
    deferred_by(task, context)
    task.on_kill()
    assert pods(cluster) == []


def test_the_dag_of_pods_is_written_to_airflows_database_and_back(
    toy: Toy, settings: Settings, registered: Callable[[Any], Any]
) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    from regrow_airflow.retraining_dag import retraining_dag

    dag = registered(retraining_dag(load_pipeline(toy.yaml), settings))
    kinds = {task.task_id: task.task_type for task in DagSerialization.from_dict(DagSerialization.to_dict(dag)).tasks}
    in_pods = {name for name, kind in kinds.items() if kind == "StepPodOperator"}
    assert in_pods == {"features", "split", "round_0.trial", "select"}
