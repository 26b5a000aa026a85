"""Opening databases of every sort."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateTable

from regrow.errors import Refused
from regrow.ledger.migrations import run
from regrow.ledger.schema import HEAD, VERSION_TABLE, found_version
from regrow.ledger.sql import SqlLedger
from regrow.ledger.tables import metadata


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ledger.db"


@pytest.fixture
def url(file: Path) -> str:
    return f"sqlite:///{file}"


def sql(file: Path, statement: str) -> list[tuple[object, ...]]:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file)
    found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def test_the_first_opening_makes_folder_file_and_tables(file: Path, url: str) -> None:
    SqlLedger(url).close()
    assert sql(file, f"SELECT version_num FROM {VERSION_TABLE}") == [(HEAD,)]
    assert sql(file, "PRAGMA journal_mode") == [("wal",)]


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(run.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_migrations_lead_to_the_tables_that_the_code_knows(url: str) -> None:
    SqlLedger(url).close()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_can_be_written_for_postgresql(table: sa.Table) -> None:
    dialect = sa.make_url("postgresql://").get_dialect()()
    assert f"CREATE TABLE {table.name}" in str(CreateTable(table).compile(dialect=dialect))


def test_a_ready_database_is_opened_without_loading_alembic(url: str) -> None:
    SqlLedger(url).close()
    script = (
        "import sys\nfrom regrow.ledger.open import open_ledger\n"
        f"open_ledger({url!r}).close()\nprint('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_newer_schema_is_refused_in_words_and_left_as_it_is(file: Path, url: str) -> None:
    SqlLedger(url).close()
    sql(file, f"UPDATE {VERSION_TABLE} SET version_num = '0099'")
    with pytest.raises(Refused, match=f"has schema 0099, this Regrow knows {HEAD} at most"):
        SqlLedger(url)
    assert sql(file, f"SELECT version_num FROM {VERSION_TABLE}") == [("0099",)]


def test_somebody_elses_database_is_refused_and_left_as_it_is(file: Path, url: str) -> None:
    sql(file, "CREATE TABLE alembic_version (version_num TEXT)")
    with pytest.raises(Refused, match="alembic_version"):
        SqlLedger(url)
    assert sql(file, "SELECT name FROM sqlite_master") == [("alembic_version",)]


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(file: Path, url: str) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(Refused, match="is no ledger"):
        SqlLedger(url)
    assert file.read_bytes() == b"not a database" * 100


def test_an_empty_file_becomes_a_ledger(file: Path, url: str) -> None:
    file.parent.mkdir()
    file.touch()
    SqlLedger(url).close()
    assert sql(file, f"SELECT version_num FROM {VERSION_TABLE}") == [(HEAD,)]


def test_a_path_with_a_percent_sign_is_no_problem(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a%b.db"
    SqlLedger(url).close()
    engine = sa.create_engine(url)
    assert found_version(engine) == HEAD
    engine.dispose()
