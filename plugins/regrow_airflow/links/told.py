"""Links to what a task told of in its own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

_ADDRESS = re.compile(r"https?://[^\s,;]+")


def last_address(lines: Iterable[str]) -> str:
    """The last web address in what was told, or nothing."""
    return next(reversed(_ADDRESS.findall("\n".join(lines))), "")


class ToldLink(BaseOperatorLink):
    """The address that the task told of. Airflow asks once, right after the task ran, and keeps the answer."""

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        return getattr(operator, "address", "")


class MlflowRunLink(ToldLink):
    name = "MLflow run"


class EndpointLink(ToldLink):
    name = "Served endpoint"
