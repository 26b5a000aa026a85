"""A LocalExecutor that forgets the exit of a task which only went to wait.

A task that defers ends its process with success. Where its trigger fires at once, the scheduler sees that stale
success while the task is queued or running again, and fails it: with Airflow 3.3.2 up to one short deferral in seven.
May go once apache/airflow 72716 and 71580 are closed and a fan-out of short deferrals passes without it.
"""

from __future__ import annotations

from typing import Any

from airflow.executors.local_executor import LocalExecutor
from airflow.models.taskinstance import TaskInstance
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState
from sqlalchemy import select

_GOES_ON = frozenset(
    {
        TaskInstanceState.SCHEDULED,
        TaskInstanceState.QUEUED,
        TaskInstanceState.RUNNING,
        TaskInstanceState.DEFERRED,
        TaskInstanceState.AWAITING_INPUT,
    }
)


class DeferSafeLocalExecutor(LocalExecutor):
    """Set with AIRFLOW__CORE__EXECUTOR=regrow_airflow.executor.DeferSafeLocalExecutor."""

    def change_state(self, key: Any, state: Any, info: Any = None, remove_running: bool = True) -> None:
        if state == TaskInstanceState.SUCCESS and isinstance(key, TaskInstanceKey) and goes_on(key):
            self.running.discard(key)
            return
        super().change_state(key, state, info, remove_running)


def goes_on(key: TaskInstanceKey) -> bool:
    """Whether this very try of the task has a method to be resumed with, and has not ended."""
    with create_session() as session:
        row = session.execute(
            select(TaskInstance.state, TaskInstance.next_method).where(
                TaskInstance.dag_id == key.dag_id,
                TaskInstance.run_id == key.run_id,
                TaskInstance.task_id == key.task_id,
                TaskInstance.map_index == key.map_index,
                TaskInstance.try_number == key.try_number,
            )
        ).first()
    return row is not None and row.next_method is not None and row.state in _GOES_ON
