"""Versions take over from each other on KServe while callers ask: nothing is lost, and both sides count the same."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from lab.cut_over import take_over
from lab.product_images import ROOT
from lab.serving_place import ServingPlace, kill, serving_place
from regrow.errors import Refused
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.open import open_ledger
from regrow.rollout.intent import intended
from regrow.rollout.traffic import Slot
from regrow.serving.kserve.counters import slot_counts
from regrow.serving.kserve.deployer import KServeDeployer
from support.serving_models import ROW, put_model
from support.waiting import wait_for

pytestmark = pytest.mark.lab

MODEL = "lab-flights"


@dataclass
class Load:
    """Requests at a steady pace; for each: the second that it began in, its status or error, and who answered."""

    url: str
    seen: list[tuple[int, str, str]] = field(default_factory=list)
    stopped: bool = False
    began: float = 0.0

    async def run(self, per_second: int = 100) -> None:
        limits = httpx.Limits(max_connections=64)
        client = httpx.AsyncClient(base_url=self.url, timeout=20, trust_env=False, limits=limits)
        async with client, asyncio.TaskGroup() as group:
            self.began = time.monotonic()
            for number in range(1_000_000):
                if self.stopped:
                    return
                group.create_task(self._ask(client))
                await asyncio.sleep(max(0.0, self.began + number / per_second - time.monotonic()))

    async def _ask(self, client: httpx.AsyncClient) -> None:
        began = int(time.monotonic() - self.began)
        try:
            answer = await client.post(f"/v1/models/{MODEL}:predict", json={"instances": [ROW]})
        except httpx.HTTPError as error:
            self.seen.append((began, type(error).__name__, ""))
            return
        told = "200" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:80]}"
        self.seen.append((began, told, answer.headers.get("x-served-version", "")))

    @property
    def lost(self) -> dict[tuple[int, str], int]:
        """How many got no prediction, by second and by what they got."""
        return dict(Counter((began, told) for began, told, _ in self.seen if told != "200"))

    def versions(self) -> set[str]:
        return {version for _, told, version in self.seen if told == "200"}


@asynccontextmanager
async def asking(place: ServingPlace) -> Any:
    load = Load(place.url)
    running = asyncio.create_task(load.run())
    try:
        yield load
    finally:
        load.stopped = True
        await running


class Counting(KServeDeployer):
    """Asks what a slot has counted before it is removed."""

    removed: int = 0

    def remove(self, model: str, slot: Slot) -> None:
        self.removed += slot_counts(self._cluster, self._settings.namespace, model, slot).served
        super().remove(model, slot)


@pytest.fixture
def place(facts: Any) -> Iterator[ServingPlace]:
    found = serving_place(facts, replicas=2)
    found.clear(MODEL)
    yield found
    found.clear(MODEL)


async def test_a_version_takes_over_under_load_without_a_lost_request_and_its_tested_pods_are_the_ones_that_serve(
    place: ServingPlace, tmp_path: Path
) -> None:
    ledger = MemoryLedger()
    deployer = Counting(place.cluster, place.settings, place.store)
    versions = ("1.0.0", "1.1.0")
    artifacts = {version: put_model(place.store, tmp_path / version, seed) for seed, version in enumerate(versions)}
    await asyncio.to_thread(take_over, ledger, deployer, place.router(), MODEL, "1.0.0", artifacts["1.0.0"])
    tested: set[str] = set()
    ready = deployer.ready

    def told(served: Any) -> Any:
        found = ready(served)
        if found.ready and served.slot == "b":
            tested.update(pod["metadata"]["uid"] for pod in place.pods(MODEL, "b"))
        return found

    deployer.ready = told  # type: ignore[method-assign]
    async with asking(place) as load:
        await asyncio.sleep(1)
        await asyncio.to_thread(take_over, ledger, deployer, place.router(), MODEL, "1.1.0", artifacts["1.1.0"])
        await asyncio.sleep(1)
    assert load.lost == {}
    assert load.versions() == {"1.0.0", "1.1.0"}
    assert len(load.seen) > 500
    assert deployer.removed + sum(place.router().observed_split(MODEL).values()) == len(load.seen)
    assert [served.version for served in deployer.running(MODEL)] == ["1.1.0"]
    await asyncio.sleep(3)
    assert {pod["metadata"]["uid"] for pod in place.pods(MODEL, "b")} == tested, "no copy was started or replaced since"
    assert len(tested) == 2


async def test_a_model_that_was_tampered_with_never_serves_and_the_old_one_goes_on(
    place: ServingPlace, tmp_path: Path
) -> None:
    ledger, deployer, router = MemoryLedger(), place.deployer(), place.router()
    good = put_model(place.store, tmp_path / "good", 1)
    await asyncio.to_thread(take_over, ledger, deployer, router, MODEL, "1.0.0", good)
    bad = put_model(place.store, tmp_path / "bad", int(time.time()))
    _tamper(place, tmp_path / "bad" / "model.txt")
    async with asking(place) as load:
        with pytest.raises(Refused, match=r"1\.1\.0 cannot serve: the model's files were refused in pod .* hash"):
            await asyncio.to_thread(take_over, ledger, deployer, router, MODEL, "1.1.0", bad)
    assert load.lost == {}
    assert load.versions() == {"1.0.0"}
    assert [served.version for served in deployer.running(MODEL)] == ["1.0.0"]


async def test_a_predictor_that_is_killed_while_two_serve_loses_no_request(place: ServingPlace, tmp_path: Path) -> None:
    ledger, deployer, router = MemoryLedger(), place.deployer(), place.router()
    artifact = put_model(place.store, tmp_path / "good", 1)
    await asyncio.to_thread(take_over, ledger, deployer, router, MODEL, "1.0.0", artifact)
    victim = place.pods(MODEL, "a")[0]
    async with asking(place) as load:
        await asyncio.sleep(2)
        kill(victim)
        await asyncio.to_thread(wait_for, lambda: _restarts(place, victim) > 0, 60, "another start")
        await asyncio.sleep(5)
    assert load.lost == {}
    (served,) = deployer.running(MODEL)
    await asyncio.to_thread(wait_for, lambda: deployer.ready(served).ready, 60, "both ready again")


@pytest.mark.parametrize("stage", ["ApplyTraffic", "Drain"])
async def test_a_cut_over_that_is_killed_is_resumed_with_the_same_shares_and_loses_nothing(
    place: ServingPlace, tmp_path: Path, stage: str
) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger, deployer, router = open_ledger(url), place.deployer(), place.router()
    old, new = (put_model(place.store, tmp_path / str(seed), seed) for seed in (1, 2))
    await asyncio.to_thread(take_over, ledger, deployer, router, MODEL, "1.0.0", old)
    environment = {
        **os.environ,
        **place.environment(),
        "REGROW_HOME": str(tmp_path / "home"),
        "REGROW_LEDGER_URL": url,
        "REGROW_FAILPOINT": f"after-stage:{stage}",
        "PYTHONPATH": str(ROOT / "tests"),
    }
    command = [sys.executable, "-m", "lab.cut_over", MODEL, "1.1.0", new]
    async with asking(place) as load:
        killed = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
        assert killed.returncode == -9, killed.stderr
        before = intended(ledger, MODEL)
        assert before is not None
        assert {arm.slot: arm.weight for arm in before.arms} == {"a": 0, "b": 100}
        after = await asyncio.to_thread(take_over, ledger, deployer, router, MODEL, "1.1.0", new)
        await asyncio.sleep(0.5)
    ledger.close()
    assert {arm.slot: arm.weight for arm in after.arms} == {"b": 100}
    assert load.lost == {}
    assert router.applied(after)
    assert [(served.slot, served.version) for served in deployer.running(MODEL)] == [("b", "1.1.0")]


def _tamper(place: ServingPlace, file: Path) -> None:
    """Other bytes under the file's hash, as nobody but a thief or a fault writes them."""
    import hashlib

    import boto3

    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    secret = place.s3.secret_key
    assert secret is not None
    client = boto3.client(
        "s3",
        endpoint_url=place.s3.endpoint,
        region_name=place.s3.region,
        aws_access_key_id=place.s3.access_key,
        aws_secret_access_key=secret.get_secret_value(),
    )
    key = f"lab-serving/objects/{digest[:2]}/{digest}"
    client.put_object(Bucket="regrow", Key=key, Body=file.read_bytes() + b"?")


def _restarts(place: ServingPlace, pod: Any) -> int:
    found = [one for one in place.pods(MODEL, "a") if one["metadata"]["uid"] == pod["metadata"]["uid"]]
    return sum(status["restartCount"] for one in found for status in one["status"]["containerStatuses"])
