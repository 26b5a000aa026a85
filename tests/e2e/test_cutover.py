"""Cut-overs under load, with real Envoy and real predictors: nothing is lost, and everything is counted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from regrow.errors import Refused
from regrow.ledger.memory import MemoryLedger
from regrow.ledger.port import Ledger
from regrow.rollout.execute import cut_over
from regrow.store.memory import MemoryStore
from support.local_serving import LocalServing, wait_until
from support.serving_models import ROW, put_model

pytestmark = pytest.mark.e2e

MODEL = "flights-delay"
VERSIONS = ("1.0.0", "1.1.0", "1.2.0", "2.0.0")


@dataclass
class Load:
    """Requests at a steady pace; for each: when it began, when it ended, its status, the version that answered."""

    url: str
    seen: list[tuple[float, float, int, str]] = field(default_factory=list)
    stopped: bool = False

    async def run(self, per_second: int = 100) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=20) as client, asyncio.TaskGroup() as group:
            while not self.stopped:
                group.create_task(self._ask(client))
                await asyncio.sleep(1 / per_second)

    async def _ask(self, client: httpx.AsyncClient) -> None:
        began = time.monotonic()
        answer = await client.post(f"/v1/models/{MODEL}:predict", json={"instances": [ROW]})
        version = answer.headers.get("x-served-version", "")
        self.seen.append((began, time.monotonic(), answer.status_code, version))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def serving(tmp_path: Path, store: MemoryStore) -> Iterator[LocalServing]:
    local = LocalServing(tmp_path, store)
    local.start_envoy()
    yield local
    local.close()


def take_over(ledger: Ledger, serving: LocalServing, version: str, artifact: str) -> None:
    cut_over(
        ledger,
        serving.deployer,
        serving.router,
        model=MODEL,
        version=version,
        artifact=artifact,
        actor="test",
        reason="a newer version",
        now=datetime.now(UTC),
        progress=lambda line: None,
    )


def captured(folder: Path) -> list[str]:
    """The ids of all captured requests."""
    return [json.loads(line)["id"] for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


def dropped(folder: Path) -> int:
    return sum(json.loads(path.read_text())["dropped"] for path in (folder / "counts").glob("*.json"))


def newer_then_older(seen: list[tuple[float, float, int, str]]) -> list[tuple[str, str]]:
    """Pairs of versions where a request that began after another had ended was answered by an older version."""
    pairs, newest = [], ""
    ended = sorted((end, version) for _, end, _, version in seen)
    for began, _, _, version in sorted(seen):
        while ended and ended[0][0] < began:
            newest = max(newest, ended.pop(0)[1])
        if version < newest:
            pairs.append((newest, version))
    return pairs


async def test_cut_overs_under_load_lose_no_request_and_every_answer_is_captured(
    serving: LocalServing, store: MemoryStore, tmp_path: Path
) -> None:
    ledger = MemoryLedger()
    artifacts = {version: put_model(store, tmp_path / version, seed) for seed, version in enumerate(VERSIONS)}
    await asyncio.to_thread(take_over, ledger, serving, VERSIONS[0], artifacts[VERSIONS[0]])
    load = Load(serving.url)
    running = asyncio.create_task(load.run())
    for version in VERSIONS[1:]:
        await asyncio.to_thread(take_over, ledger, serving, version, artifacts[version])
    load.stopped = True
    await running

    assert len(load.seen) > 100
    assert [one for one in load.seen if one[2] != 200] == []
    assert {one[3] for one in load.seen} == set(VERSIONS)
    assert newer_then_older(load.seen) == []
    assert [served.version for served in serving.deployer.running(MODEL)] == [VERSIONS[-1]]

    succeeded = serving.router.admin.succeeded()
    assert succeeded == len(load.seen)
    assert sum(serving.router.observed_split(MODEL).values()) == succeeded
    await asyncio.to_thread(serving.close)
    folder = serving.captures / MODEL
    ids = captured(folder)
    assert len(ids) + dropped(folder) == succeeded
    assert len(set(ids)) == len(ids)


def test_a_version_that_cannot_be_loaded_changes_nothing_for_callers(
    serving: LocalServing, store: MemoryStore, tmp_path: Path
) -> None:
    ledger = MemoryLedger()
    take_over(ledger, serving, "1.0.0", put_model(store, tmp_path / "good"))
    files = {name: tmp_path / "good" / name for name in ("model.json", "model.txt")}
    files["model.txt"].write_text("tree\nthis is no tree")
    with pytest.raises(Refused, match=r"1\.1\.0 cannot serve"):
        take_over(ledger, serving, "1.1.0", store.put(files).digest)
    answer = httpx.post(f"{serving.url}/v1/models/{MODEL}:predict", json={"instances": [ROW]})
    assert (answer.status_code, answer.headers["x-served-version"]) == (200, "1.0.0")


def test_the_access_log_tells_cluster_version_and_attempts_of_each_request(
    serving: LocalServing, store: MemoryStore, tmp_path: Path
) -> None:
    take_over(MemoryLedger(), serving, "1.0.0", put_model(store, tmp_path / "good"))
    headers = {"x-request-id": "mine-1", "x-regrow-probe": "1"}
    answer = httpx.post(f"{serving.url}/v1/models/{MODEL}:predict", json={"instances": [ROW]}, headers=headers)
    assert answer.headers["x-request-id"] == "mine-1"
    log = serving.plane.place.access_log
    wait_until(lambda: "mine-1" in log.read_text(), "the line in the access log")
    line = json.loads(next(line for line in log.read_text().splitlines() if "mine-1" in line))
    told = {name: line[name] for name in ("code", "cluster", "version", "attempts")}
    assert told == {"code": 200, "cluster": f"{MODEL}-a", "version": "1.0.0", "attempts": 1}
    serving.close()
    assert captured(serving.captures / MODEL) == ["mine-1"], "a caller's probe header is taken off, so it is captured"
