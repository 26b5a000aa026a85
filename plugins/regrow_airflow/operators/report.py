"""The last task of a run: it always runs, closes the run in the ledger and says what became of it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowSkipException

from regrow.verdicts import Verdict
from regrow_airflow.operators.base import RegrowOperator
from regrow_airflow.operators.step import RegrowStepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.ledger.port import StepRecord
    from regrow.steps.coordinator import Coordinator, NodeResult


class ReportOperator(RegrowStepOperator):
    """The report of a retraining."""

    def ask(self, coordinator: Coordinator, context: Context) -> NodeResult:
        if coordinator.view.run() is None:
            raise AirflowSkipException("the run never began: see the first task")
        result = super().ask(coordinator, context)
        context["ti"].xcom_push(key="report", value=result.sentence)
        return result


class ArrivalReportOperator(RegrowOperator):
    """The report of an arrival: which partitions were accepted, which were refused and why."""

    def execute(self, context: Context) -> str:
        with self.coordinating(context) as coordinator:
            if coordinator.view.run() is None:
                raise AirflowSkipException("nothing arrived")
            sentence = arrival_sentence(coordinator.view.steps("gate"))
            coordinator.finish("taken", sentence)
        self.log.info("%s", sentence)
        return sentence


def arrival_sentence(gates: dict[str, StepRecord]) -> str:
    refused = {name: record.reason for name, record in sorted(gates.items()) if record.verdict is not Verdict.PASS}
    told = "".join(f"; {name} was refused: {reason}" for name, reason in refused.items())
    return f"{len(gates) - len(refused)} partitions accepted{told}"
