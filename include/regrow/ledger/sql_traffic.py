"""The traffic's intent in a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from regrow.ledger import rules, telling
from regrow.ledger.database import Database, held
from regrow.ledger.rows import keep
from regrow.ledger.sql_audit import tell, told
from regrow.ledger.tables import intents


def _intent(connection: sa.Connection, model: str) -> tuple[int, Mapping[str, Any]] | None:
    query = sa.select(intents.c.version, intents.c.document).where(intents.c.model == model)
    row = connection.execute(held(query, connection)).one_or_none()
    return (row.version, row.document) if row else None


class SqlTraffic:
    def __init__(self, database: Database) -> None:
        self._database = database

    def intent(self, model: str) -> tuple[int, Mapping[str, Any]] | None:
        return self._database.read(lambda connection: _intent(connection, model))

    def intend(
        self, model: str, document: Mapping[str, Any], *, seen: int, actor: str, reason: str, at: datetime
    ) -> int:
        def work(connection: sa.Connection) -> int:
            current = _intent(connection, model)
            version = rules.next_intent(model, seen, current[0] if current else 0)
            row = {"model": model, "version": version, "document": dict(document)}
            keep(connection, intents, row, is_new=current is None)
            tell(connection, telling.traffic_intended(model, version, document, actor, reason, at))
            return version

        def landed(connection: sa.Connection) -> int | None:
            line = telling.traffic_intended(model, seen + 1, document, actor, reason, at)
            return seen + 1 if told(connection, line) else None

        return self._database.write(work, landed)
