"""The first task of a retraining: whether it is due. Where it is not, the rest is skipped and all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.exceptions import DownstreamTasksSkipped

from regrow_airflow.forms import run_params
from regrow_airflow.operators.step import RegrowStepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context


class DueOperator(RegrowStepOperator):
    """Opens the run in the ledger with the form's values, then asks whether there is anything to do."""

    def execute(self, context: Context) -> None:
        params = run_params(context["params"], context["dag_run"])
        with self.coordinating(context) as coordinator:
            coordinator.start(params.reason, params.actor, params)
            result = self.ask(coordinator, context)
        context["ti"].xcom_push(key="reason", value=result.sentence)
        if result.state == "skipped":
            following = [task.task_id for task in self.downstream_list if not task.is_teardown]
            raise DownstreamTasksSkipped(tasks=sorted(following))  # type: ignore[no-untyped-call]
