"""Databases that lock up or are killed while many processes write: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fault.test_first_boot_ledger import MANY, run
from regrow.ledger.open import open_ledger
from support.local_serving import wait_until
from support.postgres import Postgres, missing, postgres

pytestmark = pytest.mark.fault

SOAK = os.environ.get("REGROW_SOAK") == "1"
KILLS, PROCESSES, ROUNDS = (10, 6, 120) if SOAK else (3, 4, 15)
LOCKED = 25.0 if SOAK else 4.0
RECONNECT = 30.0
ENTRIES = 8 * PROCESSES * ROUNDS
"""What the audit has at the end."""

WORKER = """
import sys, time
from datetime import UTC, datetime, timedelta
from contract.ledger_values import a_record, a_run, a_use, a_version
from regrow.errors import Conflict
from regrow.ledger.open import open_ledger

url, me, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger, slowest = open_ledger(url), 0.0

def timed(verb):
    global slowest
    began = time.monotonic()
    try:
        return verb()
    finally:
        slowest = max(slowest, time.monotonic() - began)

def until_won(look, change):
    while True:
        seen = timed(look)
        try:
            return timed(lambda: change(seen))
        except Conflict:
            pass

def epoch():
    champion = ledger.models.champion("flights")
    return champion.epoch if champion else 0

def now():
    return datetime.now(UTC)

print("ready", flush=True)
sys.stdin.readline()
for n in range(rounds):
    mark, run = f"{me}-{n}", f"run {me}-{n}"
    timed(lambda: ledger.runs.start(a_run(run)))
    lease = timed(lambda: ledger.leases.acquire(mark, me, timedelta(minutes=5)))
    timed(lambda: ledger.records.append(a_record(mark, run_id=run), lease))
    timed(lambda: ledger.leases.release(lease))
    timed(lambda: ledger.records.reuse(a_use(mark, run_id=f"again {me}")))
    version = a_version(f"{n}.{me}.0", record=mark)
    timed(lambda: ledger.models.add(version, me, "better"))
    until_won(epoch, lambda seen: ledger.models.promote(
        "flights", version.version, seen_epoch=seen, actor=me, reason=mark, at=now()))
    until_won(lambda: (ledger.traffic.intent("flights") or (0, {}))[0], lambda seen: ledger.traffic.intend(
        "flights", {"by": me, "n": n}, seen=seen, actor=me, reason=mark, at=now()))
    at = now()
    timed(lambda: ledger.audit.note(actor=me, action="a.b", subject=mark, reason="", details={"n": n}, at=at))
    timed(lambda: ledger.runs.finish(run, "kept", mark, at))
ledger.close()
print(slowest)
"""


class Workers:
    """Processes that all write; started together once every one is ready."""

    def __init__(self, url: str) -> None:
        environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
        self.all = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, url, str(me), str(ROUNDS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=environment,
            )
            for me in range(PROCESSES)
        ]
        for worker in self.all:
            assert worker.stdout
            assert worker.stdout.readline() == "ready\n", worker.communicate()[1]

    def start(self) -> None:
        for worker in self.all:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()

    def slowest(self) -> float:
        """Seconds that one verb took at most. All must have ended well."""
        found = []
        for worker in self.all:
            out, err = worker.communicate(timeout=300)
            assert worker.returncode == 0, err[-3000:]
            found.append(float(out))
        return max(found)

    def close(self) -> None:
        for worker in self.all:
            worker.kill()
            worker.communicate()


def check_books(url: str) -> int:
    """Every row is there once; the number of audit entries."""
    ledger = open_ledger(url)
    marks = sorted(f"{me}-{n}" for me in range(PROCESSES) for n in range(ROUNDS))
    rounds = len(marks)
    uses = ledger.records.uses()
    assert sorted(use.fingerprint for use in uses if not use.reused) == marks
    assert sorted(use.fingerprint for use in uses if use.reused) == marks
    assert all(ledger.records.find(mark) for mark in marks)
    assert sorted(run.sentence for run in ledger.runs.recent(limit=2 * rounds)) == marks
    assert sorted(version.record for version in ledger.models.versions()) == marks
    champion, intent = ledger.models.champion("flights"), ledger.traffic.intent("flights")
    assert champion
    assert intent
    assert (champion.epoch, intent[0]) == (rounds, rounds)
    told = ledger.audit.entries()
    assert [entry.seq for entry in told] == list(range(1, len(told) + 1))
    for action in ("champion.promoted", "traffic.intended"):
        assert sorted(entry.reason for entry in told if entry.action == action) == marks
    promoted = [entry.details["epoch"] for entry in told if entry.action == "champion.promoted"]
    assert promoted == list(range(1, rounds + 1))
    actions = ("step.recorded", "step.reused", "run.started", "run.finished", "model.registered", "a.b")
    assert {action: sum(entry.action == action for entry in told) for action in actions} == dict.fromkeys(
        actions, rounds
    )
    ledger.close()
    return len(told)


def written(server: Postgres, url: str) -> int:
    ((count,),) = server.execute("SELECT count(*) FROM audit", database=url.rpartition("/")[2])
    assert isinstance(count, int)
    return count


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if reason := missing():
        pytest.skip(reason)
    with postgres() as server:
        yield server


@pytest.fixture
def workers(url: str) -> Iterator[Workers]:
    open_ledger(url).close()
    workers = Workers(url)
    yield workers
    workers.close()


class TestPostgres:
    @pytest.fixture
    def url(self, server: Postgres) -> str:
        return server.database()

    def test_a_server_that_is_killed_again_and_again_loses_and_doubles_nothing(
        self, server: Postgres, url: str, workers: Workers
    ) -> None:
        workers.start()
        down = []
        for kill in range(1, KILLS + 1):
            enough = ENTRIES * kill // (KILLS + 1)
            while written(server, url) < enough:
                time.sleep(0.05)
            began = time.monotonic()
            server.kill()
            time.sleep(0.3)
            server.start()
            down.append(time.monotonic() - began)
        slowest = workers.slowest()
        entries = check_books(url)
        print(
            f"database chaos: PostgreSQL killed {KILLS} times, away for {max(down):.1f} s at most; {PROCESSES} "
            f"processes, {PROCESSES * ROUNDS} rounds of 9 verbs, {entries} audit entries without gap, 0 lost, "
            f"0 doubled; slowest verb {slowest:.1f} s"
        )
        assert slowest < RECONNECT


class TestSqlite:
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'ledger.db'}"

    def test_a_file_that_is_locked_for_long_is_waited_for(self, tmp_path: Path, url: str, workers: Workers) -> None:
        other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, timeout=30, check_same_thread=False)
        workers.start()
        wait_until(lambda: other.execute("SELECT count(*) FROM audit").fetchone()[0] > PROCESSES, "progress", 120)
        other.execute("BEGIN EXCLUSIVE")
        threading.Timer(LOCKED, other.rollback).start()
        slowest = workers.slowest()
        other.close()
        entries = check_books(url)
        print(
            f"database chaos: SQLite locked for {LOCKED:g} s; {PROCESSES * ROUNDS} rounds of {PROCESSES} processes, "
            f"{entries} audit entries without gap, 0 lost, 0 doubled; slowest verb {slowest:.1f} s"
        )
        assert LOCKED * 0.8 < slowest < RECONNECT + 5


def test_all_processes_start_on_an_empty_postgres(server: Postgres) -> None:
    """As for files, tests/fault/test_first_boot_ledger.py: one migrates, all others wait for it."""
    for _ in range(3 if SOAK else 1):
        url = server.database()
        done = run(MANY, url, "8")
        assert done.stdout.strip() == "8 of 8 started", done.stderr
        server.drop(url)
