"""MLflow's database, made once.

MLflow's stores each create and migrate the tables on first use without a lock; two at once leave a database that none
can open. Here one process builds it under a lock in a file of another name and renames it: a database that has its
name is whole, and what a killed builder left is swept away by the next.
"""

from __future__ import annotations

import importlib.metadata
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from regrow.errors import Refused
from regrow.ledger.file_lock import locked
from regrow.registry.mlflow_quiet import quiet

_SQLITE = "sqlite:///"
_LONGEST_BUILD = 300.0


def database_file(url: str) -> Path | None:
    """The file of an SQLite address; None for any other."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


def prepare_file(database: Path, artifact_root: str) -> None:
    """Make the database if it is not there. Safe from many processes at once, and after any kill.

    Raises Refused for a file that somebody else left unfinished, or of another MLflow's schema.
    """
    if _known(database):
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with locked(database.with_name(f"{database.name}.lock"), seconds=_LONGEST_BUILD):
        if _known(database):
            return
        if _tables(database):
            _verify(database)
        else:
            _build(database, artifact_root)
        _seal(database).write_text(_version(), encoding="utf-8")


def _known(database: Path) -> bool:
    """Cheap, without MLflow: this release has built or verified it."""
    seal = _seal(database)
    return database.exists() and seal.exists() and seal.read_text(encoding="utf-8") == _version()


def _seal(database: Path) -> Path:
    return database.with_name(f"{database.name}.ready")


def _version() -> str:
    return importlib.metadata.version("mlflow")


def _tables(database: Path) -> tuple[str, ...]:
    if not database.exists() or not database.stat().st_size:
        return ()
    try:
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except sqlite3.DatabaseError as error:
        raise Refused(f"{database} is no SQLite database ({error}); move it away and start again") from error
    return tuple(name for (name,) in rows)


def _build(database: Path, artifact_root: str) -> None:
    building = database.with_name(f"{database.name}.building")
    for leftover in database.parent.glob(f"{building.name}*"):
        leftover.unlink()
    with _stores(building, artifact_root):
        pass
    with closing(sqlite3.connect(building)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    building.replace(database)


def _verify(database: Path) -> None:
    """A database that was not made here: use it if it is whole and of this MLflow's schema."""
    import sqlalchemy

    with quiet(str(database)):
        from mlflow.store.db import utils

        engine = sqlalchemy.create_engine(f"{_SQLITE}{database}")
        try:
            if not utils._all_tables_exist(engine):
                raise Refused(f"{database} is an unfinished MLflow database; move it away and start again")
            if utils._get_schema_version(engine) != utils._get_latest_schema_revision():
                raise Refused(
                    f"{database} has the schema of another MLflow than {_version()}; back it up, then run "
                    f"`mlflow db upgrade {_SQLITE}{database}`"
                )
        finally:
            engine.dispose()


@contextmanager
def _stores(database: Path, artifact_root: str) -> Iterator[Any]:
    """Both of MLflow's stores on a new file: they create every table and the default experiment."""
    with quiet(str(database)):
        from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as RegistryStore
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as TrackingStore

        url = f"{_SQLITE}{database}"
        stores = [TrackingStore(url, artifact_root), RegistryStore(url)]
        try:
            yield stores
        finally:
            for store in stores:
                store._dispose_engine() if hasattr(store, "_dispose_engine") else store.engine.dispose()
                type(store)._engine_map.pop(url, None)
