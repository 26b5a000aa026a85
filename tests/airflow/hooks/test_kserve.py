"""The connection to KServe, over a cluster in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from regrow.rollout.traffic import Arm, TrafficPlan
from regrow_airflow.hooks.kserve import KServeHook
from support.kserve_airflow import MODEL, KServeSpace, kserve_space


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: None) -> Iterator[KServeSpace]:
    with kserve_space(tmp_path, monkeypatch) as found:
        yield found


def test_without_a_connection_the_settings_are_this_process_own(
    space: KServeSpace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGROW_KSERVE__REPLICAS", "3")
    assert KServeHook().settings().replicas == 3


def test_a_connection_says_where(space: KServeSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"namespace": "models", "gateway": "edge/main", "replicas": 4}
    monkeypatch.setenv("AIRFLOW_CONN_EDGE", json.dumps({"conn_type": "regrow_kserve", "extra": extra}))
    found = KServeHook("edge").settings()
    assert (found.namespace, found.gateway, found.replicas) == ("models", "edge/main", 4)
    assert found.address is not None, "what the connection leaves out is this process' own"
    workspace = KServeHook("edge").get_conn()
    assert workspace.settings.serving_backend == "kserve"
    assert workspace.settings.kserve == found


def test_its_calls_are_typed_and_reach_the_cluster(space: KServeSpace) -> None:
    hook = KServeHook()
    served = hook.deploy(MODEL, "a", "1.0.0", space.artifact)
    assert not hook.ready(served).ready
    space.twin.step()
    assert hook.ready(served).ready
    arm = Arm(slot="a", endpoint=served.endpoint, version="1.0.0", weight=100)
    plan = TrafficPlan(version=1, model=MODEL, arms=(arm,))
    hook.apply(plan)
    assert not hook.applied(plan)
    space.twin.step()
    assert hook.applied(plan)
