"""Records and their uses in a database."""

from __future__ import annotations

import sqlalchemy as sa

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.database import Database
from regrow.ledger.port import Lease, StepRecord, Use
from regrow.ledger.rows import columns, read
from regrow.ledger.sql_audit import tell
from regrow.ledger.sql_leases import state
from regrow.ledger.tables import records, uses


def _find(connection: sa.Connection, fingerprint: str) -> StepRecord | None:
    row = connection.execute(sa.select(records).where(records.c.fingerprint == fingerprint)).mappings().one_or_none()
    return read(StepRecord, row) if row else None


def _is_used(connection: sa.Connection, use: Use) -> bool:
    same = (uses.c.run_id == use.run_id, uses.c.step == use.step, uses.c.fingerprint == use.fingerprint)
    return connection.execute(sa.select(uses.c.seq).where(*same)).first() is not None


def _use(connection: sa.Connection, use: Use) -> None:
    if not _is_used(connection, use):
        connection.execute(sa.insert(uses).values(**columns(use)))
        if use.reused:
            tell(connection, telling.step_reused(use))


class SqlRecords:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, fingerprint: str) -> StepRecord | None:
        return self._database.read(lambda connection: _find(connection, fingerprint))

    def append(self, record: StepRecord, lease: Lease) -> StepRecord:
        def work(connection: sa.Connection) -> StepRecord:
            rules.must_hold(lease, state(connection, lease.name))
            kept = _find(connection, record.fingerprint)
            if kept is None:
                connection.execute(sa.insert(records).values(**columns(record)))
                tell(connection, telling.step_recorded(record, lease))
            _use(connection, rules.first_use(record, kept or record))
            return kept or record

        return self._database.write(work)

    def reuse(self, use: Use) -> None:
        def work(connection: sa.Connection) -> None:
            if _find(connection, use.fingerprint) is None:
                raise NotFound("record", use.fingerprint)
            _use(connection, use)

        self._database.write(work)

    def uses(
        self, *, run_id: str | None = None, pipeline: str | None = None, kind: str | None = None
    ) -> tuple[Use, ...]:
        query = sa.select(uses).order_by(uses.c.at, uses.c.seq)
        for column, wanted in ((uses.c.run_id, run_id), (uses.c.pipeline, pipeline), (uses.c.kind, kind)):
            query = query if wanted is None else query.where(column == wanted)
        rows = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(read(Use, row) for row in rows)
