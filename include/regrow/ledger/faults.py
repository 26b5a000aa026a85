"""What a database says, in our words."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from regrow.errors import OutOfSpace, Refused, RegrowError, Unreachable

_NO_LEDGER = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_ROOM = 1 << 20
_RACES = ("40001", "40P01")
"""A serialisation failure and a deadlock: the server kept nothing."""
_FULL, _DENIED = "53100", "42501"
_SHUT = ("57P01", "57P02", "57P03")
"""The server ends, crashed, or is only just starting."""
_READ_ONLY = "25006"
"""What was the primary is a standby now: a failover is under way, or the address names the wrong one."""
_WRONG = ("authentication failed", "no pg_hba.conf entry", "does not exist", "permission denied", "no password")
"""libpq has no codes for a connection that it could not make."""


@contextmanager
def translated(address: sa.URL) -> Iterator[None]:
    """Failures of the database's world become ours, a value that no column takes its own error; other errors of a
    statement stay the bugs that they are.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        if (ours := _ours(error, address)) is None:
            raise
        raise ours from error
    except sa.exc.TimeoutError as error:
        raise Unreachable(service="the ledger", address=shown(address), reason=str(error)) from error
    except sa.exc.StatementError as error:
        raise error.orig or error from None


def is_lost(error: sa.exc.DBAPIError) -> bool:
    """The connection broke or could not be made, and a server may be back soon."""
    if _state(error) in (*_SHUT, _READ_ONLY):
        return True
    return error.connection_invalidated or (_could_not_connect(error) and not _is_wrong(error))


def loses_a_race(error: sa.exc.DBAPIError) -> bool:
    """Somebody else's row, or lock, was first."""
    return isinstance(error, sa.exc.IntegrityError) or _state(error) in _RACES


def shown(address: sa.URL) -> str:
    """Without the password, and without parameters, which may hold one too."""
    return address.set(query={}).render_as_string(hide_password=True)


def _state(error: sa.exc.DBAPIError) -> str | None:
    """Five characters by which PostgreSQL says what is wrong."""
    return getattr(error.orig, "sqlstate", None)


def _sqlite_code(error: sa.exc.DBAPIError) -> int:
    return int(getattr(error.orig, "sqlite_errorcode", 0)) & 0xFF


def _could_not_connect(error: sa.exc.DBAPIError) -> bool:
    is_ours = isinstance(error, sa.exc.OperationalError) and not isinstance(error.orig, sqlite3.Error)
    return is_ours and _state(error) is None


def _is_wrong(error: sa.exc.DBAPIError) -> bool:
    return any(words in str(error.orig) for words in _WRONG)


def _ours(error: sa.exc.DBAPIError, address: sa.URL) -> RegrowError | None:
    if address.get_backend_name() == "sqlite":
        return _of_sqlite(error, address)
    return _of_server(error, address)


def _of_sqlite(error: sa.exc.DBAPIError, address: sa.URL) -> RegrowError | None:
    code = _sqlite_code(error)
    if code == sqlite3.SQLITE_FULL:
        folder = Path(str(address.database)).parent
        return OutOfSpace(path=str(folder), needed=_ROOM, free=shutil.disk_usage(folder).free)
    if code in _NO_LEDGER:
        return Refused(f"{shown(address)} is no ledger: {error.orig}; restore it from a backup, or name another file")
    if isinstance(error, sa.exc.OperationalError) and code != sqlite3.SQLITE_ERROR:
        return Unreachable(service="the ledger", address=shown(address), reason=str(error.orig))
    return None


def _of_server(error: sa.exc.DBAPIError, address: sa.URL) -> RegrowError | None:
    reason = _reason(error, address)
    if _could_not_connect(error) and _is_wrong(error):
        return Refused(f"{shown(address)} does not let us in: {reason}; correct REGROW_LEDGER_URL, or make it there")
    if _state(error) == _FULL:
        return Unreachable(service="the ledger", address=shown(address), reason=f"its disk is full: {reason}")
    if isinstance(error, sa.exc.OperationalError) or is_lost(error) or _state(error) in _RACES:
        return Unreachable(service="the ledger", address=shown(address), reason=reason)
    if _state(error) == _DENIED:
        return Refused(f"{shown(address)} denies it: {reason}; grant this user the ledger's tables")
    return None


def _reason(error: sa.exc.DBAPIError, address: sa.URL) -> str:
    line = " ".join(str(error.orig).split())
    return line.replace(str(address.password), "***") if address.password else line
