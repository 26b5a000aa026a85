"""What Airflow is doing, read from its REST API and told as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from regrow.errors import RegrowError, TimedOut, Unreachable
from regrow.platform import airflow_home
from regrow.platform.airflow_api import ENDED, AirflowApi, DagRun, TaskInstance
from regrow.platform.health import until
from regrow.platform.ports import kept
from regrow.settings import Settings

DAGS_SECONDS = 180.0
TOLD = ("success", "failed", "up_for_retry")
QUIET = ("due", "wait", "report", "partition.snapshot")
"""Tasks that are told of only where they fail."""


class AirflowWatch:
    """Remembers what it told, so that each change is told once."""

    def __init__(self, settings: Settings, pipeline: str, say: Callable[[str], None]) -> None:
        ports = kept(settings)
        assert ports is not None
        address = f"http://{settings.host}:{ports.airflow}"
        self.api = AirflowApi(address, airflow_home.USER, airflow_home.password(settings))
        self.pipeline = pipeline
        self.say = say
        self._told: set[tuple[str, str, int, str, int]] = set()
        self._done: set[str] = set()
        self._await_dags()
        self._forget_what_was()

    def look(self) -> None:
        """Tell what changed since the last look. An api-server that is busy is asked again later."""
        with suppress(Unreachable):
            for dag in self._dags:
                for run in reversed(self.api.dag_runs(dag, limit=50)):
                    if run.run_id not in self._done:
                        self._look_at(run)

    def until(self, done: Callable[[], bool], *, what: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not done():
            self.look()
            if time.monotonic() > deadline:
                raise TimedOut(what=what, seconds=timeout, next_step=f"see {self.api.address}/dags/{self.pipeline}")
            time.sleep(1)
        self.look()

    def ask_again(self, reason: str) -> None:
        """What a person does with the Trigger button."""
        self.api.trigger(self.pipeline, {"reason": reason})

    def ended(self, run_id: str, timeout: float) -> None:
        """Wait until Airflow too calls the run ended. Raises RegrowError where it failed there."""
        found = self._run_of(run_id)
        if found is None:
            return
        self.until(lambda: self._state(found) in ENDED, what=f"the end of {found.run_id}", timeout=timeout)
        if self._state(found) != "success":
            raise RegrowError(f"Airflow calls {found.run_id} failed; see {self.api.address}/dags/{found.dag_id}")
        self.say(f"  Airflow: {found.dag_id} {found.run_id} succeeded")

    @property
    def _dags(self) -> tuple[str, str]:
        return f"{self.pipeline}--arrival", self.pipeline

    def _run_of(self, ledger_run: str) -> DagRun | None:
        """The ledger's run ids end with Airflow's."""
        return next((run for run in self.api.dag_runs(self.pipeline) if ledger_run.endswith(run.run_id)), None)

    def _state(self, run: DagRun) -> str:
        return self.api.dag_run(run.dag_id, run.run_id).state

    def _await_dags(self) -> None:
        """Airflow answers before it has read the DAG folder."""
        until(
            lambda: ", ".join(dag for dag in self._dags if not self.api.dag_is_known(dag)),
            what="the DAG folder",
            timeout=DAGS_SECONDS,
            progress=self.say,
            next_step=f"see {self.api.address}/dags, and its import errors",
        )

    def _forget_what_was(self) -> None:
        """Runs that ended before this watch began are no news."""
        self._done = {run.run_id for dag in self._dags for run in self.api.dag_runs(dag) if run.ended}

    def _look_at(self, run: DagRun) -> None:
        for task in self.api.task_instances(run.dag_id, run.run_id):
            key = (run.run_id, task.task_id, task.map_index, str(task.state), task.try_number)
            if task.state in TOLD and key not in self._told:
                self._told.add(key)
                self._tell(task)
        if run.ended:
            self._done.add(run.run_id)

    def _tell(self, task: TaskInstance) -> None:
        if task.state == "success" and task.task_id in QUIET:
            return
        what = f"{task.task_id} {task.label}".strip()
        seconds = (task.ended_at - task.started_at).total_seconds() if task.ended_at and task.started_at else 0
        self.say(f"  Airflow: {what}: {task.state} ({seconds:.1f} s)")
