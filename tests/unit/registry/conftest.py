"""A ledger and a store in memory, and runs of a small pipeline that end in a trained model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest

from contract.registry_values import TABLE, model_folder, report_folder
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.port import InputRef, StepRecord
from regrow.registry.memory import MemoryRegistry
from regrow.spec.load import LoadedPipeline, load_pipeline
from regrow.store.memory import MemoryStore
from regrow.training.table import TableSpec
from regrow.verdicts import Verdict
from support.toy import Toy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORES = {"accuracy": 0.81, "precision": 0.7, "recall": 0.5, "f1": 0.58, "f1_score": 0.58, "roc_auc": 0.75}


def record(fingerprint: str, kind: str, output: str, inputs: Mapping[str, str]) -> StepRecord:
    return StepRecord(
        fingerprint=fingerprint,
        kind=kind,
        step=kind,
        pipeline="toy-parcels",
        run_id="run-1",
        spec_digest="s",
        environment="e",
        params={},
        seed=0,
        inputs=tuple(InputRef(role=role, key=role, digest=digest) for role, digest in inputs.items()),
        output=output,
        verdict=Verdict.PASS,
        reason="better than the champion",
        facts={"decision": "first"},
        started_at=NOON,
        ended_at=NOON,
        cpu_seconds=1.0,
        peak_memory=1,
        cost=0.0,
        host="here",
        image="",
    )


class World:
    """Everything that registering touches."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.toy = Toy(root / "toy")
        self.ledger, self.store, self.registry = MemoryLedger(), MemoryStore(), MemoryRegistry()

    def loaded(self) -> LoadedPipeline:
        return load_pipeline(self.toy.yaml, self.toy.settings)

    def trained(self, name: str, table: TableSpec = TABLE, trees: int = 3) -> tuple[StepRecord, StepRecord]:
        """The records of a trial and of the selection that took it, with their outputs in the store."""
        split = self.store.put({"train.parquet": self._rows(name, table)}).digest
        folder = model_folder(self.root / name / "trial" / "model", trees, table).parent
        (folder / "metrics.json").write_bytes(orjson.dumps({**SCORES, "roc_auc": 0.72}))
        (folder / "training_metrics.json").write_bytes(orjson.dumps(SCORES))
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        trial = self.store.put(files).digest
        candidate = record(f"trial-{name}", "trial", trial, {"split": split})
        shown = {path.name: path for path in report_folder(self.root / name / "report", name).iterdir()}
        inputs = {"split": split, "candidate": trial}
        return candidate, record(f"select-{name}", "select", self.store.put(shown).digest, inputs)

    def _rows(self, name: str, table: TableSpec) -> Path:
        path = self.root / name / "train.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        values = {"delay": [3.5, None, 1.0], "carrier": [1.0, 0.0, None], "gust": [2.0, 1.0, 0.0]}
        pl.DataFrame({**{name: values[name] for name in table.names}, "__label__": [0, 1, 0]}).write_parquet(path)
        return path


Making = Callable[[], World]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)
