"""All that differs between SQLite and PostgreSQL."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import event

from regrow.errors import UsageError
from regrow.ledger.clock import machine_clock
from regrow.ledger.file_lock import locked
from regrow.ledger.postgres import connect_server, with_driver

BUSY_SECONDS = 30
WRITES = "regrow_writes"
_MIGRATION_LOCK, _AUDIT_LOCK = 7_263_001, 7_263_002


def connect(url: str) -> sa.Engine:
    """An engine that touches nothing yet but the folder that a SQLite file lies in. Raises UsageError."""
    try:
        address = with_driver(sa.make_url(url))
        common: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": orjson.loads}
        engine = (_connect_sqlite if address.get_backend_name() == "sqlite" else connect_server)(address, common)
        _forget_after_fork(engine)
        return engine
    except sa.exc.NoSuchModuleError as error:
        raise UsageError(f"the ledger's address needs a driver that is not there: {error}") from error
    except ModuleNotFoundError as error:
        extra = "; install regrow[postgres]" if error.name == "psycopg" else "; install it"
        raise UsageError(f"the ledger's address needs the package {error.name}{extra}") from error
    except sa.exc.ArgumentError as error:
        shown = url.rpartition("@")[2]
        raise UsageError(
            f"{shown!r} is no address of a ledger; write sqlite:///path/to/ledger.db or postgresql://user@host/database"
        ) from error


def _connect_sqlite(address: sa.URL, common: dict[str, Any]) -> sa.Engine:
    _file(address).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, **common)
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _file(address: sa.URL) -> Path:
    if address.database in (None, "", ":memory:"):
        raise UsageError("a SQLite ledger needs a file: sqlite:///path/to/ledger.db; `memory:` ends with the process")
    return Path(str(address.database))


def _set_up_connection(connection: Any, _: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")


def _begin(connection: sa.Connection) -> None:
    """A writer takes the lock at once: upgrading a read lock would fail without waiting."""
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget_after_fork(engine: sa.Engine) -> None:
    """Connections must not be used, nor closed, on the other side of a fork."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (alive := known()) is not None:
            alive.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


@contextmanager
def alone(engine: sa.Engine) -> Iterator[None]:
    """One process at a time prepares the database. Raises TimedOut."""
    if engine.dialect.name == "sqlite":
        file = _file(engine.url)
        with locked(file.with_name(file.name + ".lock")):
            yield
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        yield


def one_after_the_other(connection: sa.Connection) -> None:
    """Until this transaction ends nobody else numbers an audit entry. A sequence would leave gaps where transactions
    fail or the server is killed, and number them in another order than they are seen in. SQLite has one writer anyway.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_AUDIT_LOCK)))


def use_write_ahead_log(engine: sa.Engine) -> None:
    """Readers beside a writer. Kept in the file, so that once is enough; not possible in a transaction."""
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            raw.close()


def database_now(connection: sa.Connection) -> datetime:
    """The time that leases run by: the server's, so that the clocks of its clients may differ."""
    if connection.dialect.name == "sqlite":
        return machine_clock()
    found: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    return found.astimezone(UTC)
