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
    """`regrow_default` may carry settings in its extra: {"home": …, "ledger_url": …, "store_url": …}.

    With "aws_conn_id" there, s3:// addresses are reached by that connection's credentials, region and endpoint.
    """

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
        aws = extra.pop("aws_conn_id", None)
        s3 = {"s3": {**_of_aws(aws), **extra.get("s3", {})}} if aws else {}
        return {**extra, **paths, **s3}


def _of_aws(aws_conn_id: str) -> dict[str, Any]:
    """Settings of S3 as the amazon provider resolves the connection, roles and profiles among them."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    hook = S3Hook(aws_conn_id=aws_conn_id)
    found = hook.get_credentials()
    values = {
        "endpoint": hook.conn_config.get_service_endpoint_url("s3"),
        "region": hook.region_name,
        "access_key": found.access_key,
        "secret_key": found.secret_key,
        "session_token": found.token,
    }
    return {name: value for name, value in values.items() if value is not None}
