from __future__ import annotations

import pytest

from regrow.errors import TimedOut
from regrow.platform.health import airflow_lacks, http_lacks, until
from support.tiny_airflow import tiny_airflow


def test_a_healthy_airflow_lacks_nothing() -> None:
    with tiny_airflow() as airflow:
        assert airflow_lacks(airflow.address) == ""


def test_a_part_that_is_not_healthy_is_named() -> None:
    with tiny_airflow() as airflow:
        airflow.health["triggerer"] = {"status": "unhealthy"}
        airflow.health["scheduler"] = {"status": None}
        assert airflow_lacks(airflow.address) == "scheduler, triggerer"


def test_without_an_answer_the_server_is_lacking() -> None:
    assert airflow_lacks("http://127.0.0.1:9") == "the api-server"
    assert http_lacks("MLflow", "http://127.0.0.1:9/health") == "MLflow"


def test_only_ok_counts_as_an_answer() -> None:
    with tiny_airflow() as airflow:
        assert http_lacks("it", f"{airflow.address}/api/v2/monitor/health") == ""
        assert http_lacks("it", f"{airflow.address}/nowhere") == "it"


def test_waiting_tells_each_change_once_and_ends_when_nothing_is_missing() -> None:
    answers = iter(["a, b", "a, b", "b", ""])
    told: list[str] = []
    until(lambda: next(answers), what="Airflow", timeout=30, progress=told.append)
    assert told == ["Airflow: waits for a, b", "Airflow: waits for b"]


def test_waiting_ends_with_what_was_missing_and_what_to_do() -> None:
    with pytest.raises(TimedOut, match=r"MLflow \(an answer\).*see the logs"):
        until(lambda: "an answer", what="MLflow", timeout=0, progress=print, next_step="see the logs")
