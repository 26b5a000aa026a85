"""What every task of ours shares: the way to the coordinator, and the one place where errors become Airflow's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from regrow.errors import RegrowError, StepFailed, Transient
from regrow_airflow.failures import five_lines, impact
from regrow_airflow.hooks.regrow_hook import RegrowHook

if TYPE_CHECKING:
    from airflow.sdk import Context

    from regrow.steps.coordinator import Coordinator


class TransientFailure(AirflowException):
    """May pass by itself: the one failure that is tried again."""


class RegrowOperator(BaseOperator):
    """A task of one pipeline. `path` is its YAML; it and all else here are never rendered as templates.

    :param path: the pipeline's YAML file
    :param pipeline: the pipeline's name
    :param regrow_conn_id: an optional connection whose extra overrides the settings
    """

    template_fields: Sequence[str] = ()
    ui_color = "#eef4ee"
    gives_up: ClassVar[bool] = True
    """Whether an error that no other try will mend ends the task at once."""

    def __init__(self, *, path: str, pipeline: str, regrow_conn_id: str = "regrow_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.pipeline = pipeline
        self.regrow_conn_id = regrow_conn_id

    @contextmanager
    def coordinating(self, context: Context) -> Iterator[Coordinator]:
        """The run's coordinator; what it raises becomes Airflow's, explained in the log."""
        with explained(self, context):
            coordinator = RegrowHook(self.regrow_conn_id).coordinator(Path(self.path), run_id(context))
            try:
                yield coordinator
            finally:
                coordinator.workspace.close()


@contextmanager
def explained(task: RegrowOperator, context: Context) -> Iterator[None]:
    """Verdicts and all other errors of ours fail at once, transient ones may be tried again, Airflow's own pass."""
    try:
        yield
    except RegrowError as error:
        lines = _lines(error, task, context)
        raise (airflow_error(error, lines) if task.gives_up else TransientFailure(lines)) from error


def airflow_error(error: RegrowError, text: str) -> AirflowException:
    if isinstance(error, Transient) or (isinstance(error, StepFailed) and error.transient):
        return TransientFailure(text)
    return AirflowFailException(text)


def last_words(context: Context) -> None:
    """Airflow's callback for a task that failed: five lines at the end of its log, whatever befell it."""
    error, task = context["exception"], context["task"]
    told = isinstance(error, AirflowFailException | TransientFailure)
    task.log.error("\n%s", error if told else _lines(cast(BaseException, error), task, context))


def run_id(context: Context) -> str:
    """Airflow's run ids are unique within a DAG; the ledger's among all."""
    dag_run = context["dag_run"]
    return f"{dag_run.dag_id}/{dag_run.run_id}"


def _lines(error: BaseException, task: Any, context: Context) -> str:
    link = getattr(context.get("ti"), "log_url", "")
    return five_lines(error, pipeline=task.pipeline, impact=_impact(task), link=link)


def _impact(task: RegrowOperator) -> str:
    try:
        workspace = RegrowHook(task.regrow_conn_id).get_conn()
    except RegrowError as error:
        return f"unknown, the ledger cannot be asked: {error}"
    try:
        return impact(workspace.ledger.models.champion(task.pipeline), task.pipeline)
    except RegrowError as error:
        return f"unknown, the ledger cannot be asked: {error}"
    finally:
        workspace.close()
