"""The wait in the triggerer, over a real folder."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.serde import deserialize, serialize

from regrow.data.arrival import signature
from regrow_airflow.triggers.arrival import PartitionArrivalTrigger
from support.toy import Toy


def a_trigger(toy: Toy, **changes: Any) -> PartitionArrivalTrigger:
    arguments: dict[str, Any] = {
        "source": {
            "address": str(toy.source),
            "daily": True,
            "file": "parcels.csv",
            "references": [],
            "marker": "_SUCCESS",
        },
        "policy": {"marker": "_SUCCESS", "quiet_minutes": 10.0, "poll_seconds": 0.2},
        "known": {},
    }
    return PartitionArrivalTrigger(**{**arguments, **changes})


async def first_event(trigger: PartitionArrivalTrigger) -> Any:
    async for event in trigger.run():
        return event.payload
    return None


def known(toy: Toy) -> dict[str, str]:
    from regrow.data.open import open_address

    listings = open_address(**a_trigger(toy).source).partitions()
    return {listing.partition: signature(listing) for listing in listings}


def test_it_survives_the_way_to_the_triggerer(toy: Toy) -> None:
    path, arguments = a_trigger(toy, known={"2024-01-01": "ab"}, again_at="2024-01-01T00:00:00+00:00").serialize()
    assert path == "regrow_airflow.triggers.arrival.PartitionArrivalTrigger"
    arrived: Any = deserialize(serialize(arguments))
    assert PartitionArrivalTrigger(**arrived).serialize() == (path, arguments)


async def test_it_tells_of_a_partition_that_is_written_while_it_waits(toy: Toy) -> None:
    toy.arrive([0])
    waiting = asyncio.create_task(first_event(a_trigger(toy, known=known(toy))))
    done, _ = await asyncio.wait([waiting], timeout=0.5)
    assert not done
    toy.arrive([1])
    assert await asyncio.wait_for(waiting, 20) == {"partitions": ["2024-01-02"]}


async def test_a_half_written_partition_is_waited_for(toy: Toy) -> None:
    (day,) = toy.arrive([0])
    marker = toy.source / day / "_SUCCESS"
    marker.unlink()
    trigger = a_trigger(toy)
    assert trigger.look() == []
    marker.touch()
    assert await asyncio.wait_for(first_event(trigger), 20) == {"partitions": [day]}


async def test_a_source_that_does_not_answer_is_asked_again(toy: Toy) -> None:
    away = toy.source.rename(toy.source.with_name("away"))
    trigger = a_trigger(toy)
    assert trigger.look() == []
    away.rename(toy.source)
    toy.arrive([0])
    assert await asyncio.wait_for(first_event(trigger), 20) == {"partitions": ["2024-01-01"]}


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=1)])
async def test_it_ends_at_the_time_to_look_again(toy: Toy, ago: timedelta) -> None:
    trigger = a_trigger(toy, again_at=(datetime.now(UTC) - ago).isoformat())
    assert await asyncio.wait_for(first_event(trigger), 20) == {"partitions": []}
