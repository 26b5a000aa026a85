"""One effect a task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from regrow.platform.workspace import open_workspace
from regrow.rollout.intent import intended
from regrow.serving.port import Served
from regrow.settings import Settings
from regrow_airflow.operators.base import TransientFailure
from regrow_airflow.operators.kserve import DeployVersionOperator, TrafficOperator
from support.kserve_airflow import MODEL, KServeSpace, kserve_space

CONTEXT: Any = {}


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: None) -> Iterator[KServeSpace]:
    with kserve_space(tmp_path, monkeypatch) as found:
        yield found


def deploying(space: KServeSpace, slot: Any = "a", version: str = "1.0.0", artifact: str = "") -> dict[str, Any]:
    task = DeployVersionOperator(
        task_id="deploy", model=MODEL, slot=slot, version=version, artifact=artifact or space.artifact
    )
    return task.execute(CONTEXT)


def shares(**weights: int) -> dict[str, Any]:
    task = TrafficOperator(task_id="shares", model=MODEL, weights=weights, reason="by hand")  # type: ignore[arg-type]
    return task.execute(CONTEXT)


def test_a_version_is_deployed_once_however_often_the_task_runs(space: KServeSpace) -> None:
    first = deploying(space)
    assert deploying(space) == first
    assert Served.model_validate(first).version == "1.0.0"


def test_files_that_are_not_there_fail_the_task_at_once(space: KServeSpace) -> None:
    with pytest.raises(AirflowFailException, match="there is no"):
        deploying(space, artifact="0" * 64)


def test_shares_are_written_into_the_ledger_before_they_are_applied(space: KServeSpace) -> None:
    deploying(space)
    deploying(space, "b", "1.1.0")
    plan = shares(a=90, b=10)
    assert [(arm["slot"], arm["version"], arm["weight"]) for arm in plan["arms"]] == [
        ("a", "1.0.0", 90),
        ("b", "1.1.0", 10),
    ]
    workspace = open_workspace(Settings())
    known = intended(workspace.ledger, MODEL)
    workspace.close()
    assert known is not None
    assert known.model_dump(mode="json") == plan
    assert shares(a=90, b=10) == plan, "again is the same plan"
    assert shares(a=50, b=50)["version"] == 2


def test_a_share_for_a_slot_that_serves_nothing_fails_the_task(space: KServeSpace) -> None:
    deploying(space)
    with pytest.raises(AirflowFailException, match="there is no slot that serves 'flights-b'"):
        shares(a=50, b=50)


def test_an_api_server_that_is_away_is_worth_another_try(space: KServeSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    from regrow.errors import Unreachable
    from regrow.serving.kserve import open as opening

    def away(context: object) -> None:
        raise Unreachable(service="the Kubernetes API server", address="-", reason="refused")

    monkeypatch.setattr(opening, "open_cluster", away)
    with pytest.raises(TransientFailure, match="does not answer"):
        deploying(space)
