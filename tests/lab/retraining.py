"""A retraining that a person asks Airflow for, while things around it break."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil

from e2e.example_suite import MODEL, Played
from lab.short_project import TRIALS
from regrow.cluster.kinds import POD
from regrow.cluster.port import Object
from regrow.errors import RegrowError
from regrow.platform import airflow_home
from regrow.platform.airflow_api import AirflowApi
from regrow.platform.ports import kept
from regrow.platform.supervisor import Supervisor
from regrow.platform.workspace import Workspace
from regrow.steps.pods.pod import labels_of_run
from support.waiting import wait_for

STARTS, ENDS = 240, 600
"""Seconds: until its trials run, and until its end, on a machine that others use too."""


class Retraining:
    """On another window than those before it, so that its trials are new."""

    def __init__(self, played: Played, space: Workspace, start: str, reason: str) -> None:
        self._space = space
        self._supervisor = Supervisor(played.settings.root)
        ports = kept(played.settings)
        assert ports is not None
        password = airflow_home.password(played.settings)
        self._api = AirflowApi(f"http://127.0.0.1:{ports.airflow}", airflow_home.USER, password)
        self._asked = self._api.trigger(MODEL, {"start": start, "reason": reason}).run_id
        self.run_id = f"{MODEL}/{self._asked}"

    def until_trials_run(self) -> None:
        wait_for(lambda: self._pods("trial"), STARTS, "pods of trials")

    def kill_who_waits(self) -> None:
        """kill -9: the triggerer that waits for the pods, and the scheduler with every worker of its executor."""
        states = self._supervisor.states()
        scheduler = states["airflow-scheduler"].pid
        workers = psutil.Process(scheduler).children(recursive=True)
        for pid in (states["airflow-triggerer"].pid, scheduler, *(worker.pid for worker in workers)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ends_well(self) -> None:
        """Every trial once, no pod left, and Airflow calls it a success."""
        wait_for(self._ended, ENDS, f"the end of {self._asked}", pause=1)
        tasks = self._api.task_instances(MODEL, self._asked)
        told = {(task.task_id, task.map_index): (task.state, task.try_number) for task in tasks}
        assert self._api.dag_run(MODEL, self._asked).state == "success", told
        uses = self._space.ledger.records.uses(run_id=self.run_id, kind="trial")
        computed = [use.step for use in uses if not use.reused]
        assert len(computed) == len(set(computed)) == TRIALS
        run = self._space.ledger.runs.get(self.run_id)
        assert run is not None
        assert run.outcome in ("promoted", "kept"), run.sentence
        wait_for(lambda: not self._pods(), 60, "no pod of the run")
        self._api.close()

    def _ended(self) -> bool:
        with suppress(RegrowError):
            return self._api.dag_run(MODEL, self._asked).ended
        return False

    def _pods(self, kind: str = "") -> tuple[Object, ...]:
        labels = {**labels_of_run(self.run_id), **({"regrow.dev/kind": kind} if kind else {})}
        return self._space.cluster.list(POD, self._space.settings.kubernetes.namespace, labels)
