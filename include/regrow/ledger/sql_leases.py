"""Leases in a database: one row each, kept for ever, so that epochs only grow."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from regrow.ledger import rules, telling
from regrow.ledger.database import Database
from regrow.ledger.port import Lease
from regrow.ledger.rows import keep
from regrow.ledger.sql_audit import tell
from regrow.ledger.tables import leases


def state(connection: sa.Connection, name: str) -> rules.LeaseState:
    """What is kept of the lease, held fast until the transaction ends."""
    query = sa.select(leases.c.epoch, leases.c.holder, leases.c.expires_at).where(leases.c.name == name)
    row = connection.execute(query.with_for_update()).one_or_none()
    return rules.LeaseState(row.epoch, row.holder, row.expires_at) if row else rules.FREE


def _keep(connection: sa.Connection, name: str, new: rules.LeaseState, *, is_new: bool = False) -> None:
    keep(connection, leases, {"name": name, **vars(new)}, is_new=is_new)


class SqlLeases:
    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, name: str, holder: str, ttl: timedelta) -> Lease:
        def work(connection: sa.Connection) -> Lease:
            now, before = self._database.now(connection), state(connection, name)
            after = rules.taken(name, holder, ttl, now, before)
            _keep(connection, name, after, is_new=before is rules.FREE)
            lease = Lease(name=name, epoch=after.epoch, holder=holder)
            if before.holder not in ("", holder):
                tell(connection, telling.lease_taken_over(lease, before.holder, now))
            return lease

        return self._database.write(work)

    def renew(self, lease: Lease, ttl: timedelta) -> None:
        def work(connection: sa.Connection) -> None:
            rules.must_hold(lease, state(connection, lease.name))
            until = self._database.now(connection) + ttl
            _keep(connection, lease.name, rules.LeaseState(lease.epoch, lease.holder, until))

        self._database.write(work)

    def release(self, lease: Lease) -> None:
        def work(connection: sa.Connection) -> None:
            kept = state(connection, lease.name)
            if rules.holds(lease, kept):
                _keep(connection, lease.name, rules.released(kept, self._database.now(connection)))

        self._database.write(work)
