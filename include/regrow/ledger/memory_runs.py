"""Runs in memory."""

from __future__ import annotations

from datetime import datetime

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.memory_audit import MemoryAudit, through_json
from regrow.ledger.port import Run


class MemoryRuns:
    def __init__(self, audit: MemoryAudit) -> None:
        self._audit = audit
        self._runs: dict[str, Run] = {}

    def start(self, run: Run) -> Run:
        with self._audit.lock:
            if run.run_id not in self._runs:
                self._runs[run.run_id] = through_json(run)
                self._audit.tell(telling.run_started(run))
            return self._runs[run.run_id]

    def finish(self, run_id: str, outcome: str, sentence: str, at: datetime) -> Run:
        with self._audit.lock:
            run = self._runs.get(run_id)
            if run is None:
                raise NotFound("run", run_id)
            if (run.outcome, run.sentence) == (outcome, sentence):
                return run
            self._runs[run_id] = finished = through_json(rules.ended(run, outcome, sentence, at))
            self._audit.tell(telling.run_finished(finished, at))
            return finished

    def get(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def recent(self, pipeline: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        with self._audit.lock:
            newest_first = list(self._runs.values())[::-1]
        found = (run for run in newest_first if pipeline in (None, run.pipeline))
        return tuple(sorted(found, key=lambda run: run.started_at, reverse=True)[:limit])
