"""Which version of the tables a database has, and bringing it to ours.

Alembic is slow to load: only where something is to do.
"""

from __future__ import annotations

import sqlalchemy as sa

from regrow.errors import Refused
from regrow.ledger import dialects
from regrow.ledger.faults import shown

HEAD = "0001"
"""The newest migration. They are numbered, so that newer and older can be told from the number alone."""
VERSION_TABLE = "ledger_version"
_version = sa.table(VERSION_TABLE, sa.column("version_num", sa.Text()))


def ensure(engine: sa.Engine) -> None:
    """Make the database ready, once, whoever else is starting. Raises Refused for what is not ours or newer."""
    if _is_current(engine):
        return
    with dialects.alone(engine):
        if not _is_current(engine):
            _migrate(engine)


def found_version(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(sa.select(_version.c.version_num)).scalar_one_or_none()


def _is_current(engine: sa.Engine) -> bool:
    found = found_version(engine)
    if found is not None and found > HEAD:
        raise Refused(
            f"{shown(engine.url)} has schema {found}, this Regrow knows {HEAD} at most; "
            "use the Regrow that wrote it, or a newer one"
        )
    return found == HEAD


def _migrate(engine: sa.Engine) -> None:
    from regrow.ledger.migrations.run import upgrade

    strangers = sa.inspect(engine).get_table_names() if found_version(engine) is None else []
    if strangers:
        listing = ", ".join(sorted(strangers)[:5])
        raise Refused(f"{shown(engine.url)} holds other tables ({listing}) and no ledger; name another database")
    dialects.use_write_ahead_log(engine)
    upgrade(engine)
