"""From YAML to DAGs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from support.toy import YAML, Toy

ROOT = Path(__file__).parents[2]
EVERY_YAML = sorted([*(ROOT / "dags/pipelines").glob("*.yaml"), *(ROOT / "tests/pipelines/valid").glob("*.yaml")])

HASHES = """\
import sys
from pathlib import Path
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization
from regrow_airflow.dag_factory import build
print(*[SerializedDagModel.hash(DagSerialization.to_dict(dag)) for dag in build(Path(sys.argv[1]))])
"""
"""By this hash Airflow decides whether a DAG has a new version."""


def build(path: Path, only: str | None = None) -> list[Any]:
    from regrow_airflow.dag_factory import build

    return build(path, only)


def serialized(dag: Any) -> str:
    from airflow.serialization.serialized_objects import DagSerialization

    return json.dumps(DagSerialization.to_dict(dag))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("path", EVERY_YAML, ids=lambda path: path.stem)
def test_every_yaml_of_the_repository_becomes_its_two_dags(path: Path) -> None:
    name = path.stem.replace("_", "-")
    assert [dag.dag_id for dag in build(path)] == [name, f"{name}--arrival"]


def test_the_retraining_follows_the_graph(toy: Toy) -> None:
    (dag,) = build(toy.yaml, "toy-parcels")
    order = ["due", "features", "split", "round_0.ask", "round_0.trial", "round_0.tell"]
    order += ["select", "register", "deploy", "report"]
    assert dag.task_ids == order
    for before, after in pairwise(order):
        assert after in dag.get_task(before).downstream_task_ids


def test_trials_are_mapped_named_and_bounded(toy: Toy) -> None:
    (dag,) = build(toy.yaml, "toy-parcels")
    trial = dag.get_task("round_0.trial")
    assert trial.is_mapped
    assert trial.map_index_template == "{{ task.title }}"
    assert trial.max_active_tis_per_dagrun == 2
    assert trial.execution_timeout.total_seconds() == 62 * 60


def test_the_report_is_a_teardown_so_that_it_always_runs_and_hides_no_failure(toy: Toy) -> None:
    assert all(dag.get_task("report").is_teardown for dag in build(toy.yaml))


def test_each_partition_has_its_own_mapped_group_and_tells_of_itself(toy: Toy) -> None:
    from airflow.sdk.definitions.taskgroup import MappedTaskGroup

    from regrow.spec.load import load_pipeline
    from regrow_airflow.schedules import accepted

    (dag,) = build(toy.yaml, "toy-parcels--arrival")
    assert dag.task_ids == ["wait", "report", "partition.snapshot", "partition.gate"]
    assert dag.get_task("partition.gate").outlets == [accepted(load_pipeline(toy.yaml).pipeline)]
    assert isinstance(dag.task_group.children["partition"], MappedTaskGroup)


def test_inside_of_a_task_only_the_asked_dag_is_built(toy: Toy) -> None:
    assert [dag.dag_id for dag in build(toy.yaml, "toy-parcels--arrival")] == ["toy-parcels--arrival"]
    assert build(toy.yaml, "another") == []


def test_a_broken_yaml_becomes_an_unscheduled_placeholder_that_says_where(toy: Toy) -> None:
    toy.yaml.write_text(YAML.replace("partition: daily", "partition: dialy"))
    line = next(n for n, text in enumerate(toy.yaml.read_text().splitlines(), 1) if "dialy" in text)
    (dag,) = build(toy.yaml)
    assert dag.dag_id == "toy-parcels"
    assert dag.task_ids == ["broken"]
    assert not dag.timetable.can_be_scheduled
    assert f"toy_parcels.yaml:{line}:" in dag.doc_md
    assert any(tag.startswith(f"toy_parcels.yaml:{line}:") for tag in dag.tags)
    assert "'daily'" in dag.doc_md or "daily" in dag.doc_md


def test_the_placeholders_task_fails_with_the_problems(toy: Toy) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    toy.yaml.write_text("apiVersion: mlops.io/v1\n")
    (dag,) = build(toy.yaml)
    with pytest.raises(AirflowFailException, match=r"toy_parcels\.yaml:1:"):
        dag.get_task("broken").execute({})


def test_a_name_that_is_not_the_files_becomes_a_placeholder(toy: Toy) -> None:
    renamed = toy.yaml.rename(toy.yaml.with_name("renamed.yaml"))
    (dag,) = build(renamed)
    assert (dag.dag_id, dag.task_ids) == ("renamed", ["broken"])
    assert "toy-parcels" in dag.doc_md


def test_the_dag_file_builds_the_good_ones_beside_a_broken_one(toy: Toy, tmp_path: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    shutil.copy(ROOT / "dags/pipelines.py", tmp_path)
    shutil.copy(ROOT / "dags/.airflowignore", tmp_path)
    (toy.pipelines / "broken_one.yaml").write_text("kind: [\n")
    bag = DagBag(tmp_path, bundle_name="test")
    assert bag.import_errors == {}
    assert sorted(bag.dags) == ["broken-one", "toy-parcels", "toy-parcels--arrival"]


def test_the_dag_file_stays_short() -> None:
    assert len((ROOT / "dags/pipelines.py").read_text().splitlines()) < 20


def test_a_dag_has_the_same_version_in_every_process(toy: Toy) -> None:
    def hashes(seed: str) -> list[str]:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", HASHES, str(toy.yaml)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return run.stdout.splitlines()[-1].split()

    first = hashes("1")
    assert len(first) == 2
    assert first == hashes("2")


def test_serialised_dags_survive_the_round_trip(toy: Toy) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in build(toy.yaml):
        found = DagSerialization.from_dict(json.loads(serialized(dag)))
        assert found.task_ids == dag.task_ids
        assert found.doc_md == dag.doc_md


def test_no_text_of_the_yaml_is_a_template(toy: Toy) -> None:
    hostile = "{{ 7 * 7 }}"
    text = YAML.replace("owner: tests", f'owner: "{hostile}"').replace("late?", f"late? {hostile}")
    toy.yaml.write_text(text.replace("C: [0.1, 1.0]", f'C: [0.1, 1.0], solver: ["{hostile}"]'))
    dags = build(toy.yaml)
    assert len(dags) == 2 or "broken" in dags[0].task_ids
    for dag in dags:
        for task in dag.tasks:
            filled = [getattr(task, field, None) for field in task.template_fields]
            assert hostile not in "".join(texts(filled))
            assert hostile not in (task.map_index_template or "")


def test_only_the_partition_of_a_task_is_filled_in(toy: Toy) -> None:
    fields = {field for dag in build(toy.yaml) for task in dag.tasks for field in task.template_fields}
    assert fields == {"key"}


def test_params_are_kept_once_and_their_defaults_are_valid(toy: Toy) -> None:
    (dag,) = build(toy.yaml, "toy-parcels")
    assert dag.params.validate() == {"start": None, "end": None, "reason": "", "algorithms": [], "plan_only": False}
    assert all(not task.params for task in dag.tasks)


def test_labels_become_tags_and_the_page_tells_of_flow_and_limits(toy: Toy) -> None:
    toy.yaml.write_text(YAML.replace("owner: tests", "owner: tests\n  labels: {team: post}"))
    retraining, arrival = build(toy.yaml)
    assert {"regrow", "team:post"} <= retraining.tags
    assert "roc_auc > 0.55" in retraining.doc_md
    assert "completeness > 0.95" in arrival.doc_md
    assert all(task.doc_md for dag in (retraining, arrival) for task in dag.tasks)
