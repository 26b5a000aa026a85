"""The connection to a Regrow home: settings of this machine, overridden by an optional Airflow connection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException

from regrow.settings import Settings

if TYPE_CHECKING:
    from regrow.platform.workspace import Workspace
    from regrow.steps.coordinator import Coordinator


class RegrowHook(BaseHook):
    """`regrow_default` may carry settings in its extra: {"home": …, "ledger_url": …, "store_url": …}."""

    conn_name_attr = "regrow_conn_id"
    default_conn_name = "regrow_default"
    conn_type = "regrow"
    hook_name = "Regrow"

    def __init__(self, regrow_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.regrow_conn_id = regrow_conn_id

    def settings(self) -> Settings:
        return Settings(**self._overrides())

    def get_conn(self) -> Workspace:
        from regrow.platform.workspace import open_workspace

        return open_workspace(self.settings())

    def coordinator(self, path: Path, run_id: str) -> Coordinator:
        """For the pipeline in `path`. Raises SpecError where the YAML is broken by now."""
        from regrow.spec.load import load_pipeline
        from regrow.steps.coordinator import Coordinator

        return Coordinator(self.get_conn(), load_pipeline(path), run_id)

    def _overrides(self) -> dict[str, Any]:
        try:
            extra = self.get_connection(self.regrow_conn_id).extra_dejson
        except AirflowNotFoundException:
            return {}
        paths = {name: Path(extra[name]) for name in ("home", "data_root", "pipelines") if name in extra}
        return {**extra, **paths}
