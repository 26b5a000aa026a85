"""The deployers that there are, held to the contract."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.deployer_contract import MODEL, DeployerContract
from regrow.errors import Corrupt, NotFound, Unreachable
from regrow.platform.programs import render
from regrow.rollout.traffic import Slot
from regrow.serving.local.deployer import ProcessDeployer, ServingPlace
from regrow.serving.local.processes import Processes
from regrow.serving.local.subprocesses import Subprocesses
from regrow.serving.local.supervisor_processes import SupervisorProcesses
from regrow.serving.memory import MemoryDeployer
from regrow.serving.port import Deployer
from regrow.store.folder import FolderStore
from support.local_serving import wait_until
from support.serving_models import put_model


class TestMemoryDeployer(DeployerContract):
    @pytest.fixture
    def deployer(self) -> Deployer:
        return MemoryDeployer()

    @pytest.fixture
    def artifacts(self) -> tuple[str, str]:
        return "0", "1"


class ProcessContract(DeployerContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FolderStore:
        return FolderStore(tmp_path / "store")

    @pytest.fixture
    def artifacts(self, store: FolderStore, tmp_path: Path) -> tuple[str, str]:
        return put_model(store, tmp_path / "one", 1), put_model(store, tmp_path / "two", 2, prefix="model/")

    @pytest.fixture
    def processes(self, tmp_path: Path) -> Iterator[Processes]:
        raise NotImplementedError

    @pytest.fixture
    def in_flight(self) -> list[int]:
        """What the data plane answers, one look after the other."""
        return []

    @pytest.fixture
    def deployer(
        self, tmp_path: Path, store: FolderStore, processes: Processes, in_flight: list[int]
    ) -> ProcessDeployer:
        def look(model: str, slot: Slot) -> int:
            if not in_flight:
                raise Unreachable(service="envoy", address="-", reason="none runs here")
            return in_flight.pop(0)

        place = ServingPlace(tmp_path / "serving", tmp_path / "captures")
        return ProcessDeployer(place, store, processes, look, patience=5, pause=lambda seconds: None)


class TestProcessDeployer(ProcessContract):
    @pytest.fixture
    def processes(self, tmp_path: Path) -> Iterator[Processes]:
        found = Subprocesses(tmp_path / "logs")
        yield found
        found.close()

    def test_a_process_that_ended_has_failed_and_its_last_words_are_told(
        self, deployer: ProcessDeployer, processes: Subprocesses, artifacts: tuple[str, str], tmp_path: Path
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        (tmp_path / "serving" / MODEL / "a" / "model" / "model.txt").write_text("tree\n")
        processes.stop("predictor-flights-a")
        deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        wait_until(lambda: deployer.ready(served).failed, "its end", seconds=90)
        assert "model.txt should hash to" in deployer.ready(served).reason

    def test_a_slot_whose_port_somebody_took_meanwhile_moves_to_another(
        self, deployer: ProcessDeployer, processes: Subprocesses, artifacts: tuple[str, str]
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        processes.stop("predictor-flights-a")
        with socket.create_server(("127.0.0.1", int(served.endpoint.rpartition(":")[2]))):
            moved = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
            assert moved.endpoint != served.endpoint
            self.until_ready(deployer, moved)
        assert deployer.running(MODEL) == (moved,)

    def test_files_that_do_not_hash_right_leave_the_slot_as_it_was(
        self, deployer: ProcessDeployer, artifacts: tuple[str, str], tmp_path: Path
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        for path in (tmp_path / "store").rglob("*"):
            if path.is_file() and b"num_leaves" in path.read_bytes():
                path.chmod(0o600)
                path.write_bytes(path.read_bytes() + b"?")
        with pytest.raises(Corrupt):
            deployer.deploy(MODEL, "a", "1.1.0", artifacts[1])
        with pytest.raises(NotFound):
            deployer.deploy(MODEL, "a", "1.1.0", "0" * 64)
        assert deployer.running(MODEL) == (served,)

    def test_a_drain_ends_after_two_quiet_looks_in_a_row(
        self, deployer: ProcessDeployer, artifacts: tuple[str, str], in_flight: list[int]
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        in_flight += [3, 0, 1, 0, 0, 9]
        deployer.drain(served)
        assert in_flight == [9]


class TestSupervisedDeployer(ProcessContract):
    @pytest.fixture
    def processes(self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
        # A Unix socket's path has room for 107 bytes.
        run = tmp_path_factory.mktemp("run")
        logs = tmp_path / "logs"
        (run / "conf.d").mkdir()
        logs.mkdir()
        (run / "supervisord.conf").write_text(render((), run, logs, tmp_path))
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(run / "supervisord.conf")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
            processes = SupervisorProcesses(run, logs)
            wait_until(lambda: _answers(processes), "supervisord")
            yield processes
            daemon.send_signal(signal.SIGTERM)

    def test_a_predictor_that_is_killed_is_started_again(
        self, deployer: ProcessDeployer, processes: SupervisorProcesses, artifacts: tuple[str, str]
    ) -> None:
        served = deployer.deploy(MODEL, "a", "1.0.0", artifacts[0])
        self.until_ready(deployer, served)
        before = processes.pid("predictor-flights-a")
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: processes.pid("predictor-flights-a") not in (0, before), "another process")
        self.until_ready(deployer, served)

    def test_without_supervisord_the_error_says_what_starts_it(self, tmp_path: Path) -> None:
        with pytest.raises(Unreachable, match="`regrow up` starts it"):
            SupervisorProcesses(tmp_path, tmp_path).running()


def _answers(processes: SupervisorProcesses) -> bool:
    try:
        return processes.running() == frozenset()
    except Unreachable:
        return False
