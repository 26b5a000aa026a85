"""What `make run` promises, from an empty home to a served model and back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from regrow.platform.ports import kept
from regrow.platform.supervisor import Supervisor
from regrow.settings import Settings

ROOT = Path(__file__).parents[2]
REGROW = str(Path(sys.executable).with_name("regrow"))

pytestmark = pytest.mark.e2e


class Played:
    def __init__(self, home: Path) -> None:
        self.home = home
        self.settings = Settings(home=home, pipelines=ROOT / "dags" / "pipelines")
        self.environment = {**os.environ, "REGROW_HOME": str(home), "REGROW_DEMO_PAUSE": "0.4"}
        self.first = self.play()

    def play(self) -> subprocess.CompletedProcess[str]:
        return self.command(sys.executable, "-m", "regrow.platform.demo")

    def regrow(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.command(REGROW, *arguments)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=1200
        )

    def ask(self) -> httpx.Response:
        ports = kept(self.settings)
        assert ports is not None
        body = (self.home / "demo" / "request.json").read_bytes()
        address = f"http://127.0.0.1:{ports.envoy}/v2/models/flights-delay/infer"
        return httpx.post(address, content=body, headers={"Content-Type": "application/json"}, timeout=10)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    made = Played(tmp_path_factory.mktemp("example") / "h")
    yield made
    made.regrow("down")


def test_it_ends_well_and_shows_what_was_promised(played: Played) -> None:
    told = played.first.stdout
    assert played.first.returncode == 0, told[-3000:] + played.first.stderr[-2000:]
    assert "champion       flights-delay@" in told
    assert "AUC 0." in told
    assert "26 days accepted, 2 refused at the data gate" in told
    assert "refused        2013-02-08: completeness(arr_delay) 0.489 is not > 0.6" in told
    assert "0 steps reused, 210 computed" in told


def test_what_it_tells_of_is_what_airflow_did(played: Played) -> None:
    told = played.first.stdout
    assert "Airflow: partition.gate 2013-02-08: failed" in told
    assert told.count("Airflow: round_0.trial") + told.count("Airflow: round_1.trial") >= 12
    assert "succeeded" in told


def test_the_champion_answers_through_envoy_and_names_its_version(played: Played) -> None:
    answer = played.ask()
    champion = json.loads(played.regrow("status", "flights_delay", "-o", "json").stdout)["champion"]
    assert answer.status_code == 200
    assert answer.json()["model_version"] == champion


def test_everything_binds_to_this_machine_only(played: Played) -> None:
    supervisor = psutil.Process(int((played.home / "run" / "supervisord.pid").read_text()))
    family = supervisor.children(recursive=True)
    sockets = [socket for process in family for socket in process.net_connections("inet")]
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_a_second_time_nothing_is_computed(played: Played) -> None:
    second = played.play()
    assert second.returncode == 0, second.stderr
    assert "210 steps reused, 0 computed" in second.stdout


def test_down_stops_everything_and_up_brings_the_champion_back(played: Played) -> None:
    assert played.regrow("down").returncode == 0
    assert Supervisor(played.settings.root).states() == {}
    with pytest.raises(httpx.ConnectError):
        played.ask()
    up = played.regrow("up", "-o", "json")
    assert up.returncode == 0, up.stderr
    assert {row["service"] for row in json.loads(up.stdout)["services"]} == {"airflow", "mlflow", "flights-delay"}
    assert played.ask().status_code == 200
