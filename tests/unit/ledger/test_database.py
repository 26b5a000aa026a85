"""Transactions, and what a database's failures become."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from contract.ledger_values import MINUTE, NOON, a_record, a_run
from regrow.errors import Unreachable
from regrow.ledger import dialects
from regrow.ledger.sql import SqlLedger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlLedger]:
    monkeypatch.setattr(dialects, "BUSY_SECONDS", 0.1)
    ledger = SqlLedger(f"sqlite:///{file}")
    yield ledger
    ledger.close()


@pytest.fixture
def other(file: Path, ledger: SqlLedger) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None, timeout=0)
    yield connection
    connection.close()


def test_a_writer_that_waits_in_vain_says_whom_it_could_not_reach(ledger: SqlLedger, other: sqlite3.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unreachable, match="locked"):
        ledger.runs.start(a_run())
    other.execute("ROLLBACK")
    assert ledger.runs.start(a_run()) == a_run()


def test_readers_do_not_wait_for_a_writer(ledger: SqlLedger, other: sqlite3.Connection) -> None:
    ledger.runs.start(a_run())
    other.execute("BEGIN IMMEDIATE")
    assert ledger.runs.get("run-1") == a_run()


def test_a_change_whose_audit_cannot_be_written_is_not_made(ledger: SqlLedger, other: sqlite3.Connection) -> None:
    other.execute("CREATE TRIGGER shut BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'shut'); END")
    lease = ledger.leases.acquire("f1", "worker", MINUTE)
    for change in (
        lambda: ledger.runs.start(a_run()),
        lambda: ledger.records.append(a_record(), lease),
        lambda: ledger.traffic.intend("flights", {}, seen=0, actor="a", reason="", at=NOON),
    ):
        with pytest.raises(sa.exc.IntegrityError, match="shut"):
            change()
    assert ledger.runs.recent() == ()
    assert ledger.records.find("f1") is None
    assert ledger.records.uses() == ()
    assert ledger.traffic.intent("flights") is None


def test_every_connection_keeps_foreign_keys_and_full_syncs(ledger: SqlLedger, file: Path) -> None:
    engine = dialects.connect(f"sqlite:///{file}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    engine.dispose()


def test_a_wrong_statement_stays_an_error_of_its_own(ledger: SqlLedger, other: sqlite3.Connection) -> None:
    other.execute("DROP TABLE intents")
    with pytest.raises(sa.exc.OperationalError, match="no such table"):
        ledger.traffic.intent("flights")


def test_a_fork_uses_the_ledger_beside_its_parent(ledger: SqlLedger) -> None:
    ledger.runs.start(a_run("parent"))
    child = os.fork()
    if not child:
        ledger.runs.start(a_run("child"))
        os._exit(0)
    ledger.runs.start(a_run("parent again"))
    assert os.waitpid(child, 0)[1] == 0
    assert {run.run_id for run in ledger.runs.recent()} == {"parent", "child", "parent again"}
