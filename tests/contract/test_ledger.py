"""The ledgers that there are, held to the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.ledger_contract import LedgerContract, SharedLedgerContract
from contract.ledger_values import HandClock
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.open import open_ledger
from regrow.ledger.port import Ledger
from support.postgres import Postgres, missing, postgres


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, clock: HandClock) -> Ledger:
        return MemoryLedger(clock)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An empty ledger's file; preparing one for each test would only repeat it."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.db"
    open_ledger(f"sqlite:///{file}").close()
    return file.read_bytes()


class TestSqliteLedger(SharedLedgerContract):
    @pytest.fixture
    def url(self, tmp_path: Path, prepared: bytes) -> str:
        (tmp_path / "ledger.db").write_bytes(prepared)
        return f"sqlite:///{tmp_path / 'ledger.db'}"

    @pytest.fixture
    def ledger(self, url: str, clock: HandClock) -> Iterator[Ledger]:
        ledger = open_ledger(url, clock)
        yield ledger
        ledger.close()

    @pytest.fixture
    def again(self, url: str, clock: HandClock) -> Iterator[Ledger]:
        ledger = open_ledger(url, clock)
        yield ledger
        ledger.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if reason := missing():
        pytest.skip(reason)
    with postgres() as server:
        open_ledger(server.address("prepared")).close()
        yield server


class TestPostgresLedger(SharedLedgerContract):
    @pytest.fixture
    def url(self, server: Postgres) -> Iterator[str]:
        url = server.database("prepared")
        yield url
        server.drop(url)

    @pytest.fixture
    def ledger(self, url: str, clock: HandClock) -> Iterator[Ledger]:
        ledger = open_ledger(url, clock)
        yield ledger
        ledger.close()

    @pytest.fixture
    def again(self, url: str, clock: HandClock) -> Iterator[Ledger]:
        ledger = open_ledger(url, clock)
        yield ledger
        ledger.close()
