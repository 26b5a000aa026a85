"""Two questions about serving on KServe: does the version answer, and do the requests go where they should."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException

from regrow.frozen import canonical
from regrow.rollout.traffic import TrafficPlan
from regrow.serving.port import Served
from regrow_airflow.operators.kserve import KServeOperator, told
from regrow_airflow.triggers.kserve import InferenceServiceReadyTrigger, KServeTrigger, RouteObservedTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context


class KServeSensor(KServeOperator):
    """Looks once; where it is not so yet, waits in the triggerer and looks again itself.

    :param poll_seconds: between two looks of the triggerer
    :param wait_seconds: after which the task fails
    """

    ui_color = "#e6f1f2"

    def __init__(self, *, poll_seconds: float = 2.0, wait_seconds: float = 900.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.poll_seconds, self.wait_seconds = poll_seconds, wait_seconds

    def wait(self, trigger: type[KServeTrigger], **question: Any) -> None:
        settings = self.hook.settings().model_dump(mode="json")
        waiting = trigger(settings=settings, poll_seconds=self.poll_seconds, **question)
        self.defer(trigger=waiting, method_name="execute", timeout=timedelta(seconds=self.wait_seconds))


class InferenceServiceReadySensor(KServeSensor):
    """Whether the version answered a real prediction. A version that never will fails the task, in words.

    :param served: what `DeployVersionOperator` returned
    """

    template_fields: Sequence[str] = ("model", "served")

    def __init__(self, *, served: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.served = served

    def execute(self, context: Context, event: dict[str, Any] | None = None) -> str:
        with told():
            found = self.hook.ready(Served.model_validate(self.served))
        self.log.info("%s", found.reason)
        if found.failed:
            raise AirflowFailException(f"{self.model} cannot serve: {found.reason}")
        if not found.ready:
            self.wait(InferenceServiceReadyTrigger, served=self.served)
        return found.reason


class RouteObservedSensor(KServeSensor):
    """Whether the data plane itself says that the plan is in force.

    :param plan: what `TrafficOperator` returned
    """

    template_fields: Sequence[str] = ("model", "plan")

    def __init__(self, *, plan: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan

    def execute(self, context: Context, event: dict[str, Any] | None = None) -> int:
        plan = TrafficPlan.model_validate_json(canonical(self.plan))
        with told():
            applied = self.hook.applied(plan)
        if not applied:
            self.wait(RouteObservedTrigger, plan=self.plan)
        return plan.version
