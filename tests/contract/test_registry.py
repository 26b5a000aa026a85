from __future__ import annotations

import json
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from contract.registry_contract import RECORD, RegistryContract
from contract.registry_values import model_folder, report_folder, study, trial
from regrow.errors import Refused, Transient
from regrow.registry.memory import MemoryRegistry
from regrow.registry.mlflow_registry import MlflowRegistry
from regrow.registry.projection import rebuild
from regrow.serving.models import load
from unit.registry.conftest import World
from unit.registry.test_register import promoted, registered


class TestMemoryRegistry(RegistryContract):
    @pytest.fixture
    def registry(self) -> MemoryRegistry:
        return MemoryRegistry()

    def test_it_keeps_a_versions_report(self, registry: MemoryRegistry, tmp_path: Path) -> None:
        report = report_folder(tmp_path / "report")
        registry.register("flights", "run-1", RECORD, "1.0.0", model_folder(tmp_path / "model"), {}, report)
        assert registry.reports[RECORD] == {"report.html": b"<h1>chosen</h1>", "report.json": b"{}"}

    def test_it_keeps_what_was_logged(self, registry: MemoryRegistry) -> None:
        registry.log_study("flights", "run-1", {}, study(3))
        assert [t.label for t in registry.studies[("flights", "run-1")].values()] == [t.label for t in study(3)]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database as prepare() leaves it: making one takes seconds, copying it does not."""
    folder = tmp_path_factory.mktemp("mlflow")
    at(folder).prepare()
    return folder


def at(folder: Path, ui: str = "") -> MlflowRegistry:
    return MlflowRegistry(f"sqlite:///{folder / 'mlflow.db'}", folder / "artifacts", ui)


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "mlflow"
    folder.mkdir()
    for name in ("mlflow.db", "mlflow.db.ready"):
        shutil.copyfile(template / name, folder / name)
    return folder


@contextmanager
def client(home: Path) -> Iterator[Any]:
    """MLflow's own, as somebody else's program would use it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow

        url = f"sqlite:///{home / 'mlflow.db'}"
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        yield mlflow.MlflowClient()


class TestMlflowRegistry(RegistryContract):
    @pytest.fixture
    def registry(self, home: Path) -> MlflowRegistry:
        return at(home)

    def test_a_versions_report_lies_with_its_run(self, registry: MlflowRegistry, home: Path) -> None:
        report = report_folder(home / "report")
        model = model_folder(home / "model")
        run_id = registry.register("flights", "run-1", RECORD, "1.0.0", model, {}, report).run_id
        with client(home) as mlflow:
            found = Path(mlflow.download_artifacts(run_id, "report"))
        assert {path.name for path in found.iterdir()} == {"report.html", "report.json"}
        assert (found / "report.html").read_text() == "<h1>chosen</h1>"

    def test_trials_are_nested_runs_named_by_their_labels(self, registry: MlflowRegistry, home: Path) -> None:
        registry.log_study("flights", "run-1", {"team": "delays"}, [*study(2), trial(2, failed="out of memory")])
        with client(home) as mlflow:
            experiment = mlflow.get_experiment_by_name("flights").experiment_id
            runs = {run.info.run_name: run for run in mlflow.search_runs([experiment])}
        parent, child, failed = runs["run-1"], runs[trial(1).label], runs[trial(2).label]
        assert parent.data.tags["team"] == "delays"
        assert parent.info.status == "FINISHED"
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
        assert child.data.tags["regrow.fingerprint"] == trial(1).fingerprint
        assert child.data.params == {"num_leaves": "3", "booster": "it's gbdt"}
        assert child.data.metrics["roc_auc"] == pytest.approx(0.71)
        assert (failed.info.status, failed.data.tags["regrow.failed"]) == ("FAILED", "out of memory")

    def test_logging_a_study_again_adds_only_what_is_new(self, registry: MlflowRegistry, home: Path) -> None:
        for trials in (2, 2, 4):
            registry.log_study("flights", "run-1", {}, study(trials))
        assert len(self.runs(home)) == 1 + 4

    def test_a_trial_whose_logging_was_killed_is_written_again(self, registry: MlflowRegistry, home: Path) -> None:
        registry.log_study("flights", "run-1", {}, [trial(0)])
        with client(home) as mlflow:
            (child,) = [run for run in self.runs(home) if run.info.run_name == trial(0).label]
            mlflow.update_run(child.info.run_id, status="RUNNING")
            registry.log_study("flights", "run-1", {}, [trial(0)])
            history = mlflow.get_metric_history(child.info.run_id, "roc_auc")
            assert mlflow.get_run(child.info.run_id).info.status == "FINISHED"
        assert [(point.step, point.value) for point in history] == [(0, 0.5), (1, 0.501), (2, 0.502), (3, 0.7)]
        assert len(self.runs(home)) == 2

    def test_a_long_curve_is_logged_in_batches(self, registry: MlflowRegistry, home: Path) -> None:
        registry.log_study("flights", "run-1", {}, [trial(0, points=2500)])
        with client(home) as mlflow:
            (child,) = [run for run in self.runs(home) if run.info.run_name == trial(0).label]
            assert len(mlflow.get_metric_history(child.info.run_id, "roc_auc")) == 2501

    def test_a_version_carries_number_record_and_artifact(self, registry: MlflowRegistry, home: Path) -> None:
        registry.register("flights", "run-1", RECORD, "1.2.3", model_folder(home / "model"), {"artifact": "f" * 64})
        with client(home) as mlflow:
            tags = mlflow.get_model_version("flights", "1").tags
        assert (tags["regrow.version"], tags["regrow.record"]) == ("1.2.3", RECORD)
        assert (tags["regrow.artifact"], tags["regrow.run"]) == ("f" * 64, "run-1")

    def test_a_version_belongs_to_the_run_of_its_trial(self, registry: MlflowRegistry, home: Path) -> None:
        registry.log_study("flights", "run-1", {}, study(3))
        folder = model_folder(home / "model")
        registered = registry.register("flights", "run-1", trial(2).fingerprint, "1.0.0", folder, {})
        with client(home) as mlflow:
            assert mlflow.get_run(registered.run_id).info.run_name == trial(2).label

    def test_a_registration_killed_before_its_version_goes_on_in_the_same_run(
        self, registry: MlflowRegistry, home: Path
    ) -> None:
        folder = model_folder(home / "model")
        with client(home) as mlflow:
            experiment = mlflow.create_experiment("flights", artifact_location=(home / "artifacts/flights").as_uri())
            killed = mlflow.create_run(experiment, tags={"regrow.fingerprint": RECORD})
            mlflow.log_artifact(killed.info.run_id, str(folder / "model.json"), "model")
            mlflow.create_registered_model("flights")
        registered = registry.register("flights", "run-1", RECORD, "1.0.0", folder, {})
        assert registered.run_id == killed.info.run_id
        assert len(self.runs(home)) == 1

    def test_registering_under_another_number_renames_the_version(self, registry: MlflowRegistry, home: Path) -> None:
        folder = model_folder(home / "model")
        for version in ("1.0.0", "1.0.1"):
            registry.register("flights", "run-1", RECORD, version, folder, {})
        with client(home) as mlflow:
            assert mlflow.get_model_version("flights", "1").tags["regrow.version"] == "1.0.1"

    def test_mlflow_resolves_the_champion_to_the_very_files(self, registry: MlflowRegistry, home: Path) -> None:
        folder = model_folder(home / "model")
        registry.register("flights", "run-1", RECORD, "1.0.0", folder, {"example": {"delay": 3.5, "carrier": "B6"}})
        registry.set_alias("flights", "champion", "1", 1)
        with client(home) as mlflow:
            import mlflow.artifacts
            import mlflow.lightgbm
            from mlflow.models import Model

            found = Path(mlflow.artifacts.download_artifacts("models:/flights@champion"))
            card = Model.load(str(found))
            native = mlflow.lightgbm.load_model("models:/flights@champion")
        rows = np.array([[0.5, 1.0], [-2.0, 0.0]])
        assert (found / "model.txt").read_bytes() == (folder / "model.txt").read_bytes()
        assert np.array_equal(native.predict(rows), load(folder).predict(rows)[:, 1])
        assert [(column.name, column.required) for column in card.signature.inputs] == [
            ("delay", False),
            ("carrier", False),
        ]
        assert card.signature.outputs.inputs[0].shape == (-1, 2)
        example = json.loads((found / "input_example.json").read_text())
        assert example == {"columns": ["delay", "carrier"], "data": [[3.5, "B6"]]}

    def test_there_is_nothing_that_a_generic_loader_would_run(self, registry: MlflowRegistry, home: Path) -> None:
        registry.register("flights", "run-1", RECORD, "1.0.0", model_folder(home / "model"), {})
        with client(home) as mlflow:
            from mlflow.exceptions import MlflowException
            from mlflow.pyfunc import load_model

            assert mlflow.get_model_version("flights", "1").status == "READY"
            with pytest.raises(MlflowException, match="python_function"):
                load_model("models:/flights/1")

    def test_addresses_lead_to_the_pages_where_there_is_a_server(self, home: Path) -> None:
        registry = at(home, ui="http://127.0.0.1:5000/")
        study_page = registry.log_study("flights", "run-1", {}, study(1))
        registered = registry.register("flights", "run-1", RECORD, "1.0.0", model_folder(home / "model"), {})
        assert study_page.startswith("http://127.0.0.1:5000/#/experiments/1/runs/")
        assert registered.url == "http://127.0.0.1:5000/#/models/flights/versions/1"

    def runs(self, home: Path) -> list[Any]:
        with client(home) as mlflow:
            return list(mlflow.search_runs([mlflow.get_experiment_by_name("flights").experiment_id]))


def test_a_lost_database_is_rebuilt_and_mlflow_resolves_the_champion_again(home: Path, tmp_path: Path) -> None:
    world = World(tmp_path / "world")
    for name in ("a", "b"):
        registered(world, world.trained(name))
    promoted(world, "1.0.1", 0)
    assert len(rebuild(world.ledger, world.store, at(home))) == 3
    assert rebuild(world.ledger, world.store, at(home)) == ()
    with client(home) as mlflow:
        champion = mlflow.get_model_version_by_alias("toy-parcels", "champion")
    assert (str(champion.version), champion.tags["regrow.version"]) == ("2", "1.0.1")


def test_a_server_that_does_not_answer_is_worth_another_try(tmp_path: Path) -> None:
    registry = MlflowRegistry("http://127.0.0.1:9", tmp_path / "artifacts")
    with pytest.raises(Transient, match=r"MLflow at http://127\.0\.0\.1:9 does not answer"):
        registry.prepare()


def test_an_unfinished_database_of_somebody_else_is_refused(home: Path) -> None:
    (home / "mlflow.db.ready").unlink()
    with closing(sqlite3.connect(home / "mlflow.db")) as connection:
        connection.execute("DROP TABLE model_versions")
        connection.commit()
    with pytest.raises(Refused, match="unfinished MLflow database; move it away"):
        at(home).prepare()


def test_a_whole_database_of_somebody_else_is_used(home: Path) -> None:
    (home / "mlflow.db.ready").unlink()
    registry = at(home)
    registry.prepare()
    assert registry.alias("flights", "champion") is None
    assert (home / "mlflow.db.ready").exists()


def test_a_database_of_another_schema_is_refused(home: Path) -> None:
    (home / "mlflow.db.ready").unlink()
    with closing(sqlite3.connect(home / "mlflow.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '451aebb31d03'")
        connection.commit()
    with pytest.raises(Refused, match="mlflow db upgrade"):
        at(home).prepare()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("this is not a database, it is a text of some length" * 40)
    with pytest.raises(Refused, match="no SQLite database"):
        at(tmp_path).prepare()
