"""The audit in a database. `tell` writes inside the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from regrow.ledger.database import Database
from regrow.ledger.port import AuditEntry
from regrow.ledger.rows import read
from regrow.ledger.tables import audit
from regrow.ledger.telling import Line


def tell(connection: sa.Connection, line: Line) -> AuditEntry:
    row = connection.execute(sa.insert(audit).values(**vars(line)).returning(*audit.c)).mappings().one()
    return read(AuditEntry, row)


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, *, actor: str, action: str, subject: str, reason: str, details: Mapping[str, Any], at: datetime
    ) -> AuditEntry:
        line = Line(at, actor, action, subject, reason, details)
        return self._database.write(lambda connection: tell(connection, line))

    def entries(self, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        newest_first = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if subject is not None:
            newest_first = newest_first.where(audit.c.subject == subject)
        rows = self._database.read(lambda connection: connection.execute(newest_first).mappings().all())
        return tuple(read(AuditEntry, row) for row in reversed(rows))
