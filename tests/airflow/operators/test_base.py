"""The one place where errors become Airflow's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from regrow.errors import LeaseHeld, OutOfSpace, RegrowError, StepFailed, Unreachable, VerdictFailed
from regrow_airflow.operators.base import RegrowOperator, TransientFailure, airflow_error, explained, last_words, run_id
from support.toy import Toy


@pytest.mark.parametrize(
    "error",
    [
        Unreachable(service="MLflow", address="here", reason="closed"),
        OutOfSpace(path="/", needed=2, free=1),
        StepFailed(step="trial r0 k00", reason="killed", transient=True),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_pass_is_a_transient_failure(error: RegrowError) -> None:
    assert isinstance(airflow_error(error, "text"), TransientFailure)
    assert not isinstance(airflow_error(error, "text"), AirflowFailException)


@pytest.mark.parametrize(
    "error",
    [
        VerdictFailed(gate="data gate", subject="2024-01-01", reason="too few rows"),
        StepFailed(step="trial r0 k00", reason="it broke"),
        LeaseHeld(name="x", holder="y", seconds_left=3),
    ],
    ids=lambda error: type(error).__name__,
)
def test_all_else_fails_at_once(error: RegrowError) -> None:
    assert isinstance(airflow_error(error, "text"), AirflowFailException)


def an_operator(toy: Toy) -> RegrowOperator:
    return RegrowOperator(task_id="x", path=str(toy.yaml), pipeline="toy-parcels")


def raised(task: RegrowOperator, error: Exception) -> AirflowException:
    context: Any = {"ti": SimpleNamespace(log_url="http://log")}
    with pytest.raises(AirflowException) as found, explained(task, context):
        raise error
    return found.value


def test_the_failure_carries_the_five_lines(toy: Toy, airflow_database: None) -> None:
    found = raised(an_operator(toy), VerdictFailed(gate="data gate", subject="2024-01-01", reason="9 rows, needed 10"))
    assert isinstance(found, AirflowFailException)
    assert str(found).splitlines()[1] == "value   9 rows, needed 10"
    assert "no champion yet" in str(found)
    assert str(found).splitlines()[-1] == "link    http://log"


def test_a_task_that_never_gives_up_fails_so_that_it_is_tried_again(toy: Toy, airflow_database: None) -> None:
    task = an_operator(toy)
    task.gives_up = False  # type: ignore[misc]
    assert isinstance(raised(task, RegrowError("broken")), TransientFailure)


def test_airflows_own_exceptions_pass(toy: Toy) -> None:
    assert isinstance(raised(an_operator(toy), AirflowSkipException("nothing to do")), AirflowSkipException)


def test_runs_of_two_dags_never_share_an_id() -> None:
    one: Any = {"dag_run": SimpleNamespace(dag_id="a", run_id="manual__1")}
    two: Any = {"dag_run": SimpleNamespace(dag_id="b", run_id="manual__1")}
    assert run_id(one) == "a/manual__1"
    assert run_id(one) != run_id(two)


@pytest.mark.parametrize("error", [KeyError("a mistake"), AirflowFailException("what    it was told before")])
def test_the_log_of_a_failed_task_ends_with_what_befell_it(
    toy: Toy, airflow_database: None, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    task = an_operator(toy)
    context: Any = {"ti": SimpleNamespace(log_url="http://log"), "task": task, "exception": error}
    last_words(context)
    lines = capsys.readouterr().out.strip().splitlines()[1:]
    assert lines[0].startswith("what ")
    assert len(lines) == (5 if isinstance(error, KeyError) else 1)
