"""The DAG that watches a pipeline's source: each partition that is whole is taken, judged and, if accepted, told of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import DAG, task_group

from regrow.spec.load import LoadedPipeline
from regrow.steps.graph import Node, arrival_graph
from regrow_airflow.documents import arrival_doc, node_doc, tags
from regrow_airflow.operators.base import last_words
from regrow_airflow.operators.gate import DataGateOperator
from regrow_airflow.operators.report import ArrivalReportOperator
from regrow_airflow.operators.step import RegrowStepOperator
from regrow_airflow.retries import long_patience, patience
from regrow_airflow.schedules import accepted, outlets
from regrow_airflow.sensors.arrival import PartitionArrivalSensor

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def arrival_dag(loaded: LoadedPipeline) -> DAG:
    """Runs one after the other without end; a run waits, deferred, until something has arrived."""
    pipeline = loaded.pipeline
    dag = DAG(
        dag_id=f"{pipeline.name}--arrival",
        dag_display_name=f"{pipeline.name}: arrival",
        description=f"Watches the data of {pipeline.name}",
        doc_md=arrival_doc(pipeline),
        tags=tags(pipeline),
        schedule="@continuous",
        # Without one, Airflow gives the second run the first one's logical date, and then creates no run ever again.
        start_date=_BEGINNING,
        catchup=False,
        max_active_runs=1,
        default_args={"owner": pipeline.metadata.owner or "regrow", "on_failure_callback": last_words, **patience()},
    )
    with dag:
        _tasks(loaded)
    return dag


def _tasks(loaded: LoadedPipeline) -> None:
    ours = {"path": str(loaded.path), "pipeline": loaded.pipeline.name}
    wait = PartitionArrivalSensor(
        task_id="wait",
        asset=accepted(loaded.pipeline),
        doc_md="Waits, without a worker, until a partition is whole that was not judged yet.\n",
        **ours,
        **long_patience(),
    )
    report = ArrivalReportOperator(
        task_id="report", doc_md="Which partitions were accepted, and which not, and why.\n", **ours
    )
    judged = task_group(group_id="partition")(_partition).partial(loaded=loaded).expand(key=wait.output)
    judged >> report.as_teardown()


def _partition(loaded: LoadedPipeline, key: Any) -> None:
    """One partition: its snapshot, then its gate. What one suffers is nothing to the others."""
    snapshot, gate = arrival_graph(loaded.pipeline)
    taken = RegrowStepOperator(**_arguments(loaded, snapshot, key))
    judged = DataGateOperator(
        task_display_name="data gate", outlets=outlets(loaded.pipeline), **_arguments(loaded, gate, key)
    )
    taken >> judged


def _arguments(loaded: LoadedPipeline, node: Node, key: Any) -> dict[str, Any]:
    return {
        "task_id": node.id,
        "node": node.id,
        "key": key,
        "path": str(loaded.path),
        "pipeline": loaded.pipeline.name,
        "map_index_template": "{{ task.key }}",
        "doc_md": node_doc(node),
    }
