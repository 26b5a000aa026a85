"""A rollout on KServe by hand, one effect a task: for DAGs that people write themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from regrow.errors import NotFound, RegrowError
from regrow.rollout.traffic import Arm, Slot
from regrow_airflow.hooks.kserve import KServeHook
from regrow_airflow.operators.base import airflow_error

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.platform.workspace import Workspace


class KServeOperator(BaseOperator):
    """:param model: the model's name
    :param kserve_conn_id: an optional connection that says where KServe is
    :param regrow_conn_id: an optional connection that says where ledger and store are
    """

    ui_color = "#eef4ee"

    def __init__(
        self,
        *,
        model: str,
        kserve_conn_id: str = KServeHook.default_conn_name,
        regrow_conn_id: str = "regrow_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.kserve_conn_id, self.regrow_conn_id = kserve_conn_id, regrow_conn_id

    @property
    def hook(self) -> KServeHook:
        return KServeHook(self.kserve_conn_id, self.regrow_conn_id)


class DeployVersionOperator(KServeOperator):
    """Has a version served in a slot, without any requests yet; returns what `InferenceServiceReadySensor` takes.

    :param slot: `a` or `b`, the one that the champion is not in
    :param version: the registered version
    :param artifact: digest of its files in the store
    """

    template_fields: Sequence[str] = ("model", "slot", "version", "artifact")

    def __init__(self, *, slot: Slot, version: str, artifact: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.slot, self.version, self.artifact = slot, version, artifact

    def execute(self, context: Context) -> dict[str, Any]:
        with told():
            return self.hook.deploy(self.model, self.slot, self.version, self.artifact).model_dump(mode="json")


class TrafficOperator(KServeOperator):
    """Writes the shares into the ledger as the intent, then applies them; returns what `RouteObservedSensor` takes.

    :param weights: percent by slot
    :param reason: why, for the ledger
    """

    template_fields: Sequence[str] = ("model", "reason")

    def __init__(self, *, weights: Mapping[Slot, int], reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.weights, self.reason = dict(weights), reason

    def execute(self, context: Context) -> dict[str, Any]:
        from regrow.rollout.intent import intend

        with told():
            workspace = self.hook.get_conn()
            arms, now = self._arms(workspace), datetime.now(UTC)
            plan = intend(workspace.ledger, self.model, arms, actor="airflow", reason=self.reason, at=now)
            workspace.router.apply(plan)
        return plan.model_dump(mode="json")

    def _arms(self, workspace: Workspace) -> tuple[Arm, ...]:
        running = {served.slot: served for served in workspace.deployer.running(self.model)}
        missing = sorted(set(self.weights) - running.keys())
        if missing:
            raise NotFound("slot that serves", f"{self.model}-{missing[0]}", running)
        return tuple(
            Arm(slot=slot, endpoint=running[slot].endpoint, version=running[slot].version, weight=weight)
            for slot, weight in sorted(self.weights.items())
        )


@contextmanager
def told() -> Iterator[None]:
    """Our errors become Airflow's: what may pass is tried again, all else fails at once."""
    try:
        yield
    except RegrowError as error:
        raise airflow_error(error, error.sentence) from error
