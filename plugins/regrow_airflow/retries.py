"""How often a task is tried: again for what passes by itself, never for a verdict or a mistake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

TRANSIENT = "regrow_airflow.operators.base.TransientFailure"


def policy() -> ExceptionRetryPolicy:
    """Only what the operators call transient. A killed process leaves no exception: Airflow retries that itself."""
    again = RetryRule(exception=TRANSIENT, action=RetryAction.RETRY, reason="it may pass by itself")
    return ExceptionRetryPolicy(rules=[again], default=RetryAction.FAIL)


def patience() -> dict[str, Any]:
    """Waits of 10, 20, 40 seconds."""
    return {
        "retries": 3,
        "retry_delay": timedelta(seconds=10),
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": timedelta(minutes=5),
        "retry_policy": policy(),
    }


def long_patience() -> dict[str, Any]:
    """For the watch over a source, whatever befell it: about an hour in all, then the next run watches on."""
    return {**patience(), "retries": 10, "max_retry_delay": timedelta(minutes=10), "retry_policy": None}
