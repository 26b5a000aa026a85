"""The audit in a database. `tell` writes inside the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from regrow.frozen import canonical
from regrow.ledger import dialects
from regrow.ledger.database import Database
from regrow.ledger.port import AuditEntry
from regrow.ledger.rows import read
from regrow.ledger.tables import audit
from regrow.ledger.telling import Line


def tell(connection: sa.Connection, line: Line) -> AuditEntry:
    dialects.one_after_the_other(connection)
    last = connection.execute(sa.select(sa.func.coalesce(sa.func.max(audit.c.seq), 0))).scalar_one()
    row = connection.execute(sa.insert(audit).values(seq=last + 1, **vars(line)).returning(*audit.c)).mappings().one()
    return read(AuditEntry, row)


def told(connection: sa.Connection, line: Line, *, by: str | None = None) -> AuditEntry | None:
    """The newest entry that says this, of the same instant, once nobody is about to write one.

    All details are compared, or the one that `by` names.
    """
    dialects.one_after_the_other(connection)
    alike = (audit.c.at == line.at, audit.c.actor == line.actor, audit.c.action == line.action)
    query = sa.select(audit).where(audit.c.subject == line.subject, audit.c.reason == line.reason, *alike)
    rows = connection.execute(query.order_by(audit.c.seq.desc())).mappings()
    entries = [read(AuditEntry, row) for row in rows]
    return next((entry for entry in entries if _compared(entry.details, by) == _compared(line.details, by)), None)


def _compared(details: Mapping[str, Any], by: str | None) -> bytes:
    return canonical(details[by] if by else dict(details))


class SqlAudit:
    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self, *, actor: str, action: str, subject: str, reason: str, details: Mapping[str, Any], at: datetime
    ) -> AuditEntry:
        line = Line(at, actor, action, subject, reason, details)
        return self._database.write(
            lambda connection: tell(connection, line), landed=lambda connection: told(connection, line)
        )

    def entries(self, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        newest_first = sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if subject is not None:
            newest_first = newest_first.where(audit.c.subject == subject)
        rows = self._database.read(lambda connection: connection.execute(newest_first).mappings().all())
        return tuple(read(AuditEntry, row) for row in reversed(rows))
