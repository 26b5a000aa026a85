"""The sensor looks once, then waits in the triggerer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import TaskDeferred

from regrow.platform.workspace import open_workspace
from regrow.spec.load import load_pipeline
from regrow_airflow.schedules import accepted
from regrow_airflow.sensors.arrival import PartitionArrivalSensor
from support.toy import Toy


class Kept:
    """Airflow's store of an asset's state, in memory."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def set(self, key: str, value: Any) -> None:
        self.values[key] = value


@pytest.fixture
def sensor(toy: Toy, airflow_database: None) -> PartitionArrivalSensor:
    asset = accepted(load_pipeline(toy.yaml).pipeline)
    return PartitionArrivalSensor(task_id="wait", asset=asset, path=str(toy.yaml), pipeline="toy-parcels")


@pytest.fixture
def context(sensor: PartitionArrivalSensor) -> Any:
    run = SimpleNamespace(dag_id="toy-parcels--arrival", run_id="run")
    return {"dag_run": run, "ti": SimpleNamespace(log_url=""), "asset_state_store": {sensor.asset: Kept()}}


def waited_for(sensor: PartitionArrivalSensor, context: Any) -> Any:
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute(context)
    return deferred.value


def test_what_is_whole_is_returned_at_once_and_the_run_begins(
    toy: Toy, sensor: PartitionArrivalSensor, context: Any
) -> None:
    assert toy.arrive([1, 0]) == ["2024-01-02", "2024-01-01"]
    assert sensor.execute(context) == ["2024-01-01", "2024-01-02"]
    workspace = open_workspace(toy.settings)
    run = workspace.ledger.runs.get("toy-parcels--arrival/run")
    workspace.close()
    assert run is not None
    assert run.reason == "2024-01-01, 2024-01-02 arrived"


def test_where_nothing_is_whole_it_waits_with_what_the_trigger_needs(
    toy: Toy, sensor: PartitionArrivalSensor, context: Any
) -> None:
    deferred = waited_for(sensor, context)
    assert deferred.method_name == "execute"
    assert deferred.trigger.source["address"] == str(toy.source)
    assert deferred.trigger.look() == []
    toy.arrive([0])
    assert deferred.trigger.look() == ["2024-01-01"]


def test_what_failed_without_a_verdict_is_not_offered_in_a_loop(
    toy: Toy, sensor: PartitionArrivalSensor, context: Any
) -> None:
    toy.arrive([0])
    assert sensor.execute(context) == ["2024-01-01"]
    deferred = waited_for(sensor, context)
    assert deferred.trigger.look() == []
    assert deferred.trigger.again_at
    toy.arrive([1])
    assert sensor.execute(context, {"partitions": ["2024-01-02"]}) == ["2024-01-02"]


def test_a_source_that_is_gone_is_tried_again_even_where_no_try_helps(
    toy: Toy, sensor: PartitionArrivalSensor, context: Any
) -> None:
    from regrow_airflow.operators.base import TransientFailure

    toy.yaml.write_text("kind: Nothing\n")
    with pytest.raises(TransientFailure, match="what"):
        sensor.execute(context)
