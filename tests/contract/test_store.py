"""The stores that there are, held to the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.store_contract import StoreContract, Tamper, TamperContract
from regrow.store.folder import FolderStore
from regrow.store.memory import MemoryStore
from regrow.store.port import Store


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore()


class TestFolderStore(StoreContract, TamperContract):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return tmp_path / "store"

    @pytest.fixture
    def store(self, root: Path) -> Store:
        return FolderStore(root)

    @pytest.fixture
    def tamper(self, root: Path) -> Tamper:
        def replace(digest: str, content: bytes | None) -> None:
            found = [path for path in root.rglob(f"{digest}*") if path.is_file()]
            path = found[0] if found else root / "manifests" / digest[:2] / f"{digest}.json"
            path.unlink(missing_ok=True)
            if content is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

        return replace
