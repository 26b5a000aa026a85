"""Airflow for tests: an own home and database for each worker, set before anything imports Airflow."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.toy import Toy

ROOT = Path(__file__).parents[2]
_HOME = Path(tempfile.mkdtemp(prefix=f"regrow-airflow-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-"))

(_HOME / "dags").mkdir()
os.environ.update(
    {
        "AIRFLOW_HOME": str(_HOME),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_HOME / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME / 'airflow.db'}",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }
)

OTHERS_WARNINGS = (
    "ignore:GitWildMatchPattern.*:DeprecationWarning",
    "ignore:The `airflow\\..*` (attribute )?is deprecated",
    "ignore:Using `httpx` with `starlette.testclient`",
)
"""In code that only others can change. (skops asks every module that there is for the names of numpy's functions.)"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for warning in OTHERS_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session", autouse=True)
def airflow_home() -> Iterator[Path]:
    yield _HOME
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def airflow_database(airflow_home: Path) -> None:
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture
def registered(airflow_database: None) -> Callable[[Any], Any]:
    """Writes a DAG to Airflow's database, as the dag-processor does; returns it."""
    from airflow.models.dagbundle import DagBundleModel
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG
    from airflow.utils.session import create_session

    def register(dag: Any) -> Any:
        lazy = LazyDeserializedDAG(data=DagSerialization.to_dict(dag))
        with create_session() as session:
            session.merge(DagBundleModel(name="dags-folder"))
            session.flush()
            SerializedDAG.bulk_write_to_db("dags-folder", None, [lazy], session=session)
            SerializedDagModel.write_dag(lazy, "dags-folder", session=session)
        return dag

    return register


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """A small project, and the settings of this process pointing at it."""
    project = Toy(tmp_path)
    monkeypatch.setenv("REGROW_HOME", str(project.settings.home))
    monkeypatch.setenv("REGROW_DATA_ROOT", str(project.settings.data))
    monkeypatch.setenv("REGROW_PIPELINES", str(project.pipelines))
    return project
