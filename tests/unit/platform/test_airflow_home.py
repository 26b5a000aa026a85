from __future__ import annotations

import configparser
import stat
from pathlib import Path

import pytest

from regrow.platform import airflow_home
from regrow.platform.ports import Ports
from regrow.settings import Settings

PORTS = Ports(airflow=18080, mlflow=15000, envoy=18088, envoy_admin=19901)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", pipelines=tmp_path / "project" / "dags" / "pipelines")


def _config(settings: Settings) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(settings.airflow / "airflow.cfg")
    return parser


def test_everything_binds_to_this_machine_only(settings: Settings) -> None:
    airflow_home.prepare(settings, PORTS)
    parser = _config(settings)
    assert parser["api"]["host"] == "127.0.0.1"
    assert parser["api"]["port"] == "18080"
    assert parser["core"]["execution_api_server_url"] == "http://127.0.0.1:18080/execution/"


def test_dags_and_plugins_are_the_projects(settings: Settings, tmp_path: Path) -> None:
    airflow_home.prepare(settings, PORTS)
    parser = _config(settings)
    assert parser["core"]["dags_folder"] == str(tmp_path / "project" / "dags")
    assert parser["core"]["plugins_folder"] == str(tmp_path / "project" / "plugins")
    assert parser["core"]["executor"] == "regrow_airflow.executor.DeferSafeLocalExecutor"


@pytest.mark.parametrize("name", ["airflow.cfg", "passwords.json"])
def test_secrets_are_readable_by_their_owner_only(settings: Settings, name: str) -> None:
    airflow_home.prepare(settings, PORTS)
    assert stat.S_IMODE((settings.airflow / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.airflow.stat().st_mode) == 0o700


def test_a_second_start_keeps_password_and_secrets_and_takes_new_ports(settings: Settings) -> None:
    airflow_home.prepare(settings, PORTS)
    password, before = airflow_home.password(settings), _config(settings)
    airflow_home.prepare(settings, PORTS.model_copy(update={"airflow": 18081}))
    after = _config(settings)
    assert airflow_home.password(settings) == password
    assert after["api_auth"]["jwt_secret"] == before["api_auth"]["jwt_secret"]
    assert after["core"]["fernet_key"] == before["core"]["fernet_key"]
    assert after["api"]["base_url"] == "http://127.0.0.1:18081"


def test_two_homes_have_different_secrets(tmp_path: Path) -> None:
    homes = [Settings(home=tmp_path / name, pipelines=tmp_path / "dags" / "pipelines") for name in "ab"]
    for settings in homes:
        airflow_home.prepare(settings, PORTS)
    passwords = {airflow_home.password(settings) for settings in homes}
    assert len(passwords) == 2
    assert all(len(password) >= 12 for password in passwords)
    assert len({_config(settings)["api_auth"]["jwt_secret"] for settings in homes}) == 2


def test_airflow_is_pointed_at_its_home_and_the_pipelines(settings: Settings) -> None:
    environment = airflow_home.environment(settings)
    assert environment["AIRFLOW_HOME"] == str(settings.airflow)
    assert environment["REGROW_PIPELINES"] == str(settings.pipelines.resolve())
