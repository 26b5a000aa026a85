"""Addresses of ledgers."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow.errors import UsageError
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.open import open_ledger
from regrow.ledger.sql import SqlLedger


def test_memory_is_the_twin() -> None:
    assert isinstance(open_ledger("memory:"), MemoryLedger)


def test_a_sqlite_address_is_a_database(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db")
    assert isinstance(ledger, SqlLedger)
    ledger.close()


@pytest.mark.parametrize("url", ["ledger.db", "", "sqlite://", "sqlite:///:memory:", "nosuch://host/db"])
def test_what_is_no_address_of_a_ledger_is_said_so(url: str) -> None:
    with pytest.raises(UsageError):
        open_ledger(url)


@pytest.mark.parametrize("driver", ["nosuchdriver", "asyncpg"])
def test_a_missing_driver_is_said_so_without_the_password(driver: str) -> None:
    with pytest.raises(UsageError, match="needs") as caught:
        open_ledger(f"postgresql+{driver}://user:secret@host/ledger")
    assert "secret" not in str(caught.value)
