"""What is tried again."""

from __future__ import annotations

from airflow.sdk import RetryAction
from airflow.sdk.exceptions import AirflowFailException

from regrow_airflow.operators.base import TransientFailure
from regrow_airflow.retries import long_patience, patience, policy


def decided(error: BaseException) -> RetryAction:
    return policy().evaluate(error, try_number=1, max_tries=3).action


def test_what_may_pass_by_itself_is_tried_again() -> None:
    assert decided(TransientFailure("busy")) is RetryAction.RETRY


def test_verdicts_and_mistakes_are_not() -> None:
    assert decided(AirflowFailException("no")) is RetryAction.FAIL
    assert decided(KeyError("a mistake")) is RetryAction.FAIL


def test_waits_grow_up_to_a_bound() -> None:
    found = patience()
    assert found["retries"] == 3
    assert found["retry_exponential_backoff"] == 2.0
    assert found["retry_delay"] < found["max_retry_delay"]


def test_a_watch_is_patient_with_everything() -> None:
    assert long_patience()["retry_policy"] is None
    assert long_patience()["retries"] == 10
