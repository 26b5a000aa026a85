"""What S3 has that a folder has not: a service in between, parts, checksums of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from regrow.errors import Conflict, Refused, Unreachable, UsageError
from regrow.settings import S3Settings
from regrow.store import s3_upload
from regrow.store.s3 import S3Store
from regrow.store.s3_client import Limits
from support.chaos_proxy import Chaos, ChaosProxy, chaos_proxy
from support.local_serving import free_port
from support.s3_server import BUCKET, S3Server, s3_server, settings

PART = 1000
QUICK = Limits(connect=1.0, read=2.0, attempts=2, patience=4.0)


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        server.make_bucket()
        yield server


@pytest.fixture
def proxy(server: S3Server) -> Iterator[ChaosProxy]:
    with chaos_proxy(server.port) as proxy:
        yield proxy


@pytest.fixture
def url() -> str:
    return f"s3://{BUCKET}/{uuid4().hex}"


@pytest.fixture
def store(url: str, proxy: ChaosProxy) -> S3Store:
    return S3Store(url, settings(proxy.port), QUICK, PART)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    (tmp_path / "large").write_bytes(os.urandom(10 * PART + 1))
    return tmp_path / "large"


def pending(server: S3Server) -> int:
    return len(server.client().list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))


def test_a_large_file_is_sent_in_parts_and_comes_back(store: S3Store, large: Path, tmp_path: Path) -> None:
    manifest = store.put({"large": large})
    assert (store.fetch(manifest.digest, tmp_path / "out") / "large").read_bytes() == large.read_bytes()


@pytest.mark.parametrize("size", [0, PART - 1, PART, PART + 1, 2 * PART])
def test_files_of_every_length_around_a_part_come_back(store: S3Store, tmp_path: Path, size: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)
    manifest = store.put({"file": tmp_path / "file"})
    assert (store.fetch(manifest.digest, tmp_path / "out") / "file").read_bytes() == b"x" * size


def test_what_the_service_vouches_for_is_not_read_to_be_intact(
    store: S3Store, large: Path, url: str, proxy: ChaosProxy, tmp_path: Path
) -> None:
    (tmp_path / "small").write_bytes(b"small")
    digest = store.put({"large": large, "small": tmp_path / "small"}).digest
    proxy.counts.clear()
    assert S3Store(url, settings(proxy.port)).intact(digest)
    assert (proxy.counts["HEAD"], proxy.counts["GET"]) == (2, 1)


def test_what_the_service_knows_no_hash_of_is_read_once(
    store: S3Store, large: Path, server: S3Server, proxy: ChaosProxy
) -> None:
    manifest = store.put({"large": large})
    key = store._place.object(manifest.files[0].sha256)
    server.client().put_object(Bucket=BUCKET, Key=key, Body=large.read_bytes())
    proxy.counts.clear()
    assert [store.intact(manifest.digest) for _ in range(3)] == [True] * 3
    assert proxy.counts["GET"] == 1 + 3


def test_putting_again_sends_nothing(store: S3Store, large: Path, proxy: ChaosProxy) -> None:
    store.put({"large": large})
    proxy.counts.clear()
    store.put({"large": large, "twin": large})
    assert (proxy.counts["PUT"], proxy.counts["POST"]) == (1, 0), "only the other manifest"


def test_a_file_that_changes_while_it_is_sent_is_a_conflict_and_leaves_nothing(
    store: S3Store, large: Path, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = s3_upload.look_at(large, PART)
    large.write_bytes(large.read_bytes()[:-1] + b"!")
    with pytest.raises(Conflict, match="large"):
        s3_upload.upload(store._bucket, store._place.object(seen.sha256), seen)
    assert pending(server) == 0
    assert store._bucket.head(store._place.object(seen.sha256)) is None


def test_parts_that_a_killed_writer_left_are_swept(store: S3Store, server: S3Server, large: Path) -> None:
    """Moto says of every upload that it began in 2010."""
    digest = store.put({"large": large}).digest
    server.client().create_multipart_upload(Bucket=BUCKET, Key=store._place.object("ab" * 32))
    server.client().create_multipart_upload(Bucket=BUCKET, Key="not-of-this-store")
    assert (store.sweep(), pending(server)) == (1, 1)
    assert store.intact(digest)


def test_a_bucket_that_is_not_there_is_said_so(server: S3Server, large: Path) -> None:
    store = S3Store("s3://no-such-bucket/x", server.settings, QUICK)
    for ask in (lambda: store.put({"large": large}), lambda: store.manifest("0" * 64), lambda: store.intact("0" * 64)):
        with pytest.raises(Refused, match="no bucket no-such-bucket at http"):
            ask()


def test_a_denied_request_names_bucket_key_and_right(store: S3Store, proxy: ChaosProxy, large: Path) -> None:
    proxy.chaos = Chaos(denied=True)
    with pytest.raises(Refused, match=rf"s3://{BUCKET}/.*manifests/00/.* is denied; allow .*s3:ListBucket"):
        store.intact("0" * 64)
    with pytest.raises(Refused, match=r"HeadObject of .*objects"):
        store.put({"large": large})


def test_no_service_is_unreachable_within_a_bounded_time(url: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        S3Store(url, settings(free_port()), QUICK).manifest("0" * 64)
    assert time.monotonic() - began < 15


def test_a_service_that_never_answers_is_unreachable_within_a_bounded_time(store: S3Store, proxy: ChaosProxy) -> None:
    proxy.chaos = Chaos(silent=True)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        store.manifest("0" * 64)
    assert time.monotonic() - began < 15


def test_a_service_that_drips_is_unreachable_within_a_bounded_time(url: str, proxy: ChaosProxy, large: Path) -> None:
    """Each byte comes in time, all of them would take 20 minutes."""
    store = S3Store(url, settings(proxy.port), Limits(read=5.0, attempts=1, patience=2.0))
    proxy.chaos = Chaos()
    digest = store.put({"large": large}).digest
    manifest_size = len(store.manifest(digest).canonical())
    proxy.chaos = Chaos(drip_after=manifest_size)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="too slowly"):
        store.fetch(digest, large.parent / "out")
    assert time.monotonic() - began < 15
    assert list((large.parent / "out").iterdir()) == []


def test_an_endpoint_that_is_none_is_said_so(url: str) -> None:
    with pytest.raises(UsageError, match=r"REGROW_S3__\*.*minio:9000"):
        S3Store(url, S3Settings(endpoint="minio:9000"), QUICK).manifest("0" * 64)


def test_no_credentials_at_all_are_asked_for(url: str, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    store = S3Store(url, S3Settings(endpoint=server.settings.endpoint, region="us-east-1"), QUICK)
    with pytest.raises(Refused, match="REGROW_S3__ACCESS_KEY"):
        store.manifest("0" * 64)


def test_a_fork_uses_the_store_beside_its_parent(store: S3Store, large: Path, tmp_path: Path) -> None:
    digest = store.put({"large": large}).digest
    child = os.fork()
    if not child:
        os._exit(0 if store.intact(digest) else 1)
    assert all(store.intact(digest) for _ in range(3))
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("url", ["s3://", "s3:///prefix", "s3://key:secret@bucket/x", "s3://bucket/x?versionId=1"])
def test_what_is_no_address_in_s3_is_said_so_without_its_secrets(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a store") as caught:
        S3Store(url)
    assert "secret" not in str(caught.value)


def test_without_boto3_the_extra_is_named() -> None:
    script = "import sys; sys.modules['boto3'] = sys.modules['botocore'] = None\n"
    script += "from regrow.store.open import open_store\nopen_store('s3://bucket/x')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "UsageError" in done.stderr
    assert "install regrow[s3]" in done.stderr
