"""A ledger's first start: many processes at once, and kills in the middle of the migration."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from regrow.ledger.open import open_ledger

pytestmark = pytest.mark.fault

SOAK = os.environ.get("REGROW_SOAK") == "1"
ROUNDS = 12 if SOAK else 2
PROCESSES = 8
TABLES = {"records", "uses", "leases", "runs", "versions", "champions", "intents", "audit", "ledger_version"}

MANY = """
import os, sys
from datetime import UTC, datetime
import alembic.command, regrow.ledger.migrations.run
from regrow.ledger.sql import SqlLedger

url, processes = sys.argv[1], int(sys.argv[2])
gate, opener = os.pipe()
children = []
for place in range(processes):
    child = os.fork()
    if child:
        children.append(child)
        continue
    os.close(opener)
    os.read(gate, 1)
    try:
        ledger = SqlLedger(url)
        ledger.audit.note(actor=str(place), action="a.b", subject="s", reason="", details={}, at=datetime.now(UTC))
        os._exit(0)
    except BaseException as error:
        print(place, repr(error), flush=True)
        os._exit(1)
os.close(opener)
codes = [os.waitpid(child, 0)[1] for child in children]
print(codes.count(0), "of", processes, "started")
"""

KILLED = """
import os, signal, sys
import alembic.command, regrow.ledger.migrations.run
import sqlalchemy as sa
from sqlalchemy import event
from regrow.ledger.sql import SqlLedger

folder = sys.argv[1]

def open_and_die(after):
    left = after

    def count(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(sa.Engine, "after_cursor_execute", count)
    SqlLedger(f"sqlite:///{folder}/{after}.db")
    os._exit(0)

after = 0
while True:
    after += 1
    child = os.fork()
    if not child:
        open_and_die(after)
    status = os.waitpid(child, 0)[1]
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    print(f"{after}.db", flush=True)
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=120
    )


def tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    return {name for (name,) in found}


def test_all_processes_start_on_an_empty_file(tmp_path: Path) -> None:
    for round in range(ROUNDS):
        file = tmp_path / f"{round}.db"
        done = run(MANY, f"sqlite:///{file}", str(PROCESSES))
        assert done.stdout.strip() == f"{PROCESSES} of {PROCESSES} started", done.stderr
        ledger = open_ledger(f"sqlite:///{file}")
        assert sorted(entry.actor for entry in ledger.audit.entries()) == [str(n) for n in range(PROCESSES)]
        ledger.close()
    print(f"first boot: {ROUNDS} rounds, {PROCESSES} of {PROCESSES} processes started in each")


def test_a_kill_after_any_statement_of_the_migration_is_repaired_by_the_next_start(tmp_path: Path) -> None:
    done = run(KILLED, str(tmp_path))
    assert done.returncode == 0, done.stderr
    killed = [tmp_path / name for name in done.stdout.split()]
    half = [file for file in killed if tables(file) not in (set(), TABLES)]
    for file in killed:
        open_ledger(f"sqlite:///{file}").close()
    repaired = [file for file in killed if tables(file) == TABLES]
    print(f"migration: {len(killed)} kills, {len(half)} files left half, {len(repaired)} repaired by the next start")
    assert len(killed) > len(TABLES)
    assert half == []
    assert repaired == killed
