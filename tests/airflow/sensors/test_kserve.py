"""Each sensor looks once, then waits in the triggerer, and believes only what it sees itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG, chain
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from regrow.cluster.kinds import POD
from regrow.serving.kserve import open as opening
from regrow_airflow.hooks.kserve import KServeHook
from regrow_airflow.operators.kserve import DeployVersionOperator, TrafficOperator
from regrow_airflow.sensors.kserve import InferenceServiceReadySensor, RouteObservedSensor
from support.kserve_airflow import MODEL, KServeSpace, kserve_space

CONTEXT: Any = {}


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: None) -> Iterator[KServeSpace]:
    with kserve_space(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def served(space: KServeSpace) -> dict[str, Any]:
    return KServeHook().deploy(MODEL, "a", "1.0.0", space.artifact).model_dump(mode="json")


def deferred(sensor: Any) -> Any:
    with pytest.raises(TaskDeferred) as found:
        sensor.execute(CONTEXT)
    assert found.value.method_name == "execute"
    assert found.value.timeout.total_seconds() == 900
    return found.value.trigger


def test_a_version_is_waited_for_until_it_answers(space: KServeSpace, served: dict[str, Any]) -> None:
    sensor = InferenceServiceReadySensor(task_id="ready", model=MODEL, served=served)
    trigger = deferred(sensor)
    assert trigger.look() is None
    space.twin.step()
    assert trigger.look() == {"failed": False, "reason": "a prediction can be asked of it"}
    assert sensor.execute(CONTEXT, {"failed": False}) == "flights@1.0.0 answered a prediction"


def test_a_version_that_never_will_answer_fails_the_task_in_words(space: KServeSpace, served: dict[str, Any]) -> None:
    sensor = InferenceServiceReadySensor(task_id="ready", model=MODEL, served=served)
    trigger = deferred(sensor)
    space.twin.step()
    ended = {"exitCode": 1, "message": "model.txt should hash to something else"}
    container = {"name": "storage-initializer", "image": "-", "state": {"terminated": ended}}
    space.twin.cluster.happen(
        POD, "flights-a-predictor-0", "regrow-serving", status={"initContainerStatuses": [container]}
    )
    told = trigger.look()
    assert told is not None
    assert told["failed"]
    with pytest.raises(AirflowFailException, match="flights cannot serve: the model's files were refused"):
        sensor.execute(CONTEXT, told)


def test_a_plan_is_waited_for_until_the_data_plane_names_it(space: KServeSpace, served: dict[str, Any]) -> None:
    space.twin.step()
    plan = TrafficOperator(task_id="shares", model=MODEL, weights={"a": 100}, reason="first").execute(CONTEXT)
    sensor = RouteObservedSensor(task_id="routed", model=MODEL, plan=plan)
    trigger = deferred(sensor)
    assert trigger.look() is None
    space.twin.step()
    assert trigger.look() == {"version": 1}
    assert sensor.execute(CONTEXT, {"version": 1}) == 1


@pytest.mark.airflow
def test_a_rollout_by_hand_is_four_tasks_of_a_dag(
    space: KServeSpace, registered: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(range(1000))

    def opened(context: object) -> Any:
        # Controllers come to it a while after each wish, so that both sensors are deferred.
        if next(looks) % 4 == 3:
            space.twin.step()
        return space.twin.cluster

    monkeypatch.setattr(opening, "open_cluster", opened)
    with DAG("by-hand", schedule=None) as dag:
        deploy = DeployVersionOperator(
            task_id="deploy", model=MODEL, slot="a", version="1.0.0", artifact="{{ params.artifact }}"
        )
        ready = InferenceServiceReadySensor(task_id="ready", model=MODEL, served=deploy.output, poll_seconds=0.05)
        shares = TrafficOperator(task_id="shares", model=MODEL, weights={"a": 100}, reason="by hand")
        routed = RouteObservedSensor(task_id="routed", model=MODEL, plan=shares.output, poll_seconds=0.05)
        chain(deploy, ready, shares, routed)
    dag.params["artifact"] = space.artifact
    done = registered(dag).test()
    assert {task.task_id: str(task.state) for task in done.get_task_instances()} == dict.fromkeys(
        ("deploy", "ready", "shares", "routed"), "success"
    )
    assert space.twin.ask(f"/v2/models/{MODEL}") == "1"
