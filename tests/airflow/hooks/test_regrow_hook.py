"""The optional connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from regrow_airflow.hooks.regrow_hook import RegrowHook
from support.toy import Toy


def test_without_a_connection_the_settings_are_this_process_own(toy: Toy, airflow_database: None) -> None:
    assert RegrowHook().settings().home == toy.settings.home


def test_a_connection_overrides_settings(
    toy: Toy, airflow_database: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = f'{{"home": "{tmp_path / "other"}", "mlflow_url": "http://mlflow:5000"}}'
    monkeypatch.setenv("AIRFLOW_CONN_REGROW_OTHER", f'{{"conn_type": "regrow", "extra": {extra}}}')
    found = RegrowHook("regrow_other").settings()
    assert found.home == tmp_path / "other"
    assert found.mlflow == "http://mlflow:5000"
    assert found.data_root == toy.settings.data


def test_the_coordinator_works_on_the_pipelines_own_run(toy: Toy, airflow_database: None) -> None:
    coordinator = RegrowHook().coordinator(toy.yaml, "a/run")
    assert coordinator.run_id == "a/run"
    assert coordinator.loaded.pipeline.name == "toy-parcels"
    coordinator.workspace.close()


def test_an_aws_connection_says_how_s3_addresses_are_reached(
    toy: Toy, airflow_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = '{"conn_type": "aws", "login": "key", "password": "hush-hush", "extra": {"region_name": "eu-west-1", %s}}'
    endpoint = '"endpoint_url": "http://minio:9000"'
    monkeypatch.setenv("AIRFLOW_CONN_BUCKETS", aws % endpoint)
    extra = '{"aws_conn_id": "buckets", "store_url": "s3://models/regrow"}'
    monkeypatch.setenv("AIRFLOW_CONN_REGROW_OTHER", f'{{"conn_type": "regrow", "extra": {extra}}}')
    found = RegrowHook("regrow_other").settings()
    assert (found.s3.endpoint, found.s3.region, found.s3.access_key) == ("http://minio:9000", "eu-west-1", "key")
    assert found.s3.secret_key is not None
    assert found.s3.secret_key.get_secret_value() == "hush-hush"
    assert found.store == "s3://models/regrow"
    assert "hush" not in repr(found)
