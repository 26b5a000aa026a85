"""The connection to serving on KServe: typed calls, and an optional Airflow connection that says where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from regrow.rollout.traffic import Slot, TrafficPlan
from regrow.serving.port import Deployer, Readiness, Router, Served
from regrow.settings import KServeSettings
from regrow_airflow.hooks.regrow_hook import RegrowHook

if TYPE_CHECKING:
    from regrow.platform.workspace import Workspace


class KServeHook(BaseHook):
    """`regrow_kserve_default` may carry settings in its extra: {"context": …, "namespace": …, "gateway": …}.

    Ledger and store are those of `regrow_conn_id`.
    """

    conn_name_attr = "kserve_conn_id"
    default_conn_name = "regrow_kserve_default"
    conn_type = "regrow_kserve"
    hook_name = "Regrow on KServe"

    def __init__(self, kserve_conn_id: str = default_conn_name, regrow_conn_id: str = "regrow_default") -> None:
        super().__init__()
        self.kserve_conn_id, self.regrow_conn_id = kserve_conn_id, regrow_conn_id

    def settings(self) -> KServeSettings:
        """Of this process, overridden by the connection where there is one."""
        own = RegrowHook(self.regrow_conn_id).settings().kserve
        try:
            extra = self.get_connection(self.kserve_conn_id).extra_dejson
        except AirflowNotFoundException:
            return own
        return KServeSettings.model_validate({**own.model_dump(), **extra})

    def get_conn(self) -> Workspace:
        """A workspace that serves on KServe, as the connections have it."""
        from regrow.platform.workspace import open_workspace

        settings = RegrowHook(self.regrow_conn_id).settings()
        changes = {"serving_backend": "kserve", "kserve": self.settings()}
        return open_workspace(settings.model_copy(update=changes))

    def deploy(self, model: str, slot: Slot, version: str, artifact: str) -> Served:
        return self._deployer().deploy(model, slot, version, artifact)

    def ready(self, served: Served) -> Readiness:
        return self._deployer().ready(served)

    def apply(self, plan: TrafficPlan) -> None:
        self._router().apply(plan)

    def applied(self, plan: TrafficPlan) -> bool:
        return self._router().applied(plan)

    def _deployer(self) -> Deployer:
        return self.get_conn().deployer

    def _router(self) -> Router:
        return self.get_conn().router
