from __future__ import annotations

from pathlib import Path

from regrow.platform.ports import Ports
from regrow.platform.programs import Program
from regrow.platform.services import AIRFLOW, services
from regrow.settings import Settings

PORTS = Ports(airflow=18080, mlflow=15000, envoy=18088, envoy_admin=19901)


def _by_name(tmp_path: Path) -> dict[str, Program]:
    return {program.name: program for program in services(Settings(home=tmp_path), PORTS)}


def test_the_four_parts_of_airflow_are_kept_one_by_one_and_stopped_by_sigint(tmp_path: Path) -> None:
    programs = _by_name(tmp_path)
    for name in AIRFLOW:
        assert programs[name].command[2:4] == ("airflow", name.removeprefix("airflow-"))
        assert programs[name].stop_signal == "INT"


def test_no_log_server_binds_to_every_address(tmp_path: Path) -> None:
    programs = _by_name(tmp_path)
    for name in ("airflow-scheduler", "airflow-triggerer"):
        assert "--skip-serve-logs" in programs[name].command


def test_only_envoy_starts_before_somebody_asks(tmp_path: Path) -> None:
    assert [name for name, program in _by_name(tmp_path).items() if program.starts_by_itself] == ["envoy"]


def test_mlflow_serves_this_machine_from_the_homes_database(tmp_path: Path) -> None:
    command = " ".join(_by_name(tmp_path)["mlflow"].command)
    assert "--host 127.0.0.1 --port 15000 --workers 1" in command
    assert f"--backend-store-uri sqlite:///{tmp_path.resolve()}/mlflow/mlflow.db" in command


def test_envoy_has_its_bootstrap_before_it_starts(tmp_path: Path) -> None:
    command = _by_name(tmp_path)["envoy"].command
    assert Path(command[command.index("-c") + 1]).is_file()


def test_what_is_somebody_elses_is_not_started_here(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, serving_backend="kserve", mlflow_url="http://mlflow.example:5000")
    assert {program.name for program in services(settings, PORTS)} == set(AIRFLOW)
