"""The requests that make a study's table: features of each partition, and the split."""

from __future__ import annotations

from regrow.steps.building import Builder
from regrow.steps.code import pack
from regrow.steps.contract import StepRequest


class DataRequests(Builder):
    def features(self) -> list[StepRequest]:
        """One for each partition of the run's window."""
        run = self.view.run()
        if run is None or not run.params.get("window"):
            raise self.not_yet("features", "its window of partitions")
        code, entry = pack(self.loaded, self.store)
        return [self._features_of(key, gate, code, entry) for key, gate in sorted(run.params["window"].items())]

    def split(self) -> list[StepRequest]:
        found = self.need("features", "split")
        policy = self.spec.split
        params = {
            "kind": policy.kind,
            "validation": policy.validation,
            "test": policy.test,
            "label": self._label(),
            "time_column": self._time(),
            "key": self._key(),
        }
        inputs = [("features", record.params["partition"], record) for _, record in sorted(found.items())]
        return [self.request("split", "split", params, inputs)]

    def _features_of(self, partition: str, gate: str, code: str, entry: str) -> StepRequest:
        features = self.spec.features
        params = {
            "partition": partition,
            "function": features.function if features else "",
            "label": self._label(),
            "time_column": self._time(),
            "key": self._key(),
            "columns": None if features else dict((self.loaded.row_schema() or {})["properties"]),
        }
        inputs = [("gate", partition, self.record(gate))]
        return self.request("features", f"features {partition}", params, inputs, code=code, code_entry=entry)

    def _label(self) -> str:
        return self.spec.features.label if self.spec.features else self.loaded.target()

    def _time(self) -> str | None:
        own = self.spec.features.time_column if self.spec.features else None
        return own or self.spec.data.time_column

    def _key(self) -> list[str]:
        return list(self.spec.features.key if self.spec.features else self.spec.data.key)
