"""One node of a pipeline's graph as one Airflow task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowSkipException

from regrow_airflow.links.told import EndpointLink, MlflowRunLink, last_address
from regrow_airflow.operators.base import RegrowOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.steps.coordinator import Coordinator, NodeResult


class RegrowStepOperator(RegrowOperator):
    """Executes a node; what it yields for a mapped node after it is returned as [{"key": …, "title": …}].

    :param node: the node's id in the pipeline's graph
    :param key: one element of a mapped node: `r0k03` or `2013-02-08`
    :param title: how people call that element
    """

    # Only so that the partition of a mapped task group is filled in: never a text of the YAML.
    template_fields: Sequence[str] = ("key",)

    def __init__(self, *, node: str, key: str = "", title: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.node = node
        self.key = key
        self.title = title
        self.address = ""

    def execute(self, context: Context) -> list[dict[str, str]] | None:
        with self.coordinating(context) as coordinator:
            result = self.ask(coordinator, context)
        if result.state == "skipped":
            raise AirflowSkipException(result.sentence)
        return [{"key": key, "title": label} for key, label in result.keys] or None

    def ask(self, coordinator: Coordinator, context: Context) -> NodeResult:
        """Let the coordinator do the node; the last address that it tells of is for the task's link."""
        told: list[str] = []

        def progress(line: str) -> None:
            self.log.info("%s", line)
            told.append(line)

        result = coordinator.execute(self.node, self.key or None, progress=progress)
        progress(result.sentence)
        self.address = last_address(told)
        return result


class StudyOperator(RegrowStepOperator):
    """A node that logs to MLflow."""

    operator_extra_links = (MlflowRunLink(),)


class DeployOperator(RegrowStepOperator):
    """The node after which the model answers."""

    operator_extra_links = (EndpointLink(),)
