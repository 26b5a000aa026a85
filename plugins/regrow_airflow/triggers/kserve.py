"""Waits for KServe, in the triggerer. An API server that is away is waited for, too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from regrow.errors import Transient
from regrow.frozen import canonical
from regrow.rollout.traffic import TrafficPlan
from regrow.serving.port import Served
from regrow.settings import KServeSettings


class KServeTrigger(BaseTrigger):
    """Looks every `poll_seconds`, in a thread, until `look` has something to tell.

    :param settings: of KServe, as JSON; nothing secret is among them
    """

    names: tuple[str, ...] = ("settings", "poll_seconds")

    def __init__(self, settings: dict[str, Any], poll_seconds: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.settings = settings
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in self.names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        while (told := await asyncio.to_thread(self._patiently)) is None:
            await asyncio.sleep(self.poll_seconds)
        yield TriggerEvent(told)  # type: ignore[no-untyped-call]

    def look(self) -> dict[str, Any] | None:
        """One question to the cluster; None: not yet."""
        raise NotImplementedError

    def _patiently(self) -> dict[str, Any] | None:
        try:
            return self.look()
        except Transient as error:
            self.log.warning("%s", error)
            return None

    def _kserve(self) -> KServeSettings:
        return KServeSettings.model_validate(self.settings)


class InferenceServiceReadyTrigger(KServeTrigger):
    """Until the slot can be asked for a prediction, or never will.

    :param served: model, slot, version, artifact and endpoint
    """

    names = ("settings", "poll_seconds", "served")

    def __init__(self, served: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.served = served

    def look(self) -> dict[str, Any] | None:
        from regrow.serving.kserve.open import still_lacks

        found = still_lacks(self._kserve(), Served.model_validate(self.served))
        if found is None:
            return {"failed": False, "reason": "a prediction can be asked of it"}
        self.log.info("%s", found.reason)
        return {"failed": True, "reason": found.reason} if found.failed else None


class RouteObservedTrigger(KServeTrigger):
    """Until the data plane itself names the plan.

    :param plan: the traffic plan
    """

    names = ("settings", "poll_seconds", "plan")

    def __init__(self, plan: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan

    def look(self) -> dict[str, Any] | None:
        from regrow.serving.kserve.open import kserve_router

        plan = TrafficPlan.model_validate_json(canonical(self.plan))
        return {"version": plan.version} if kserve_router(self._kserve()).applied(plan) else None
