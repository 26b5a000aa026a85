"""What PostgreSQL has that SQLite has not: a server that refuses, ends, and comes back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from contract.ledger_values import MINUTE, NOON, a_record, a_run, a_version
from regrow.errors import Refused, Unreachable
from regrow.ledger import database, dialects
from regrow.ledger.clock import machine_clock
from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from regrow.ledger.sql import SqlLedger
from support.local_serving import free_port
from support.postgres import PASSWORD, Postgres, missing, postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if reason := missing():
        pytest.skip(reason)
    with postgres() as server:
        open_ledger(server.address("prepared")).close()
        yield server


@pytest.fixture
def url(server: Postgres) -> Iterator[str]:
    url = server.database("prepared")
    yield url
    server.drop(url)


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    ledger = SqlLedger(url)
    yield ledger
    ledger.close()


@pytest.fixture
def engine(ledger: SqlLedger) -> sa.Engine:
    return ledger._database.engine


def end_other_connections(server: Postgres, url: str) -> None:
    name = url.rpartition("/")[2]
    server.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_address_is_psycopg_3(url: str, scheme: str) -> None:
    engine = dialects.connect(url.replace("postgresql", scheme, 1))
    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")
    engine.dispose()


def test_an_address_says_its_own_limits(url: str) -> None:
    engine = dialects.connect(f"{url}?options=-c%20statement_timeout%3D7s")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "7s"
    engine.dispose()


def test_a_wrong_password_is_refused_at_once_and_not_shown(server: Postgres) -> None:
    began = time.monotonic()
    with pytest.raises(Refused, match="does not let us in") as caught:
        open_ledger(server.address("prepared", password="other-4712"))
    assert time.monotonic() - began < 5
    assert "other-4712" not in str(caught.value)


def test_a_database_that_is_not_there_is_refused(server: Postgres) -> None:
    with pytest.raises(Refused, match=r"nosuch.*does not exist.*make it there") as caught:
        open_ledger(server.address("nosuch"))
    assert PASSWORD not in str(caught.value)


def test_no_server_is_unreachable_within_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "FIRST_SECONDS", 1.0)
    with pytest.raises(Unreachable, match=r"the ledger at postgresql\+psycopg://u:") as caught:
        open_ledger(f"postgresql://u:{PASSWORD}@127.0.0.1:{free_port()}/x?sslpassword={PASSWORD}")
    assert PASSWORD not in str(caught.value)


def test_a_database_with_other_tables_is_refused(server: Postgres) -> None:
    url = server.database()
    server.execute("CREATE TABLE theirs (x int)", database=url.rpartition("/")[2])
    with pytest.raises(Refused, match="holds other tables"):
        open_ledger(url)
    server.drop(url)


def test_the_time_is_the_servers(ledger: SqlLedger, engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert abs((ledger._database.now(connection) - machine_clock()).total_seconds()) < 5


def test_a_reader_does_not_wait_for_a_writer(ledger: SqlLedger, engine: sa.Engine) -> None:
    ledger.runs.start(a_run())
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM runs FOR UPDATE")
        assert ledger.runs.get("run-1") == a_run()


def test_a_writer_that_waits_too_long_says_so(server: Postgres, url: str) -> None:
    hasty = SqlLedger(f"{url}?options=-c%20lock_timeout%3D200ms")
    with hasty._database.engine.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE runs IN EXCLUSIVE MODE")
        with pytest.raises(Unreachable, match="lock timeout"):
            hasty.runs.start(a_run())
    assert hasty.runs.recent() == ()
    hasty.close()


def test_a_ledger_survives_the_end_of_its_connections(ledger: Ledger, server: Postgres, url: str) -> None:
    ledger.runs.start(a_run())
    end_other_connections(server, url)
    assert ledger.runs.get("run-1") == a_run()
    end_other_connections(server, url)
    ledger.runs.start(a_run("run-2"))
    assert {run.run_id for run in ledger.runs.recent()} == {"run-1", "run-2"}


def test_a_ledger_survives_a_killed_server(ledger: Ledger, server: Postgres) -> None:
    ledger.runs.start(a_run())
    server.kill()
    server.start()
    ledger.runs.start(a_run("run-2"))
    assert {run.run_id for run in ledger.runs.recent()} == {"run-1", "run-2"}


def _change(ledger: Ledger, seen: int) -> list[Any]:
    """One of everything; what each verb answered."""
    lease = ledger.leases.acquire(f"f{seen}", "worker", MINUTE)
    version = a_version(f"1.{seen}.0")
    return [
        ledger.records.append(a_record(f"f{seen}"), lease),
        ledger.runs.start(a_run(f"run {seen}")),
        ledger.runs.finish(f"run {seen}", "kept", "it stays", NOON),
        ledger.models.add(version, "us", "better"),
        ledger.models.promote("flights", version.version, seen_epoch=seen, actor="us", reason="better", at=NOON),
        ledger.traffic.intend("flights", {"weight": seen, "name": "Zürich"}, seen=seen, actor="us", reason="", at=NOON),
        ledger.audit.note(actor="us", action="a.b", subject=str(seen), reason="", details={"n": [seen]}, at=NOON),
    ]


VERBS = 7


@pytest.mark.parametrize("verb", range(VERBS + 1))
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
def test_a_commit_whose_answer_is_lost_happens_once(
    ledger: SqlLedger, engine: sa.Engine, server: Postgres, url: str, verb: int, kept: bool
) -> None:
    """The connection ends inside of COMMIT: just after the server did it, or just before."""
    _change(ledger, 0)
    before = len(ledger.audit.entries())
    commits = 0

    def end(connection: sa.Connection) -> None:
        nonlocal commits
        commits += 1
        if commits == verb + 1:
            if kept and (raw := connection.connection.dbapi_connection):
                raw.commit()
            end_other_connections(server, url)
            connection.exec_driver_sql("COMMIT")

    event.listen(engine, "commit", end)
    answers = _change(ledger, 1)
    event.remove(engine, "commit", end)
    assert commits == VERBS + 2
    assert (answers[4].epoch, answers[5]) == (2, 2)
    assert ledger.audit.entries()[-1] == answers[6]
    assert len(ledger.audit.entries()) == 2 * before
    assert [entry.seq for entry in ledger.audit.entries()] == list(range(1, 2 * before + 1))
    assert len(ledger.records.uses()) == len(ledger.runs.recent()) == len(ledger.models.versions()) == 2
