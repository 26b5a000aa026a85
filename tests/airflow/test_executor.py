"""The executor forgets the exit of a task that went to wait, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def waiting(registered: Callable[[Any], Any]) -> Callable[..., Any]:
    """Puts the one task of a fresh run into a state; returns the key of its try."""
    from airflow.models.taskinstance import TaskInstance
    from airflow.sdk import DAG, BaseOperator
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import select

    with DAG(dag_id="one-task", schedule=None) as dag:
        BaseOperator(task_id="wait")
    registered(dag)
    numbers = iter(range(1000))

    def put(state: str, next_method: str | None, name: str) -> Any:
        run_id = f"{name}-{next(numbers)}"
        from datetime import UTC, datetime

        serialized = DagSerialization.from_dict(DagSerialization.to_dict(dag))
        serialized.create_dagrun(
            run_id=run_id,
            run_after=datetime.now(UTC),
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
        )
        with create_session() as session:
            task = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run_id)).one()
            task.state, task.next_method, task.try_number = state, next_method, 1
            session.flush()
            return task.key

    return put


def told(key: Any, state: str) -> dict[Any, Any]:
    """What the scheduler would read after the executor heard of `state`."""
    from regrow_airflow.executor import DeferSafeLocalExecutor

    executor = DeferSafeLocalExecutor(parallelism=1)  # type: ignore[no-untyped-call]
    executor.running.add(key)
    executor.change_state(key, state)
    assert key not in executor.running
    return dict(executor.get_event_buffer())


@pytest.mark.parametrize("state", ["scheduled", "queued", "running", "deferred", "awaiting_input"])
def test_the_exit_of_a_task_that_is_to_be_resumed_is_forgotten(waiting: Callable[..., Any], state: str) -> None:
    assert told(waiting(state, "execute", f"resumed-{state}"), "success") == {}


def test_a_task_without_a_method_to_resume_has_ended(waiting: Callable[..., Any]) -> None:
    key = waiting("running", None, "ended")
    assert told(key, "success") == {key: ("success", None)}


def test_a_task_that_is_in_an_end_state_has_ended(waiting: Callable[..., Any]) -> None:
    key = waiting("success", "execute", "over")
    assert told(key, "success") == {key: ("success", None)}


def test_a_failure_is_always_told(waiting: Callable[..., Any]) -> None:
    key = waiting("queued", "execute", "killed")
    assert told(key, "failed") == {key: ("failed", None)}


def test_an_older_try_does_not_hide_behind_a_newer_one(waiting: Callable[..., Any]) -> None:
    key = waiting("queued", "execute", "older")
    older = key._replace(try_number=0)
    assert told(older, "success") == {older: ("success", None)}
