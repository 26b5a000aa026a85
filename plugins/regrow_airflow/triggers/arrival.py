"""The wait for a whole partition, in the triggerer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from regrow.data.arrival import pending
from regrow.data.open import open_address
from regrow.errors import Transient
from regrow.spec.model import Arrival


class PartitionArrivalTrigger(BaseTrigger):
    """Looks every `poll_seconds`, in a thread, until a partition is whole that is not in `known` as it is.

    :param source: address, daily, file, references and marker, as `regrow.data.open.open_address` takes them
    :param policy: the spec's `arrival`
    :param known: partition to the signature that was taken
    :param again_at: ends the wait at this time (ISO 8601) whatever has come; empty: never
    """

    def __init__(
        self, source: dict[str, Any], policy: dict[str, Any], known: dict[str, str], again_at: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.source = source
        self.policy = policy
        self.known = known
        self.again_at = again_at

    def serialize(self) -> tuple[str, dict[str, Any]]:
        names = ("source", "policy", "known", "again_at")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        poll_seconds = Arrival.model_validate(self.policy).poll_seconds
        while not self._over() and not (ready := await asyncio.to_thread(self.look)):
            await asyncio.sleep(poll_seconds)
        yield TriggerEvent({"partitions": [] if self._over() else ready})  # type: ignore[no-untyped-call]

    def look(self) -> list[str]:
        """The partitions that are whole and new. A source that does not answer is asked again."""
        policy = Arrival.model_validate(self.policy)
        try:
            listings = open_address(**self.source).partitions()
        except Transient as error:
            self.log.warning("%s", error)
            return []
        return [arrived.partition for arrived in pending(listings, self.known, policy, datetime.now(UTC))]

    def _over(self) -> bool:
        return bool(self.again_at) and datetime.now(UTC) >= datetime.fromisoformat(self.again_at)
