"""The stores that there are, held to the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from contract.store_contract import StoreContract, Tamper, TamperContract
from regrow.store.folder import FolderStore
from regrow.store.memory import MemoryStore
from regrow.store.port import Store
from regrow.store.s3 import S3Store
from support.s3_server import BUCKET, S3Server, s3_server


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


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        server.make_bucket()
        yield server


class TestS3Store(StoreContract, TamperContract):
    @pytest.fixture
    def prefix(self) -> str:
        """A test's own part of the bucket."""
        return uuid4().hex

    @pytest.fixture
    def store(self, server: S3Server, prefix: str) -> Store:
        return S3Store(f"s3://{BUCKET}/{prefix}", server.settings)

    @pytest.fixture
    def tamper(self, server: S3Server, prefix: str) -> Tamper:
        def replace(digest: str, content: bytes | None) -> None:
            client = server.client()
            listed = client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
            found = [one["Key"] for one in listed if digest in one["Key"]]
            key = found[0] if found else f"{prefix}/manifests/{digest[:2]}/{digest}.json"
            if content is None:
                client.delete_object(Bucket=BUCKET, Key=key)
            else:
                client.put_object(Bucket=BUCKET, Key=key, Body=content)

        return replace
