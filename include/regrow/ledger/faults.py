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
    except sa.exc.StatementError as error:
        raise error.orig or error from None


def _ours(error: sa.exc.DBAPIError, address: sa.URL) -> RegrowError | None:
    shown = address.render_as_string(hide_password=True)
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        folder = Path(str(address.database)).parent
        return OutOfSpace(path=str(folder), needed=_ROOM, free=shutil.disk_usage(folder).free)
    if code in _NO_LEDGER:
        return Refused(f"{shown} is no ledger: {error.orig}; restore it from a backup, or name another file")
    if isinstance(error, sa.exc.OperationalError) and code != sqlite3.SQLITE_ERROR:
        return Unreachable(service="the ledger", address=shown, reason=str(error.orig))
    return None
