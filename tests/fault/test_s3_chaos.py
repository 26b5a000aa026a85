"""S3 behind a bad network: what is asked for succeeds or ends in a typed error in bounded time, and nothing wrong or
partial is ever accepted, also from writers that are killed.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from regrow.errors import Corrupt, NotFound, Unreachable
from regrow.store.s3 import S3Store
from regrow.store.s3_client import Limits
from support.chaos_proxy import Chaos, chaos_proxy
from support.s3_server import BUCKET, S3Server, s3_server, settings

pytestmark = pytest.mark.fault

SOAK = os.environ.get("REGROW_SOAK") == "1"
ROUNDS, KILLS, READS = (12, 100, 1000) if SOAK else (2, 5, 50)
LIMITS = Limits() if SOAK else Limits(connect=2.0, read=2.0, patience=6.0)
LATENCY = 10.0 if SOAK else 1.0
TOO_LATE = 2 * LIMITS.read
STEP = 600.0 if SOAK else 90.0
"""Seconds that one put or fetch may take at most."""
BIG = 30_000
"""Repetitions of a few bytes: a file of about half a megabyte, sent in parts of 100 kB."""
PART = 100_000

CASES = {
    "cut inside of objects": Chaos(cut_at=60_000),
    "cut inside of everything": Chaos(cut_at=50),
    "5xx 30 %": Chaos(errors=0.3),
    "latency": Chaos(latency=LATENCY),
    "latency beyond the time-out": Chaos(latency=TOO_LATE),
    "50 KB/s": Chaos(rate=50_000),
    "reset 30 %": Chaos(resets=0.3),
    "wrong bytes back 30 %": Chaos(flips=0.3),
    "wrong bytes there 30 %": Chaos(flipped_requests=0.3),
    "everything at once": Chaos(cut_at=60_000, errors=0.1, resets=0.1, flips=0.1, flipped_requests=0.1, latency=0.05),
}
NEVER = {"cut inside of everything", "latency beyond the time-out"}
"""Nothing can succeed there."""

WRITER = """
import sys
from pathlib import Path
from regrow.store.s3 import S3Store
from support.s3_server import settings

address, port, sources, name = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
store = S3Store(address, settings(port), part_size=100_000)
store.intact("0" * 64)
print("ready", flush=True)
sys.stdin.readline()
n = 0
while True:
    (sources / "big").write_bytes(f"{name} {n} ".encode() * 30_000)
    (sources / "small").write_bytes(f"{name} {n}".encode())
    print(store.put({name: sources / name for name in ("big", "small", "same")}).digest, flush=True)
    n += 1
"""


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        server.make_bucket()
        yield server


@pytest.fixture
def prefix() -> str:
    return uuid4().hex


@pytest.fixture
def clean(server: S3Server, prefix: str) -> S3Store:
    """The same store over a good network."""
    return S3Store(f"s3://{BUCKET}/{prefix}", server.settings)


def keys(server: S3Server, prefix: str) -> list[str]:
    pages = server.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"] for page in pages for one in page.get("Contents", [])]


def listed(server: S3Server, prefix: str) -> list[str]:
    return [Path(key).stem for key in keys(server, f"{prefix}/manifests/")]


def unfinished(server: S3Server) -> int:
    return len(server.client().list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))


def objects_are_what_they_are_called(server: S3Server, prefix: str) -> bool:
    client, objects = server.client(), keys(server, f"{prefix}/objects/")
    bodies = {key: client.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in objects}
    return all(hashlib.sha256(body).hexdigest() == Path(key).name for key, body in bodies.items())


def write(sources: Path, text: str) -> dict[str, Path]:
    sources.mkdir(exist_ok=True)
    contents = {"big": f"{text} ".encode() * BIG, "small": text.encode(), "same": b"same"}
    for name, content in contents.items():
        (sources / name).write_bytes(content)
    return {name: sources / name for name in contents}


def is_whole(folder: Path) -> bool:
    small = (folder / "small").read_bytes()
    return (folder / "big").read_bytes() == (small + b" ") * BIG and (folder / "same").read_bytes() == b"same"


class Tally:
    """Counts endings, and how long the slowest took."""

    def __init__(self) -> None:
        self.endings, self.slowest = Counter[str](), 0.0

    def attempt(self, verb: Callable[[], object]) -> bool:
        began, ending = time.monotonic(), "done"
        try:
            verb()
        except (Unreachable, Corrupt) as error:
            ending = error.code
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.endings[ending] += 1
        return ending == "done"


@pytest.mark.parametrize("case", CASES)
def test_what_is_asked_of_a_bad_network_succeeds_or_says_why_not(
    server: S3Server, prefix: str, clean: S3Store, tmp_path: Path, case: str
) -> None:
    good = clean.put(write(tmp_path / "good", "before")).digest
    tally, out = Tally(), tmp_path / "out"
    with chaos_proxy(server.port) as proxy:
        proxy.chaos = CASES[case]
        for n in range(1 if case in NEVER else ROUNDS):
            store = S3Store(f"s3://{BUCKET}/{prefix}", settings(proxy.port), LIMITS, PART)
            files = write(tmp_path / "sources", f"{case} {n}")
            tally.attempt(lambda store=store, files=files: store.put(files))  # type: ignore[misc]
            if tally.attempt(lambda store=store: store.fetch(good, out)):  # type: ignore[misc]
                assert is_whole(out)
            assert all(is_whole(clean.fetch(digest, tmp_path / "clean")) for digest in listed(server, prefix))
        faults = dict(proxy.counts)
    left = {path.name for path in out.rglob("*")} if out.exists() else set()
    assert left <= {"big", "small", "same"}, "a partial file was left"
    assert objects_are_what_they_are_called(server, prefix)
    assert tally.slowest < STEP
    assert tally.endings["corrupt"] == 0 or CASES[case].flips, "a broken connection was taken for wrong bytes"
    assert (tally.endings["done"] == 0) == (case in NEVER)
    print(f"S3 chaos, {case}: {dict(tally.endings)}, slowest {tally.slowest:.1f} s, 0 wrong or partial; {faults}")


def put_until_killed(url: str, port: int, sources: Path, name: str, puts: int, seconds: float) -> list[str]:
    """The digests that the writer had answered before it was killed, so long after so many of them."""
    command = [sys.executable, "-c", WRITER, url, str(port), str(sources), name]
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdin
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
        writer.stdin.write("go\n")
        writer.stdin.flush()
        answered = [writer.stdout.readline().strip() for _ in range(puts)]
        try:
            writer.wait(seconds)
        except subprocess.TimeoutExpired:
            writer.send_signal(signal.SIGKILL)
        return [*answered, *writer.stdout.read().split()]


def test_readers_see_old_or_new_whatever_instant_a_writer_is_killed_at(
    server: S3Server, prefix: str, clean: S3Store, tmp_path: Path
) -> None:
    sources, luck, answered = tmp_path / "sources", random.Random(14), list[str]()
    seen = Counter[str]()
    write(sources, "first")
    for kill in range(4 * KILLS):
        if kill >= KILLS and unfinished(server) and seen["whole"]:
            break
        url, puts, seconds = f"s3://{BUCKET}/{prefix}", luck.randrange(3), luck.uniform(0, 0.4)
        answered += put_until_killed(url, server.port, sources, f"writer {kill}", puts, seconds)
        assert set(answered) <= set(listed(server, prefix))
        for digest in luck.choices([*listed(server, prefix), "0" * 64], k=READS // KILLS):
            seen[read(clean, digest, tmp_path / "out")] += 1
    assert objects_are_what_they_are_called(server, prefix)
    half = clean.sweep()
    assert half > 0, "no writer was killed inside of an upload"
    assert seen["whole"] > 0
    assert all(clean.intact(digest) for digest in listed(server, prefix))
    print(
        f"S3 half-writes: {kill} kills, {half} of them inside of an upload in parts, "
        f"{len(listed(server, prefix))} manifests; {dict(seen)} of {sum(seen.values())} reads, 0 partial"
    )


def read(store: S3Store, digest: str, out: Path) -> str:
    try:
        store.fetch(digest, out)
    except NotFound:
        return "absent"
    assert is_whole(out)
    return "whole"
