"""The waits in the triggerer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.serde import deserialize, serialize

from regrow.errors import Unreachable
from regrow.serving.kserve import open as opening
from regrow_airflow.hooks.kserve import KServeHook
from regrow_airflow.triggers.kserve import InferenceServiceReadyTrigger, RouteObservedTrigger
from support.kserve_airflow import MODEL, KServeSpace, kserve_space


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, airflow_database: None) -> Iterator[KServeSpace]:
    with kserve_space(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def trigger(space: KServeSpace) -> InferenceServiceReadyTrigger:
    hook = KServeHook()
    served = hook.deploy(MODEL, "a", "1.0.0", space.artifact).model_dump(mode="json")
    return InferenceServiceReadyTrigger(
        settings=hook.settings().model_dump(mode="json"), poll_seconds=0.05, served=served
    )


async def first_event(trigger: Any) -> Any:
    async for event in trigger.run():
        return event.payload
    return None


def test_they_survive_the_way_to_the_triggerer(trigger: InferenceServiceReadyTrigger) -> None:
    route = RouteObservedTrigger(
        settings=trigger.settings, plan={"version": 1, "model": MODEL, "arms": [], "expires": None}
    )
    for one in (trigger, route):
        path, arguments = one.serialize()
        assert path == f"regrow_airflow.triggers.kserve.{type(one).__name__}"
        arrived: Any = deserialize(serialize(arguments))
        assert type(one)(**arrived).serialize() == (path, arguments)


async def test_it_ends_when_the_slot_can_be_asked(space: KServeSpace, trigger: InferenceServiceReadyTrigger) -> None:
    waiting = asyncio.create_task(first_event(trigger))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    space.twin.step()
    assert await asyncio.wait_for(waiting, 10) == {"failed": False, "reason": "a prediction can be asked of it"}


async def test_an_api_server_that_is_away_is_waited_for(
    space: KServeSpace, trigger: InferenceServiceReadyTrigger, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = [Unreachable(service="the API server", address="-", reason="refused")] * 3

    def sometimes(context: object) -> Any:
        if answers:
            raise answers.pop()
        return space.twin.cluster

    monkeypatch.setattr(opening, "open_cluster", sometimes)
    space.twin.step()
    found = await asyncio.wait_for(first_event(trigger), 10)
    assert not found["failed"]
    assert answers == []
