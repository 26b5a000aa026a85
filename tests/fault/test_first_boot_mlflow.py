"""First boot: many processes on nothing at once, and a kill in the middle of making MLflow's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.registry_values import model_folder

PREPARE = """
import sys
from pathlib import Path
from regrow.registry.mlflow_registry import MlflowRegistry

home = Path(sys.argv[1])
registry = MlflowRegistry(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts")
registry.prepare()
registry.log_study("flights", "run-1", {}, [])
version = registry.register("flights", "run-1", "a" * 64, "1.0.0", Path(sys.argv[2]), {}).registry_version
registry.set_alias("flights", "champion", version, 1)
print("version", registry.alias("flights", "champion"))
"""
READY = (0, "version 1", "")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_folder(tmp_path_factory.mktemp("any") / "model")


def start(home: Path, model: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PREPARE, str(home), str(model)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=240)
    return process.returncode, out.strip(), err.strip()


def until(condition: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, ended(process)
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.fault
def test_eight_processes_on_an_empty_folder_all_work_and_make_one_version(tmp_path: Path, model: Path) -> None:
    processes = [start(tmp_path, model) for _ in range(8)]
    assert [ended(process) for process in processes] == [READY] * 8
    assert not list(tmp_path.glob("*.building*"))


@pytest.mark.fault
@pytest.mark.parametrize("size", [1, 400_000])
def test_after_a_kill_while_the_database_is_made_the_next_start_repairs(tmp_path: Path, model: Path, size: int) -> None:
    building = tmp_path / "mlflow.db.building"
    process = start(tmp_path, model)
    until(lambda: building.exists() and building.stat().st_size >= size, process)
    os.kill(process.pid, signal.SIGKILL)
    ended(process)
    assert building.exists()
    assert not (tmp_path / "mlflow.db").exists()
    assert ended(start(tmp_path, model)) == READY
    assert not list(tmp_path.glob("*.building*"))


@pytest.mark.fault
def test_a_kill_between_the_rename_and_the_seal_leaves_a_database_that_is_used(tmp_path: Path, model: Path) -> None:
    assert ended(start(tmp_path, model)) == READY
    (tmp_path / "mlflow.db.ready").unlink()
    assert ended(start(tmp_path, model)) == READY
