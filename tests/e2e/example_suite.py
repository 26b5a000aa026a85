"""What `make run` promises, from an empty home to a served model and back, wherever steps run and models are served.

A subclass brings the fixture `backend`; the example is played once for all tests of a class.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from regrow.platform.demo_story import STORIES, VARIABLE
from regrow.platform.supervisor import Supervisor
from regrow.platform.workspace import Workspace
from regrow.settings import Settings

ROOT = Path(__file__).parents[2]
REGROW = str(Path(sys.executable).with_name("regrow"))
MODEL = "flights-delay"


@dataclass(frozen=True)
class Backend:
    story: str
    accepted: int
    """Of the days that arrive under Airflow."""
    computed: int
    """Steps in all."""
    trials: int
    """Of the second study."""
    answers_when_down: bool
    """Whether the model is served by somebody whom `down` does not stop."""
    pipelines: Path = ROOT / "dags" / "pipelines"
    environment: Mapping[str, str] = field(default_factory=dict)


class Played:
    def __init__(self, home: Path, backend: Backend) -> None:
        self.home = home
        self.backend = backend
        self.environment = {
            **os.environ,
            **backend.environment,
            "REGROW_HOME": str(home),
            "REGROW_PIPELINES": str(backend.pipelines),
            "REGROW_DEMO_PAUSE": "0.4",
            VARIABLE: backend.story,
        }
        self.first = self.play()

    @property
    def settings(self) -> Settings:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return Settings()

    def play(self) -> subprocess.CompletedProcess[str]:
        return self.command(sys.executable, "-m", "regrow.platform.demo")

    def regrow(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.command(REGROW, *arguments)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=1800
        )

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        space = Workspace(self.settings)
        yield space
        space.close()

    def ask(self) -> httpx.Response:
        body = (self.home / "demo" / "request.json").read_bytes()
        with self.workspace() as space:
            address = f"{space.router.address(MODEL)}/infer"
        return httpx.post(address, content=body, headers={"Content-Type": "application/json"}, timeout=10)


class ExampleSuite:
    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls) -> Backend:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def played(cls, backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
        made = Played(tmp_path_factory.mktemp("example") / "h", backend)
        yield made
        made.regrow("down")

    def test_it_ends_well_and_shows_what_was_promised(self, played: Played) -> None:
        told, refused = played.first.stdout, STORIES[played.backend.story].refused
        assert played.first.returncode == 0, told[-3000:] + played.first.stderr[-2000:]
        assert "champion       flights-delay@" in told
        assert "AUC 0." in told
        assert f"{played.backend.accepted} days accepted, {len(refused)} refused at the data gate" in told
        assert "refused        2013-02-08: completeness(arr_delay) 0.489 is not > 0.6" in told
        assert f"0 steps reused, {played.backend.computed} computed" in told

    def test_what_it_tells_of_is_what_airflow_did(self, played: Played) -> None:
        told = played.first.stdout
        assert "Airflow: partition.gate 2013-02-08: failed" in told
        trials = sum(told.count(f"Airflow: round_{number}.trial") for number in range(2))
        assert trials >= played.backend.trials
        assert "succeeded" in told

    def test_the_champion_answers_and_names_its_version(self, played: Played) -> None:
        answer = played.ask()
        champion = json.loads(played.regrow("status", "flights_delay", "-o", "json").stdout)["champion"]
        assert answer.status_code == 200
        assert answer.json()["model_version"] == champion

    def test_everything_binds_to_this_machine_only(self, played: Played) -> None:
        supervisor = psutil.Process(int((played.home / "run" / "supervisord.pid").read_text()))
        sockets = [socket for process in supervisor.children(recursive=True) for socket in _sockets(process)]
        listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}

    def test_a_second_time_nothing_is_computed(self, played: Played) -> None:
        second = played.play()
        assert second.returncode == 0, second.stderr
        assert f"{played.backend.computed} steps reused, 0 computed" in second.stdout

    def test_down_stops_everything_and_up_brings_the_champion_back(self, played: Played) -> None:
        assert played.regrow("down").returncode == 0
        assert Supervisor(played.settings.root).states() == {}
        if played.backend.answers_when_down:
            assert played.ask().status_code == 200
        else:
            with pytest.raises(httpx.ConnectError):
                played.ask()
        up = played.regrow("up", "-o", "json")
        assert up.returncode == 0, up.stderr
        assert {row["service"] for row in json.loads(up.stdout)["services"]} == {"airflow", "mlflow", MODEL}
        assert played.ask().status_code == 200


def _sockets(process: psutil.Process) -> list[Any]:
    """None of a process that has just ended: the executor's come and go."""
    with suppress(psutil.NoSuchProcess):
        return list(process.net_connections("inet"))
    return []
