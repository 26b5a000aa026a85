"""A study as MLflow runs: one parent, below it one run per trial. Every call may be repeated after a kill anywhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regrow.registry.port import TrialLog

_BATCH = 900
"""MLflow takes 1,000 entries a call, 100 of them params."""
_MAX_VALUE = 500


class StudyLog:
    """Writes into one experiment through an MlflowClient."""

    def __init__(self, client: Any, experiment: str) -> None:
        self._client = client
        self._experiment = experiment

    def parent(self, run_id: str, tags: Mapping[str, str]) -> Any:
        wanted = {"regrow.run": run_id, "regrow.role": "study"}
        return self._find(wanted) or self._create(run_id, {**tags, **wanted})

    def trial(self, parent: Any, trial: TrialLog) -> None:
        """Once per parent and trial: a child that is ended is left alone, one that is not is written again."""
        wanted = {"mlflow.parentRunId": parent.info.run_id, "regrow.trial": trial.fingerprint or trial.label}
        child = self._find(wanted)
        if child is None:
            child = self._create(trial.label, {**wanted, "regrow.fingerprint": trial.fingerprint})
        if child.info.status == "RUNNING":
            self._write(child, trial)

    def end(self, run: Any) -> None:
        if run.info.status == "RUNNING":
            self._client.set_terminated(run.info.run_id, "FINISHED")

    def run_of(self, fingerprint: str, label: str, tags: Mapping[str, str]) -> Any:
        """The run of the trial with this fingerprint; a new one where no study logged it."""
        wanted = {"regrow.fingerprint": fingerprint}
        return self._find(wanted) or self._create(label, {**tags, **wanted})

    def _write(self, child: Any, trial: TrialLog) -> None:
        from mlflow.entities import Param, RunTag

        run_id, started = child.info.run_id, child.info.start_time
        params = [Param(key, str(value)[:_MAX_VALUE]) for key, value in sorted(trial.hyperparameters.items())]
        tags = [RunTag("regrow.algorithm", trial.algorithm)]
        if trial.failed:
            tags.append(RunTag("regrow.failed", trial.failed[:_MAX_VALUE]))
        for start in range(0, len(params), 100):
            self._client.log_batch(run_id, params=params[start : start + 100])
        for batch in _batches(trial, started):
            self._client.log_batch(run_id, metrics=batch)
        self._client.log_batch(run_id, tags=tags)
        ended = started + int(trial.seconds * 1000)
        self._client.set_terminated(run_id, "FAILED" if trial.failed else "FINISHED", end_time=ended)

    def _create(self, name: str, tags: Mapping[str, str]) -> Any:
        return self._client.create_run(self._experiment, tags=dict(tags), run_name=name)

    def _find(self, tags: Mapping[str, str]) -> Any | None:
        wanted = " and ".join(f"tags.`{key}` = '{_quoted(value)}'" for key, value in tags.items())
        found = self._client.search_runs([self._experiment], wanted, max_results=1, order_by=["start_time ASC"])
        return found[0] if found else None


def _batches(trial: TrialLog, started: int) -> Iterator[Sequence[Any]]:
    """Points carry the run's own start: writing them again after a kill makes no second point."""
    from mlflow.entities import Metric

    # MLflow shows the value of the highest step, so results stand behind a curve of the same name.
    last = max((step for step, _, _ in trial.curve), default=-1)
    points = [(name, value, step) for step, name, value in trial.curve]
    points += [(name, value, last + 1) for name, value in sorted(trial.metrics.items())]
    metrics = [Metric(name, value, started, step) for name, value, step in points if math.isfinite(value)]
    for start in range(0, len(metrics), _BATCH):
        yield metrics[start : start + _BATCH]


def _quoted(value: str) -> str:
    return value.replace("'", "")
