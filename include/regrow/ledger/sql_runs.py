"""Runs in a database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.database import Database, held
from regrow.ledger.port import Run
from regrow.ledger.rows import columns, read
from regrow.ledger.sql_audit import tell
from regrow.ledger.tables import runs


def _get(connection: sa.Connection, run_id: str) -> Run | None:
    query = sa.select(runs).where(runs.c.run_id == run_id)
    row = connection.execute(held(query, connection)).mappings().one_or_none()
    return read(Run, row) if row else None


def _finish(connection: sa.Connection, run_id: str, outcome: str, sentence: str, at: datetime) -> Run:
    run = _get(connection, run_id)
    if run is None:
        raise NotFound("run", run_id)
    if (run.outcome, run.sentence) == (outcome, sentence):
        return run
    finished = rules.ended(run, outcome, sentence, at)
    values = {"outcome": outcome, "sentence": sentence, "ended_at": at}
    connection.execute(sa.update(runs).where(runs.c.run_id == run_id).values(**values))
    tell(connection, telling.run_finished(finished, at))
    return finished


class SqlRuns:
    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, run: Run) -> Run:
        def work(connection: sa.Connection) -> Run:
            known = _get(connection, run.run_id)
            if known is None:
                connection.execute(sa.insert(runs).values(**columns(run)))
                tell(connection, telling.run_started(run))
            return known or run

        return self._database.write(work)

    def finish(self, run_id: str, outcome: str, sentence: str, at: datetime) -> Run:
        return self._database.write(lambda connection: _finish(connection, run_id, outcome, sentence, at))

    def get(self, run_id: str) -> Run | None:
        return self._database.read(lambda connection: _get(connection, run_id))

    def recent(self, pipeline: str | None = None, limit: int = 20) -> tuple[Run, ...]:
        query = sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.seq.desc()).limit(limit)
        if pipeline is not None:
            query = query.where(runs.c.pipeline == pipeline)
        rows = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(read(Run, row) for row in rows)
