"""The requests for a partition that arrived: snapshot and data gate."""

from __future__ import annotations

from typing import Any

from regrow.steps.building import Builder
from regrow.steps.contract import StepRequest


class ArrivalRequests(Builder):
    def snapshot(self, partition: str, listing: list[list[Any]], source: str) -> StepRequest:
        """`listing` is what the arrival check saw: [name, bytes, nanoseconds] each."""
        data = self.spec.data
        params = {
            "source": source,
            "partition": partition,
            "file": data.file,
            "references": [reference.model_dump(mode="json") for reference in data.references],
            "marker": data.arrival.marker,
            "listing": listing,
        }
        return self.request("snapshot", f"snapshot {partition}", params)

    def gate(self, partition: str) -> StepRequest:
        """Of this run's snapshot."""
        snapshot = self.view.step("snapshot", f"snapshot {partition}")
        if snapshot is None:
            raise self.not_yet("gate", f"the snapshot of {partition}")
        data, validation = self.spec.data, self.spec.data.validation
        params = {
            "partition": partition,
            "schema": self.loaded.row_schema(),
            "key": list(data.key),
            "time_column": data.time_column,
            "checks": [check.text for check in validation.quality_checks],
            "rules": [rule.model_dump(mode="json") for rule in validation.rules],
            "accuracy": validation.accuracy and validation.accuracy.model_dump(mode="json"),
            "timeliness": validation.timeliness and validation.timeliness.model_dump(mode="json"),
            "max_quarantined": validation.max_quarantined,
            "min_rows": validation.min_rows,
            "format": data.format,
        }
        return self.request("gate", f"gate {partition}", params, [("snapshot", partition, snapshot)])
