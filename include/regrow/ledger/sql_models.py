"""Model versions and champions in a database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from regrow.errors import NotFound
from regrow.ledger import rules, telling
from regrow.ledger.database import Database, held
from regrow.ledger.port import Champion, ModelVersion
from regrow.ledger.rows import columns, keep, read
from regrow.ledger.sql_audit import tell, told
from regrow.ledger.tables import champions, versions


def _versions(connection: sa.Connection, model: str | None) -> tuple[ModelVersion, ...]:
    query = sa.select(versions).order_by(versions.c.seq)
    if model is not None:
        query = query.where(versions.c.model == model)
    return tuple(read(ModelVersion, row) for row in connection.execute(query).mappings())


def _champion(connection: sa.Connection, model: str) -> Champion | None:
    query = sa.select(champions).where(champions.c.model == model)
    row = connection.execute(held(query, connection)).mappings().one_or_none()
    return read(Champion, row) if row else None


def _must_be_a_version(connection: sa.Connection, model: str, version: str) -> None:
    numbers = [known.version for known in _versions(connection, model)]
    if version not in numbers:
        raise NotFound(f"version of {model}", version, numbers)


class SqlModels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, version: ModelVersion, actor: str, reason: str) -> ModelVersion:
        def work(connection: sa.Connection) -> ModelVersion:
            by_record = {known.record: known for known in _versions(connection, version.model)}
            if version.record in by_record:
                return by_record[version.record]
            by_number = {known.version: known for known in by_record.values()}
            rules.must_be_free(version, by_number.get(version.version))
            connection.execute(sa.insert(versions).values(**columns(version)))
            tell(connection, telling.model_registered(version, actor, reason))
            return version

        return self._database.write(work)

    def versions(self, model: str | None = None) -> tuple[ModelVersion, ...]:
        return self._database.read(lambda connection: _versions(connection, model))

    def champion(self, model: str) -> Champion | None:
        return self._database.read(lambda connection: _champion(connection, model))

    def promote(self, model: str, version: str, *, seen_epoch: int, actor: str, reason: str, at: datetime) -> Champion:
        def work(connection: sa.Connection) -> Champion:
            _must_be_a_version(connection, model, version)
            current = _champion(connection, model)
            if current and current.version == version:
                return current
            champion = rules.next_champion(model, version, seen_epoch, at, current)
            keep(connection, champions, columns(champion), is_new=current is None)
            tell(connection, telling.champion_promoted(champion, current, actor, reason))
            return champion

        def landed(connection: sa.Connection) -> Champion | None:
            champion = Champion(model=model, version=version, epoch=seen_epoch + 1, since=at)
            line = telling.champion_promoted(champion, None, actor, reason)
            return champion if told(connection, line, by="epoch") else None

        return self._database.write(work, landed)
