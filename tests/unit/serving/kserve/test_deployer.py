"""What the deployer does beyond its contract: it waits, within limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from regrow.cluster.kinds import INFERENCE_SERVICE
from regrow.cluster.port import Response
from regrow.errors import TimedOut
from regrow.serving.kserve import deployer as module
from regrow.serving.kserve.deployer import KServeDeployer
from regrow.serving.port import Served
from regrow.store.folder import FolderStore
from support.kserve_twin import SETTINGS, KServeTwin
from support.serving_models import put_model

MODEL = "flights"


class Busy(KServeTwin):
    """Predictors whose counters are told one look after the other: in flight, answered."""

    def __init__(self) -> None:
        super().__init__(SETTINGS.model_copy(update={"replicas": 1}))
        self.looks: list[tuple[int, int] | None] = []

    def answer(self, namespace: str, target: str, path: str, body: bytes | None) -> Response:
        if path != "/metrics":
            return super().answer(namespace, target, path, body)
        look = self.looks.pop(0)
        if look is None:
            return Response(status=503, headers={}, body=b"connection refused")
        text = f'regrow_in_flight {look[0]}.0\nregrow_requests_total{{code="200"}} {look[1]}.0\n'
        return Response(status=200, headers={}, body=text.encode())


@pytest.fixture
def twin() -> Busy:
    return Busy()


@pytest.fixture
def deployer(twin: Busy, tmp_path: Path) -> KServeDeployer:
    return KServeDeployer(
        twin.cluster, twin.settings, FolderStore(tmp_path / "store"), patience=2, pause=lambda seconds: None
    )


@pytest.fixture
def served(deployer: KServeDeployer, twin: Busy, tmp_path: Path) -> Served:
    artifact = put_model(FolderStore(tmp_path / "store"), tmp_path / "files")
    found = deployer.deploy(MODEL, "a", "1.0.0", artifact)
    twin.step()
    return found


def test_a_drain_ends_after_two_quiet_looks_with_nothing_answered_in_between(
    deployer: KServeDeployer, served: Served, twin: Busy
) -> None:
    twin.looks = [(2, 10), (0, 12), (0, 13), None, (0, 13), (0, 13), (0, 13), (9, 9)]
    deployer.drain(served)
    assert twin.looks == [(9, 9)], "a request that came and went between two looks is seen by its count"


def test_a_drain_gives_up_in_time(deployer: KServeDeployer, served: Served, twin: Busy, tmp_path: Path) -> None:
    twin.looks = [(1, 1)] * 5
    busy = KServeDeployer(
        twin.cluster,
        twin.settings,
        FolderStore(tmp_path / "store"),
        patience=0.2,
        pause=lambda seconds: time.sleep(0.1),
    )
    busy.drain(served)
    assert twin.looks


def test_pods_that_stay_are_told(deployer: KServeDeployer, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GONE_SECONDS", 0.01)
    with pytest.raises(TimedOut, match="the end of the pods of InferenceService regrow-serving/flights-a"):
        deployer.remove(MODEL, "a")


def test_a_slot_that_is_on_its_way_out_is_waited_for_before_it_is_used_again(
    served: Served, twin: Busy, tmp_path: Path
) -> None:
    going = {"deletionTimestamp": "2026-03-01T00:00:00Z"}
    twin.cluster.happen(INFERENCE_SERVICE, "flights-a", SETTINGS.namespace, metadata=going)
    store = FolderStore(tmp_path / "store")
    again = KServeDeployer(twin.cluster, twin.settings, store, pause=lambda seconds: twin.step())
    assert again.running(MODEL) == ()
    assert again.deploy(MODEL, "a", "1.0.0", served.artifact) == served
    assert again.running(MODEL) == (served,)
