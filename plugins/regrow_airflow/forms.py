"""The form behind the Trigger button, and what its values mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from airflow.sdk import Param

from regrow.spec.model import Pipeline
from regrow.steps.graph import RunParams


def form(pipeline: Pipeline) -> dict[str, Param]:
    names = [algorithm.name for algorithm in pipeline.spec.algorithms]
    optional = ["null", "string"]
    algorithms = "Only these; none chosen: all of the pipeline's."
    return {
        "start": Param(None, "The oldest day to train on.", title="From", type=optional, format="date"),
        "end": Param(None, "The newest day to train on.", title="To", type=optional, format="date"),
        "reason": Param("", "Kept with the run, for who asks later.", title="Reason", type="string", maxLength=500),
        "algorithms": Param([], algorithms, title="Algorithms", type="array", examples=names),
        "plan_only": Param(False, "Say what it would do and reuse; do nothing.", title="Plan only", type="boolean"),
    }


def run_params(values: Mapping[str, Any], dag_run: Any) -> RunParams:
    """`values` of the form and the run that carries them. A run that no data made is wanted whatever is new."""
    kind = str(getattr(dag_run.run_type, "value", dag_run.run_type))
    return RunParams(
        reason=values.get("reason") or _reason(dag_run),
        actor=dag_run.triggering_user_name or f"airflow ({kind})",
        start=_day(values.get("start")),
        end=_day(values.get("end")),
        algorithms=tuple(values.get("algorithms") or ()),
        plan_only=bool(values.get("plan_only")),
        force=kind != "asset_triggered",
    )


def _reason(dag_run: Any) -> str:
    if dag_run.partition_key:
        return f"partition {dag_run.partition_key} was accepted"
    return {"manual": "asked for by hand", "scheduled": "its schedule"}.get(dag_run.run_type, "new data was accepted")


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
