"""The data gate of one partition: an accepted one is told to whoever waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regrow_airflow.operators.step import RegrowStepOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.steps.coordinator import Coordinator, NodeResult


class DataGateOperator(RegrowStepOperator):
    """Emits an event for each of its outlets; the first one carries the partition's key. A refused batch emits none."""

    def ask(self, coordinator: Coordinator, context: Context) -> NodeResult:
        result = super().ask(coordinator, context)
        facts = _facts(coordinator, result)
        for position, asset in enumerate(self.outlets):
            event = context["outlet_events"][asset]
            event.extra.update({"partition": self.key, **facts})
            if position == 0:
                event.add_partitions(self.key)
        return result


def _facts(coordinator: Coordinator, result: NodeResult) -> dict[str, Any]:
    """How many rows were accepted and how many lie in quarantine."""
    record = coordinator.workspace.ledger.records.find(result.results[0].fingerprint)
    facts = record.facts if record else {}
    told = {"rows": facts.get("rows_accepted"), "quarantined": facts.get("rows_quarantined")}
    return {name: value for name, value in told.items() if value is not None}
