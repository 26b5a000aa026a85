"""The DAG that retrains a pipeline's model: the nodes of its graph, each as one task or one mapped task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, TaskGroup, TriggerRule

from regrow.settings import Settings
from regrow.spec.load import LoadedPipeline
from regrow.steps.graph import Node, retrain_graph
from regrow.steps.kinds import HEAVY
from regrow_airflow.documents import node_doc, retraining_doc, tags
from regrow_airflow.forms import form
from regrow_airflow.operators.base import last_words
from regrow_airflow.operators.due import DueOperator
from regrow_airflow.operators.report import ReportOperator
from regrow_airflow.operators.step import DeployOperator, RegrowStepOperator, StudyOperator
from regrow_airflow.retries import patience
from regrow_airflow.schedules import retraining

OPERATORS: dict[str, type[Any]] = {
    "due": DueOperator,
    "tell": StudyOperator,
    "register": StudyOperator,
    "deploy": DeployOperator,
    "report": ReportOperator,
}
"""By kind of node, wherever steps run."""

DISPLAYED = {"select": "selection gate"}
"""What people call a node whose id they would not guess."""

_GRACE = timedelta(minutes=2)


def retraining_dag(loaded: LoadedPipeline, settings: Settings) -> DAG:
    pipeline = loaded.pipeline
    dag = DAG(
        dag_id=pipeline.name,
        description=pipeline.metadata.description or f"Retrains {pipeline.name}",
        doc_md=retraining_doc(pipeline),
        tags=tags(pipeline),
        schedule=retraining(pipeline),
        catchup=False,
        max_active_runs=1,
        default_args={"owner": pipeline.metadata.owner or "regrow", "on_failure_callback": last_words, **patience()},
    )
    with dag:
        _Tasks(loaded, settings).make()
    # Only now: each task that is made in a DAG with params takes a copy of them along, into every serialised form.
    dag.params.update(form(pipeline))
    return dag


class _Tasks:
    def __init__(self, loaded: LoadedPipeline, settings: Settings) -> None:
        self._loaded = loaded
        self._settings = settings
        self._operators = _operators(settings)

    def make(self) -> None:
        made: dict[str, Any] = {}
        groups: dict[str, TaskGroup | None] = {"": None}
        for node in retrain_graph(self._loaded.pipeline):
            if node.group not in groups:
                groups[node.group] = TaskGroup(group_id=node.group)
            made[node.id] = self._task(node, groups[node.group], made)
            made[node.id].set_upstream([made[name] for name in node.upstream])
        made["report"].as_teardown()

    def _task(self, node: Node, group: TaskGroup | None, made: dict[str, Any]) -> Any:
        kind = self._operators.get(node.kind, RegrowStepOperator)
        arguments = {**self._common(node), "task_group": group} if group else self._common(node)
        if not node.mapped:
            return kind(**arguments)
        (before,) = node.upstream
        return kind.partial(**arguments).expand_kwargs(made[before].output)

    def _common(self, node: Node) -> dict[str, Any]:
        return {
            "task_id": node.kind,
            "node": node.id,
            "path": str(self._loaded.path),
            "pipeline": self._loaded.pipeline.name,
            "doc_md": node_doc(node),
            **self._special(node),
        }

    def _special(self, node: Node) -> dict[str, Any]:
        training = self._loaded.pipeline.spec.training
        if node.kind == "trial":
            return {
                "map_index_template": "{{ task.title }}",
                "max_active_tis_per_dagrun": training.parallel,
                # The runner ends a trial at its limit; Airflow only where the runner itself is stuck.
                "execution_timeout": timedelta(minutes=training.timeout_minutes) + self._grace(),
            }
        if node.kind == "tell":
            # A round lives with some of its trials lost; how many, the tell decides.
            return {"trigger_rule": TriggerRule.ALL_DONE_MIN_ONE_SUCCESS}
        return {"task_display_name": DISPLAYED[node.kind]} if node.kind in DISPLAYED else {}

    def _grace(self) -> timedelta:
        """A pod may wait for its node before its time begins."""
        waits = self._settings.kubernetes.pending_seconds if self._settings.runner == "kubernetes" else 0.0
        return _GRACE + timedelta(seconds=waits)


def _operators(settings: Settings) -> dict[str, type[Any]]:
    """By kind of node; all others are plain steps."""
    if settings.runner == "process":
        return OPERATORS
    from regrow_airflow.operators.pod import StepPodOperator

    return {**dict.fromkeys(HEAVY, StepPodOperator), **OPERATORS}
