"""The form's values become what the coordinator is asked."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from regrow_airflow.forms import run_params


def a_run(run_type: str = "manual", user: str | None = "ada", partition: str | None = None) -> Any:
    return SimpleNamespace(run_type=run_type, triggering_user_name=user, partition_key=partition)


def test_the_values_of_the_form_are_taken_as_typed() -> None:
    values = {"start": "2024-01-01", "end": None, "reason": "why not", "algorithms": ["lightgbm"], "plan_only": True}
    found = run_params(values, a_run())
    assert (found.start, found.end) == (date(2024, 1, 1), None)
    assert (found.reason, found.actor) == ("why not", "ada")
    assert found.algorithms == ("lightgbm",)
    assert found.plan_only


def test_a_person_is_served_whether_or_not_there_is_news() -> None:
    assert run_params({}, a_run()).force
    assert run_params({}, a_run()).reason == "asked for by hand"


def test_a_cron_line_is_served_whether_or_not_there_is_news() -> None:
    found = run_params({}, a_run("scheduled", user=None))
    assert found.force
    assert (found.reason, found.actor) == ("its schedule", "airflow (scheduled)")


def test_an_arrival_asks_whether_a_retraining_is_due() -> None:
    found = run_params({}, a_run("asset_triggered", user=None, partition="2024-01-31"))
    assert not found.force
    assert found.reason == "partition 2024-01-31 was accepted"
