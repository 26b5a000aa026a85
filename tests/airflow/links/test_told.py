"""Links to what a task told of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from regrow_airflow.links.told import EndpointLink, MlflowRunLink, last_address


def test_the_last_address_counts() -> None:
    lines = ["see http://one/a, then", "12 trials are in MLflow: http://two/#/runs/b; done"]
    assert last_address(lines) == "http://two/#/runs/b"


def test_without_an_address_there_is_no_link() -> None:
    nothing: Any = SimpleNamespace()
    assert last_address(["sqlite:///mlflow.db"]) == ""
    assert MlflowRunLink().get_link(nothing, ti_key=nothing) == ""


def test_a_task_hands_its_address_over() -> None:
    told: Any = SimpleNamespace(address="http://127.0.0.1:1")
    assert EndpointLink().get_link(told, ti_key=told) == "http://127.0.0.1:1"
