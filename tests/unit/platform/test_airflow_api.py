from __future__ import annotations

from collections.abc import Iterator

import pytest

from regrow.errors import NotFound, RegrowError, Unreachable
from regrow.platform.airflow_api import AirflowApi
from support.tiny_airflow import RUN, TinyAirflow, tiny_airflow

RUN_ID = str(RUN["dag_run_id"])


@pytest.fixture
def airflow() -> Iterator[TinyAirflow]:
    with tiny_airflow() as made:
        yield made


@pytest.fixture
def api(airflow: TinyAirflow) -> Iterator[AirflowApi]:
    with AirflowApi(airflow.address, "admin", airflow.password) as made:
        yield made


def test_one_sign_in_serves_many_questions(api: AirflowApi, airflow: TinyAirflow) -> None:
    assert api.dag_is_known("parcels")
    assert not api.dag_is_known("letters")
    assert api.import_errors() == ("line 1",)
    assert airflow.signed_in == 1


def test_a_token_that_ran_out_is_fetched_anew(api: AirflowApi, airflow: TinyAirflow) -> None:
    assert api.dag_is_known("parcels")
    airflow.token = "token-2"
    assert api.dag_is_known("parcels")
    assert airflow.signed_in == 2


def test_runs_have_states_and_aware_times(api: AirflowApi) -> None:
    (run,) = api.dag_runs("parcels")
    assert run.run_id == RUN_ID
    assert not run.ended
    assert run.started_at is not None
    assert run.started_at.utcoffset() is not None
    assert run.ended_at is None


def test_a_run_id_with_signs_is_found(api: AirflowApi) -> None:
    assert api.dag_run("parcels", RUN_ID).state == "running"


def test_a_mapped_task_is_called_by_its_label(api: AirflowApi) -> None:
    (task,) = api.task_instances("parcels", RUN_ID)
    assert task.label == "lightgbm r0 k03"
    assert task.map_index == 3


def test_a_log_is_a_line_for_each_event(api: AirflowApi) -> None:
    assert api.log("parcels", RUN_ID, "trial", 1, 3) == "one\ntwo"


def test_triggering_starts_a_run_with_its_note(api: AirflowApi) -> None:
    run = api.trigger("parcels", {"reason": "why not"}, note="asked by hand")
    assert run.state == "queued"
    assert run.note == "asked by hand"
    assert api.dag_runs("parcels")[0] == run


def test_what_is_not_there_is_not_found(api: AirflowApi) -> None:
    with pytest.raises(NotFound):
        api.dag_run("parcels", "never")


def test_a_wrong_password_is_told(airflow: TinyAirflow) -> None:
    with AirflowApi(airflow.address, "admin", "wrong") as api, pytest.raises(RegrowError, match="401"):
        api.dag_runs("parcels")


def test_a_broken_answer_is_told_with_its_status(api: AirflowApi, airflow: TinyAirflow) -> None:
    airflow.broken = True
    with pytest.raises(RegrowError, match=r"500.*out of order"):
        api.dag_runs("parcels")


def test_no_answer_at_all_is_unreachable() -> None:
    with AirflowApi("http://127.0.0.1:9", "admin", "x") as api, pytest.raises(Unreachable, match="Airflow"):
        api.dag_runs("parcels")
