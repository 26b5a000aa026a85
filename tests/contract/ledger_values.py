"""What tests of ledgers share: whole values, of which a test names only what it is about, a clock, many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from regrow.ledger.port import InputRef, Ledger, ModelVersion, Run, StepRecord, Use
from regrow.verdicts import Verdict

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def a_record(fingerprint: str = "f1", **changes: Any) -> StepRecord:
    values: dict[str, Any] = {
        "fingerprint": fingerprint,
        "kind": "trial",
        "step": "trial r0 k03",
        "pipeline": "flights",
        "run_id": "run-1",
        "spec_digest": "s" * 64,
        "environment": "e" * 64,
        "params": {"algorithm": "lightgbm", "hyperparameters": {"num_leaves": 31, "rate": 0.1, "name": "Zürich"}},
        "seed": 2**40,
        "inputs": (InputRef(role="split", key="all", digest="d" * 64),),
        "output": "o" * 64,
        "verdict": Verdict.PASS,
        "reason": "roc_auc 0.72 on 1,000 rows",
        "facts": {"roc_auc": 0.72, "rows": 1000, "nothing": None},
        "started_at": NOON,
        "ended_at": NOON + timedelta(seconds=1, microseconds=5),
        "cpu_seconds": 1.5,
        "peak_memory": 2**33,
        "cost": 0.0,
        "host": "here",
        "image": "",
    }
    return StepRecord(**{**values, **changes})


def a_use(fingerprint: str = "f1", **changes: Any) -> Use:
    values: dict[str, Any] = {
        "run_id": "run-2",
        "pipeline": "flights",
        "step": "trial r0 k03",
        "kind": "trial",
        "fingerprint": fingerprint,
        "reused": True,
        "at": NOON + MINUTE,
    }
    return Use(**{**values, **changes})


def a_run(run_id: str = "run-1", **changes: Any) -> Run:
    values: dict[str, Any] = {
        "run_id": run_id,
        "pipeline": "flights",
        "spec_digest": "s" * 64,
        "reason": "2013-02-08 arrived",
        "actor": "scheduler",
        "started_at": NOON,
        "params": {"start": "2013-01-01", "plan_only": False},
    }
    return Run(**{**values, **changes})


def a_version(version: str = "1.0.0", **changes: Any) -> ModelVersion:
    values: dict[str, Any] = {
        "model": "flights",
        "version": version,
        "run_id": "run-1",
        "record": f"record of {version}",
        "artifact": "a" * 64,
        "report": "r" * 64,
        "registry_version": "7",
        "metadata": {"owner": "team", "metrics": {"roc_auc": 0.72}},
        "created_at": NOON,
    }
    return ModelVersion(**{**values, **changes})


def actions(ledger: Ledger, subject: str | None = None) -> list[str]:
    return [entry.action for entry in ledger.audit.entries(subject)]


def at_once(work: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    """What `work` answered or raised for each item, all started together."""
    barrier, outcomes = threading.Barrier(len(items)), list[Any]([None] * len(items))

    def one(place: int) -> None:
        barrier.wait()
        try:
            outcomes[place] = work(items[place])
        except Exception as error:
            outcomes[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(items))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
