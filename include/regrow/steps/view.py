"""What the ledger knows of a pipeline and a run, in the questions that requests and decisions ask."""

from __future__ import annotations

from regrow.ledger.port import Ledger, ModelVersion, Run, StepRecord, Use
from regrow.verdicts import Verdict


class View:
    """Reads only. Everything is asked anew, so that two processes see the same."""

    def __init__(self, ledger: Ledger, pipeline: str, run_id: str) -> None:
        self.ledger = ledger
        self.pipeline = pipeline
        self.run_id = run_id

    def run(self) -> Run | None:
        return self.ledger.runs.get(self.run_id)

    def steps(self, kind: str) -> dict[str, StepRecord]:
        """This run's records of a kind by step name."""
        return self._records(self.ledger.records.uses(run_id=self.run_id, kind=kind))

    def step(self, kind: str, name: str) -> StepRecord | None:
        return self.steps(kind).get(name)

    def newest(self, kind: str) -> dict[str, StepRecord]:
        """The pipeline's newest record of each step name of a kind, over all runs."""
        return self._records(self.ledger.records.uses(pipeline=self.pipeline, kind=kind))

    def gates(self) -> dict[str, StepRecord]:
        """The newest data gate of every partition."""
        return {partition_of(name): record for name, record in sorted(self.newest("gate").items())}

    def accepted(self) -> tuple[str, ...]:
        return tuple(key for key, record in self.gates().items() if record.verdict is Verdict.PASS)

    def ungated(self) -> tuple[str, ...]:
        """Partitions whose newest snapshot has been through no gate yet."""
        judged = {key: record.inputs[0].digest for key, record in self.gates().items()}
        taken = {partition_of(name): record.output for name, record in self.newest("snapshot").items()}
        return tuple(sorted(key for key, output in taken.items() if judged.get(key) != output))

    def listings(self) -> dict[str, list[list[object]]]:
        """Each partition's listing as its newest snapshot saw it."""
        return {partition_of(name): record.params["listing"] for name, record in self.newest("snapshot").items()}

    def trained_through(self) -> str | None:
        """The newest partition of the newest study that came to a decision."""
        for run in self.ledger.runs.recent(self.pipeline, limit=1000):
            if run.outcome in ("promoted", "kept", "registered", "refused") and run.params.get("window"):
                return str(max(run.params["window"]))
        return None

    def champion(self) -> ModelVersion | None:
        """The version in charge now."""
        champion = self.ledger.models.champion(self.pipeline)
        return self._version(champion.version) if champion else None

    def to_beat(self) -> ModelVersion | None:
        """The champion when this run began: a run that goes on after its own promotion still compares with that one."""
        run = self.run()
        wanted = run.params.get("champion") if run else None
        return self._version(wanted) if wanted else None

    def _version(self, number: str) -> ModelVersion | None:
        versions = self.ledger.models.versions(self.pipeline)
        return next((version for version in versions if version.version == number), None)

    def _records(self, uses: tuple[Use, ...]) -> dict[str, StepRecord]:
        newest = {use.step: use.fingerprint for use in uses}
        found = {name: self.ledger.records.find(fingerprint) for name, fingerprint in newest.items()}
        return {name: record for name, record in found.items() if record is not None}


def partition_of(step: str) -> str:
    """`gate 2013-02-08` -> `2013-02-08`."""
    return step.partition(" ")[2]
