"""A small pipeline from arrival to champion, through Airflow's own task runner and the real coordinator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import pytest

from regrow.platform.workspace import Workspace
from regrow.registry.memory import MemoryRegistry
from regrow.serving.memory import MemoryDeployer, MemoryRouter
from regrow.settings import Settings
from support.memory_space import InThisProcess
from support.toy import Toy

pytestmark = pytest.mark.airflow


class Shared(InThisProcess):
    """Each task opens its own, as in production; the world outside is one and the same."""

    outside: tuple[MemoryRegistry, MemoryDeployer, MemoryRouter]

    @cached_property
    def registry(self) -> MemoryRegistry:
        return self.outside[0]

    @cached_property
    def deployer(self) -> MemoryDeployer:
        return self.outside[1]

    @cached_property
    def router(self) -> MemoryRouter:
        return self.outside[2]


@pytest.fixture
def space(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    outside = (MemoryRegistry(), MemoryDeployer(), MemoryRouter())

    def open_shared(settings: Settings | None = None, workers: int | None = None) -> Shared:
        workspace = Shared(settings or toy.settings, workers)
        workspace.outside = outside
        return workspace

    monkeypatch.setattr("regrow.platform.workspace.open_workspace", open_shared)
    workspace = open_shared()
    yield workspace
    workspace.close()


@pytest.fixture
def go(registered: Callable[[Any], Any], toy: Toy) -> Callable[..., Any]:
    """Runs one of the pipeline's DAGs; returns its state, and the state of each task."""
    from regrow_airflow.dag_factory import build

    def run(dag_id: str, **conf: Any) -> tuple[str, dict[str, list[str]]]:
        (dag,) = build(toy.yaml, dag_id)
        for task in dag.tasks:
            if not task.is_mapped:
                task.retry_delay = task.retry_delay * 0
        done = registered(dag).test(run_conf=conf)
        states: dict[str, list[str]] = {}
        for task in sorted(done.get_task_instances(), key=lambda task: task.map_index):
            states.setdefault(task.task_id, []).append(str(task.state))
        return str(done.state), states

    return run


def asset_events(name: str) -> list[Any]:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        query = select(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id).where(AssetModel.name == name)
        found = list(session.scalars(query.order_by(AssetEvent.partition_key)))
        session.expunge_all()
    return found


def names_of_trials() -> list[str]:
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        query = select(TaskInstance).where(TaskInstance.task_id == "round_0.trial").order_by(TaskInstance.map_index)
        return [str(task.rendered_map_index) for task in session.scalars(query)]


def test_partitions_arrive_and_are_judged_each_by_itself(toy: Toy, space: Workspace, go: Callable[..., Any]) -> None:
    toy.arrive([0, 2])
    toy.arrive([1], bad=100)
    state, tasks = go("toy-parcels--arrival")
    assert state == "failed"
    assert tasks["partition.snapshot"] == ["success"] * 3
    assert tasks["partition.gate"] == ["success", "failed", "success"]
    assert tasks["report"] == ["success"]
    events = asset_events("toy-parcels accepted")
    assert [event.partition_key for event in events] == ["2024-01-01", "2024-01-03"]
    assert events[0].extra == {"partition": "2024-01-01", "rows": 120, "quarantined": 0}


def test_where_nothing_is_due_the_rest_is_skipped_in_green(toy: Toy, space: Workspace, go: Callable[..., Any]) -> None:
    toy.arrive([0, 1])
    go("toy-parcels--arrival")
    state, tasks = go("toy-parcels")
    assert state == "success"
    assert tasks.pop("due") == ["success"]
    assert tasks.pop("report") == ["success"]
    assert {name for states in tasks.values() for name in states} == {"skipped"}
    (run,) = [run for run in space.ledger.runs.recent("toy-parcels") if run.outcome != "taken"]
    assert run.outcome == "not_due"
    assert "3 are needed" in run.sentence


def test_a_champion_is_trained_and_a_second_run_keeps_it(toy: Toy, space: Workspace, go: Callable[..., Any]) -> None:
    toy.arrive([0, 1, 2])
    go("toy-parcels--arrival")
    state, tasks = go("toy-parcels", reason="the first one")
    assert state == "success", tasks
    assert tasks["round_0.trial"] == ["success"] * 4
    assert {name for states in tasks.values() for name in states} == {"success"}
    assert "logistic_regression r0 k00 C=0.1" in names_of_trials()
    champion = space.ledger.models.champion("toy-parcels")
    assert champion is not None
    assert champion.version == "1.0.0"
    assert space.ledger.runs.recent("toy-parcels")[0].reason == "the first one"

    state, tasks = go("toy-parcels", algorithms=["logistic_regression"])
    assert state == "success"
    assert tasks["select"] == ["success"]
    assert tasks["register"] == tasks["deploy"] == ["skipped"]
    assert tasks["report"] == ["success"]
    assert space.ledger.runs.recent("toy-parcels")[0].outcome == "kept"
    assert space.ledger.models.champion("toy-parcels") == champion
