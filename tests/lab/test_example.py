"""The example of `make run` in the cluster: pods train, MLflow and S3 keep, KServe serves, the gateway answers.

The same suite as on one machine, then what only a cluster can show: where steps ran, that bytes are the same, and that
Airflow's waiting tasks survive what breaks around them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.example_suite import MODEL, Backend, ExampleSuite, Played
from lab.example_place import ExamplePlace, example_place
from lab.node import parts
from lab.node.facts import Facts
from lab.retraining import Retraining
from lab.short_project import TRIALS, short_project
from regrow.ledger.port import StepRecord
from regrow.platform.demo_story import STORIES
from regrow.platform.workspace import Workspace
from regrow.settings import Settings
from regrow.spec.load import load_pipeline
from regrow.steps.kinds import HEAVY
from regrow.steps.local import catch_up
from regrow.steps.view import View
from support.memory_space import OutsideInMemory

pytestmark = pytest.mark.lab

STORY = STORIES["short"]


def quiet(line: str) -> None:
    pass


class TestExampleInTheCluster(ExampleSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def place(cls, facts: Facts) -> Iterator[ExamplePlace]:
        with example_place(facts) as found:
            yield found

    @pytest.fixture(scope="class")
    @classmethod
    def backend(cls, place: ExamplePlace, tmp_path_factory: pytest.TempPathFactory) -> Backend:
        return Backend(
            story="short",
            accepted=4,
            computed=67,
            trials=TRIALS,
            answers_when_down=True,
            pipelines=short_project(tmp_path_factory.mktemp("project")),
            environment=place.environment,
        )

    def test_heavy_steps_ran_in_pods_and_light_ones_here(self, played: Played) -> None:
        with played.workspace() as space:
            for record in _records(space):
                in_pod = record.host.startswith(f"{MODEL}-{record.kind}-")
                assert in_pod == (record.kind in HEAVY), f"{record.step} ran on {record.host}"

    def test_mlflow_and_the_bucket_hold_the_results(self, played: Played, facts: Facts) -> None:
        with played.workspace() as space:
            champion = View(space.ledger, MODEL, "").champion()
            assert champion is not None
            assert space.store.intact(champion.artifact)
        found = httpx.get(
            f"{facts.mlflow}/api/2.0/mlflow/model-versions/get",
            params={"name": MODEL, "version": champion.registry_version},
            timeout=10,
        )
        assert found.status_code == 200, found.text

    def test_the_same_in_processes_has_the_same_fingerprints_and_bytes(self, played: Played, tmp_path: Path) -> None:
        here = Settings(
            home=tmp_path,
            data_root=played.home / "data",
            pipelines=played.backend.pipelines,
            runner="process",
            serving_backend="local",
            ledger_url=f"sqlite:///{tmp_path}/ledger.db",
            store_url=(tmp_path / "store").as_uri(),
            mlflow_url=f"sqlite:///{tmp_path}/mlflow.db",
        )
        local = OutsideInMemory(here)
        loaded = load_pipeline(here.pipelines / "flights_delay.yaml", here)
        for _ in catch_up(local, loaded, through=STORY.end, actor="test", progress=quiet):
            pass
        with played.workspace() as remote:
            assert _outputs(local) == _outputs(remote)
            assert _champion(local) == _champion(remote) != ""
        local.close()

    def test_tasks_that_wait_survive_the_death_of_triggerer_and_workers(self, played: Played) -> None:
        with played.workspace() as space:
            asked = Retraining(played, space, start="2013-01-23", reason="a triggerer dies")
            asked.until_trials_run()
            asked.kill_who_waits()
            asked.ends_well()

    def test_an_api_server_that_is_away_for_half_a_minute_costs_no_trial(self, played: Played) -> None:
        with played.workspace() as space:
            asked = Retraining(played, space, start="2013-01-24", reason="the API server goes away")
            asked.until_trials_run()
            parts.stop("kube-apiserver")
            time.sleep(30)
            parts.start("kube-apiserver")
            asked.ends_well()


def _records(space: Workspace) -> list[StepRecord]:
    """Of every step of the model."""
    uses = {use.fingerprint for use in space.ledger.records.uses(pipeline=MODEL)}
    return [record for record in map(space.ledger.records.find, sorted(uses)) if record is not None]


def _outputs(space: Workspace) -> dict[str, tuple[str, str]]:
    """Of the example's own runs, by fingerprint: the step and the digest of its bytes."""
    return {record.fingerprint: (record.step, record.output) for record in _records(space) if record.kind in HEAVY}


def _champion(space: Workspace) -> str:
    champion = View(space.ledger, MODEL, "").champion()
    return champion.artifact if champion else ""
